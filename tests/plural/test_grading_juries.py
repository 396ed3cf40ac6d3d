"""A jury that grades: majority judgement in words, or points."""

from typing import Any

import pytest
from flask import Flask

from plural.errors import Refused
from plural.extensions import db
from plural.models.juries import Ballot
from plural.round_rules import Deciding, RoundRules
from tests.factories import Make
from tests.plural.final_juries import Jury
from tests.visitor import Visitor


@pytest.fixture
def jury(app: Flask, make: Make) -> Jury:
    return Jury(app, make, members=3).open(RoundRules(deciding=Deciding.MAJORITY_JUDGEMENT))


def grades(jury: Jury, *given: int, none: int = 0) -> dict[int, int]:
    """A grade for each film, and one for giving no award."""
    return {0: none, **{film.id: g for film, g in zip(jury.panel.films, given, strict=True)}}


def test_the_ballot_has_grades_in_words(jury: Jury, sign_in: Any) -> None:
    visitor: Visitor = sign_in(jury.panel.jurors[0][0])
    page = visitor.get(f"jury/{jury.seat(0)}/ballots").text
    for word in ("Excellent", "Very good", "Good", "Acceptable", "Poor", "To reject"):
        assert word in page
    fields = {f"grade_{i}": grade for i, grade in grades(jury, 5, 3, 0).items()}
    path = f"jury/{jury.seat(0)}/ballots/{jury.award.id}"
    assert "Your ballot is kept" in visitor.post(path, {**fields, "revision": "0"}).text
    with jury.panel.app.app_context():
        kept = Ballot.query.one()
        assert kept.grades == {str(i): g for i, g in sorted(grades(jury, 5, 3, 0).items())}
        assert kept.ranking == []


def test_the_highest_middle_grade_wins_and_is_told_in_words(jury: Jury, sign_in: Any) -> None:
    for juror, given in enumerate(((5, 4, 0), (0, 4, 1), (5, 3, 5))):
        jury.cast(juror, [], grades(jury, *given))
    row = jury.outcome()
    assert (row["winners"], row["decided_by"]) == ([jury.code(0)], "majority judgement")
    page = sign_in(jury.panel.staff).get(f"staff/rounds/{jury.round_id}/result").text
    assert "The highest middle grade" in page
    assert "Excellent · Excellent · To reject" in page


def test_points_are_decided_by_their_mean(app: Flask, make: Make, sign_in: Any) -> None:
    jury = Jury(app, make).open(RoundRules(deciding=Deciding.SCORES))
    jury.cast(0, [], grades(jury, 10, 7, 0))
    jury.cast(1, [], grades(jury, 2, 7, 0))
    row = jury.outcome()
    assert (row["winners"], row["decided_by"]) == ([jury.code(1)], "score")
    assert "The highest mean of the points." in (
        sign_in(jury.panel.staff).get(f"staff/rounds/{jury.round_id}/result").text
    )


def test_no_award_is_graded_like_a_film(jury: Jury) -> None:
    for juror in range(3):
        jury.cast(juror, [], grades(jury, 1, 1, 2, none=4))
    row = jury.outcome()
    assert (row["winners"], row["no_award"]) == ([], True)


def test_a_ballot_grades_all_films_or_none(jury: Jury, sign_in: Any) -> None:
    some = {jury.panel.films[0].id: 5}
    with pytest.raises(Refused) as refused:
        jury.cast(0, [], some)
    assert refused.value.code == "ballot_incomplete"
    jury.cast(0, [])
    with jury.panel.app.app_context():
        assert Ballot.query.one().grades == {}


@pytest.mark.parametrize("grade", [-1, 6])
def test_a_grade_that_there_is_not_is_refused(jury: Jury, grade: int) -> None:
    with pytest.raises(Refused) as refused:
        jury.cast(0, [], grades(jury, grade, 0, 0))
    assert refused.value.code == "ballot_invalid"


def test_a_ranking_is_no_ballot_of_a_jury_that_grades(jury: Jury) -> None:
    with pytest.raises(Refused) as refused:
        jury.cast(0, [[jury.panel.films[0].id]])
    assert refused.value.code == "ballot_invalid"


def test_whoever_steps_back_from_a_film_grades_none_of_its_rivals(jury: Jury, sign_in: Any) -> None:
    for juror in range(3):
        jury.cast(juror, [], grades(jury, 5 if juror else 0, 3, 0))
    visitor: Visitor = sign_in(jury.panel.jurors[0][0])
    film = jury.panel.films[1].id
    page = visitor.post(f"jury/{jury.seat(0)}/films/{film}/conflict", {"reason": "My pupil"}).text
    assert "you do not vote on this award" in page
    with pytest.raises(Refused) as refused:
        jury.cast(0, [], grades(jury, 0, 5, 0), revision=1)
    assert refused.value.code == "ballot_recused"
    row = jury.outcome()
    assert len(row["turns"][0]["ballots"]) == 2
    assert row["winners"] == [jury.code(0)]


def test_tied_grades_are_voted_on_again_among_the_tied(app: Flask, make: Make) -> None:
    rules = RoundRules(deciding=Deciding.MAJORITY_JUDGEMENT, ex_aequo=False)
    jury = Jury(app, make).open(rules)
    jury.cast(0, [], grades(jury, 5, 3, 0))
    jury.cast(1, [], grades(jury, 3, 5, 0))
    jury.count()
    first, second = (film.id for film in jury.panel.films[:2])
    for juror in range(2):
        jury.cast(juror, [], {first: 4, second: 2}, turn=2)
    assert jury.outcome()["winners"] == [jury.code(0)]
    with app.app_context():
        assert db.session.query(Ballot).filter_by(turn=2).count() == 2
