import pytest

from judging.agreement import Coverage, coverage, krippendorff_alpha
from judging.calibration import Observation
from judging.rounds import Film


def matrix(*rows):
    """One row per juror, one column per film, None where there is no score."""
    return [
        Observation(f"f{film:02}", f"j{juror}", value)
        for juror, row in enumerate(rows)
        for film, value in enumerate(row)
        if value is not None
    ]


def test_alpha_of_krippendorffs_own_example():
    """Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section E: interval .849."""
    n = None
    observations = matrix(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, n, n, n],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, n, 3],
        [n, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, n],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, n],
    )
    assert krippendorff_alpha(observations) == pytest.approx(0.849, abs=0.0005)


def test_alpha_of_perfect_agreement_is_one():
    assert krippendorff_alpha(matrix([0.1, 0.9], [0.1, 0.9])) == pytest.approx(1)


def test_alpha_of_opposite_judgements_is_negative():
    assert krippendorff_alpha(matrix([0, 1], [1, 0])) == pytest.approx(-0.5)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[0.5]],
        [[0.5, 0.5], [0.5, 0.5]],
        [[0.003, 0.003]] * 3,  # their mean is not exactly 0.003
        [[0.1, None], [None, 0.9]],
    ],
)
def test_alpha_of_nothing_to_compare_is_none(rows):
    assert krippendorff_alpha(matrix(*rows)) is None


def test_coverage_names_what_is_missing():
    films = [Film(f"f{n:02}", reviews_wanted=2) for n in range(3)]
    observations = matrix([0.5, 0.5], [0.5, None], [0.5, None])
    assert coverage(films, observations) == Coverage(
        reviews=4, wanted=6, share=0.5, films_without=("f02",), films_short=("f01",)
    )


def test_nothing_wanted_is_covered():
    assert coverage([], []).share == 1.0
