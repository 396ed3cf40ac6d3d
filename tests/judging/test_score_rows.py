"""A score that nobody could have given is named, though the record was sealed with it."""

import pytest

from judging.__main__ import main
from judging.recomputing import recompute
from judging.rounds import Pair, Score
from judging.rubric import Criterion, Rubric
from judging.sealing import canonical
from tests.judging.test_snapshot import FILMS, JURORS, SCORES, frozen, pairs_of


def with_score(film_id="f3", juror_id="j1", given=True, **values):
    """A round as it would be sealed anew with one more score."""
    score = Score(film_id, juror_id, values)
    more = [Pair(film_id, juror_id)] if given else []
    return frozen(scores=[*SCORES, score], pairs=[*pairs_of(SCORES), *more]).document


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (with_score(story=500), "score of f3 by j1: story is above its range"),
        (with_score(story=0.5), "score of f3 by j1: story is below its range"),
        (with_score(story=1.25), "score of f3 by j1: story is between its steps"),
        (with_score(craft=3), "score of f3 by j1: story is missing"),
        (with_score(story=3, music=3), "score of f3 by j1: music is no criterion of this film"),
        (with_score(juror_id="ghost", story=3), "score of f3 by ghost: no juror of this round"),
        (
            with_score(given=False, story=3),
            "score of f3 by j1: the film was not given to this juror",
        ),
    ],
)
def test_a_score_that_nobody_could_have_given_is_named(document, named):
    assert recompute(document).differences == (named,)


def test_a_criterion_of_another_category_is_none_of_this_film():
    rubric = Rubric((Criterion("story"), Criterion("songs", categories=frozenset({"6-12"}))))
    score = Score("f0", "j0", {"story": 3, "songs": 3})
    given = {"rubric": rubric, "scores": [score], "pairs": pairs_of([score]), "conflicts": []}
    found = recompute(frozen(**given).document).differences
    assert found == ("score of f0 by j0: songs is no criterion of this film",)


def test_scores_on_a_conflict_or_without_an_optional_criterion_are_possible():
    assert (len(FILMS), len(JURORS)) == (4, 3)
    assert recompute(frozen().document).differences == ()


def test_the_command_says_in_one_line_which_score_is_impossible(tmp_path, capsys):
    path = tmp_path / "round.json"
    path.write_bytes(canonical(with_score(story=500)))
    assert main(["recompute", str(path)]) == 1
    said = capsys.readouterr().err
    assert said == f"{path}: differs: score of f3 by j1: story is above its range\n"


def test_a_value_that_is_no_number_cannot_be_read(tmp_path, capsys):
    path = tmp_path / "round.json"
    document = frozen().document
    document["scores"][0]["values"]["story"] = "four"
    path.write_bytes(canonical(document))
    assert main(["recompute", str(path)]) == 2
