import pytest

from demo.preselection import require_same_scores
from demo.trouble import Trouble

RECORD = {
    "result": {
        "order": [
            {"official": 0.618292362, "raw_mean": 0.611111111},
            {"official": 0.37581, "raw_mean": 0.361111111},
            {"official": 0.37624, "raw_mean": 0.388888889},
        ]
    }
}
SHOWN = {"Sofra": (37.6, 38.9), "Il corridoio": (61.8, 61.1), "Ankommen": (37.6, 36.1)}


def test_a_record_that_says_what_the_page_says_is_taken():
    require_same_scores(RECORD, SHOWN)


@pytest.mark.parametrize(
    "other", [{"Sofra": (37.6, 36.1)}, {"Sofra": (37.7, 38.9)}, {"Market day": (1.0, 2.0)}]
)
def test_another_raw_or_calibrated_score_or_another_film_is_not(other):
    with pytest.raises(Trouble, match="The record scores"):
        require_same_scores(RECORD, SHOWN | other)
