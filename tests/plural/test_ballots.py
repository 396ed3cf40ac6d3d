"""The international jury ranks in secret and decides award by award."""

from typing import Any

import pytest
from flask import Flask

from plural import clock
from plural.actions import ballots, rounds
from plural.errors import Refused
from plural.extensions import db
from plural.models.consent import Consent
from plural.models.entry import FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.juries import Ballot
from plural.models.rounds import Round, RoundKind, RoundResult, Seat
from tests.factories import Make
from tests.plural.panels import Panel, seat_of, shortlisted_panel, who, winners
from tests.visitor import Visitor, steady


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Three jurors, three films by adults and one by a teenager."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(3)
    panel.add_films(3)
    panel.add_films(1, "teen")
    return panel


@pytest.fixture
def award(make: Make) -> Award:
    return make.award("grand", category_id=make.category("adult").id)


@pytest.fixture
def jury(panel: Panel, award: Award) -> int:
    return panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=shortlisted_panel(panel))


def desk(panel: Panel, sign_in: Any, juror: int = 0) -> Visitor:
    found: Visitor = sign_in(panel.jurors[juror][0])
    return found


def seat(panel: Panel, jury: int, juror: int = 0) -> int:
    with panel.app.app_context():
        return seat_of(panel.jurors[juror][0], jury)


def code(panel: Panel, film: int) -> str:
    with panel.app.app_context():
        return f"{db.session.get_one(FilmVersion, panel.films[film].id).entry.code}.1"


def cast(
    panel: Panel,
    jury: int,
    award: Award,
    juror: int,
    ranking: list[list[int]],
    revision: int = 0,
) -> None:
    with panel.deed():
        found = db.session.get_one(Seat, seat_of(panel.jurors[juror][0], jury))
        given = db.session.get_one(Award, award.id)
        ballots.cast(who(found), found, given, ranking, revision)


def outcome(panel: Panel, jury: int, award: Award) -> dict[str, Any]:
    panel.close(jury)
    with panel.app.app_context():
        document = RoundResult.query.filter_by(round_id=jury).one().document
        return next(row for row in document["awards"] if row["award"] == award.key)


def test_a_juror_ranks_the_films_of_the_category(
    panel: Panel, jury: int, award: Award, sign_in: Any
) -> None:
    first, second, third, teen = (film.id for film in panel.films)
    visitor, here = desk(panel, sign_in), seat(panel, jury)
    assert "1 award left to decide" in visitor.get("jury").text
    page = visitor.get(f"jury/{here}/ballots").text
    assert "Award grand" in page
    assert f"rank_{first}" in page
    assert f"rank_{teen}" not in page
    assert f"jury/{here}/films/{first}" in page
    answer = visitor.post(
        f"jury/{here}/ballots/{award.id}",
        {f"rank_{first}": "3", f"rank_{second}": "1", f"rank_{third}": "1", "revision": "0"},
    )
    assert "Your ballot is kept" in answer.text
    with panel.app.app_context():
        assert Ballot.query.one().ranking == [sorted([second, third]), [first]]
    assert "0 awards left to decide" in visitor.get("jury").text


def test_a_ranking_can_be_changed_and_a_second_tab_loses_nothing(
    panel: Panel, jury: int, award: Award, sign_in: Any
) -> None:
    first, second = (film.id for film in panel.films[:2])
    visitor, path = desk(panel, sign_in), f"jury/{seat(panel, jury)}/ballots/{award.id}"
    visitor.post(path, {f"rank_{first}": "1", "revision": "0"})
    assert visitor.post(path, {f"rank_{first}": "1", "revision": "0"}).status_code == 200
    answer = visitor.post(path, {f"rank_{second}": "1", "revision": "0"})
    assert answer.status_code == 409
    assert "Somebody has changed this in the meantime" in answer.text
    with panel.app.app_context():
        assert (Ballot.query.one().ranking, Ballot.query.one().revision) == ([[first]], 1)
    visitor.post(path, {f"rank_{second}": "1", "revision": "1"})
    with panel.app.app_context():
        assert (Ballot.query.one().ranking, Ballot.query.one().revision) == ([[second]], 2)


def test_another_film_or_award_is_refused(
    panel: Panel, jury: int, award: Award, make: Make, sign_in: Any
) -> None:
    teen = panel.films[3].id
    with pytest.raises(Refused) as refused:
        cast(panel, jury, award, 0, [[teen]])
    assert refused.value.code == "ballot_invalid"
    with pytest.raises(Refused) as refused:
        cast(panel, jury, award, 0, [[panel.films[0].id], [panel.films[0].id]])
    assert refused.value.code == "ballot_invalid"
    elsewhere = make.award("elsewhere", category_id=make.category("child").id)
    path = f"jury/{seat(panel, jury)}/ballots/{elsewhere.id}"
    assert desk(panel, sign_in).post(path, {"revision": "0"}).status_code == 404


def test_the_film_that_beats_each_other_wins(panel: Panel, jury: int, award: Award) -> None:
    first, second, third = (film.id for film in panel.films[:3])
    cast(panel, jury, award, 0, [[second], [first], [third]])
    cast(panel, jury, award, 1, [[second], [third]])
    cast(panel, jury, award, 2, [[first], [second], [third]])
    row = outcome(panel, jury, award)
    assert row["winners"] == [code(panel, 1)]
    assert row["decided_by"] == "condorcet"
    [turn] = row["turns"]
    assert turn["order"][:3] == [[code(panel, 1)], [code(panel, 0)], [code(panel, 2)]]
    assert {b["juror"] for b in turn["ballots"]} == {a.pseudonym for a, _m in panel.jurors}


def test_a_tie_gives_the_award_to_both(panel: Panel, jury: int, award: Award) -> None:
    first, second = (film.id for film in panel.films[:2])
    cast(panel, jury, award, 0, [[first], [second]])
    cast(panel, jury, award, 1, [[second], [first]])
    assert outcome(panel, jury, award)["winners"] == sorted([code(panel, 0), code(panel, 1)])


def test_a_jury_may_give_no_award(panel: Panel, jury: int, award: Award, sign_in: Any) -> None:
    visitor, path = desk(panel, sign_in), f"jury/{seat(panel, jury)}/ballots/{award.id}"
    visitor.post(path, {"rank_0": "1", f"rank_{panel.films[0].id}": "2", "revision": "0"})
    row = outcome(panel, jury, award)
    assert (row["winners"], row["no_award"]) == ([], True)


def test_where_nobody_votes_nobody_wins(panel: Panel, jury: int, award: Award) -> None:
    row = outcome(panel, jury, award)
    assert (row["winners"], row["decided_by"], row["no_award"]) == ([], "no preference", False)


def test_whoever_steps_back_from_a_film_ranks_the_others(
    panel: Panel, jury: int, award: Award, sign_in: Any
) -> None:
    first, second, third = panel.films[:3]
    cast(panel, jury, award, 0, [[first.id], [third.id], [second.id]])
    cast(panel, jury, award, 1, [[third.id]])
    visitor, here = desk(panel, sign_in), seat(panel, jury)
    assert visitor.get(f"jury/{here}/films/{first.id}").status_code == 200
    answer = visitor.post(f"jury/{here}/films/{first.id}/conflict", {"reason": "My cousin"})
    assert "your ranking does not compare it with the others" in answer.text
    assert f"jury/{here}/films/{first.id}" not in answer.text
    assert visitor.get(f"jury/{here}/films/{first.id}").status_code == 404
    with pytest.raises(Refused) as refused:
        cast(panel, jury, award, 0, [[first.id]], revision=1)
    assert refused.value.code == "ballot_invalid"
    row = outcome(panel, jury, award)
    assert row["winners"] == [code(panel, 2)]
    ballots_kept = {b["juror"]: b for b in row["turns"][0]["ballots"]}
    stepped_back = ballots_kept[panel.jurors[0][0].pseudonym]
    assert stepped_back["recused"] == [code(panel, 0)]
    assert stepped_back["tiers"] == [[code(panel, 2)], [code(panel, 1)]]


def test_a_film_that_has_left_is_passed_over(panel: Panel, jury: int, award: Award) -> None:
    first, second = panel.films[0].id, panel.films[1].id
    for juror in range(3):
        cast(panel, jury, award, juror, [[first], [second]])
    with panel.deed():
        for consent in Consent.query.filter_by(film_version_id=first):
            consent.revoked_at = clock.now()
    row = outcome(panel, jury, award)
    assert row["winners"] == [code(panel, 1)]
    assert code(panel, 0) not in str(row)


def test_special_recognitions_go_to_films_that_asked_for_them(panel: Panel, make: Make) -> None:
    asked = make.award("humour", AwardKind.SPECIAL_RECOGNITION)
    unasked = make.award("music", AwardKind.SPECIAL_RECOGNITION)
    with panel.deed():
        for film in panel.films[:2]:
            found = db.session.get_one(FilmVersion, film.id)
            found.entry.special_recognition_id = asked.id
    jury = panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=shortlisted_panel(panel))
    with panel.app.app_context():
        found = db.session.get_one(Round, jury)
        offered = {
            a.key: {f.id for f in ballots.candidates(found, a)} for a in ballots.awards(found)
        }
        assert offered == {
            "humour": {f.id for f in panel.films[:2]},
            "music": {f.id for f in panel.films},
        }
        assert unasked.key in offered


def test_closing_names_the_awards_that_wait_for_votes(
    panel: Panel, jury: int, award: Award, sign_in: Any
) -> None:
    for juror in range(3):
        if juror:
            cast(panel, jury, award, juror, [[panel.films[0].id]])
    with panel.app.app_context():
        assert rounds.blockers(db.session.get_one(Round, jury))[1].names == ("grand",)
    cast(panel, jury, award, 0, [])
    with panel.app.app_context():
        assert [b.code for b in rounds.blockers(db.session.get_one(Round, jury))] == [
            "before_its_time"
        ]


def test_nobody_sees_a_ballot_before_the_close(
    panel: Panel, jury: int, award: Award, sign_in: Any
) -> None:
    pages = {
        "staff": (sign_in(panel.staff), f"staff/rounds/{jury}"),
        "juror": (desk(panel, sign_in, 1), f"jury/{seat(panel, jury, 1)}/ballots"),
    }
    cast(panel, jury, award, 0, [[panel.films[0].id]])
    before = {name: steady(visitor.get(path).text) for name, (visitor, path) in pages.items()}
    with panel.deed():
        Ballot.query.one().ranking = [[panel.films[1].id], [panel.films[0].id]]
    for name, (visitor, path) in pages.items():
        assert steady(visitor.get(path).text) == before[name]
    staff, _path = pages["staff"]
    assert staff.get(f"staff/rounds/{jury}/result").status_code == 404
    assert staff.get(f"staff/rounds/{jury}/snapshot.json").status_code == 404


def test_a_ballot_after_the_close_is_refused(panel: Panel, jury: int, award: Award) -> None:
    panel.close(jury)
    with pytest.raises(Refused) as refused:
        cast(panel, jury, award, 0, [[panel.films[0].id]])
    assert refused.value.code == "round_closed"


def test_the_result_page_names_the_winner(
    panel: Panel, jury: int, award: Award, sign_in: Any
) -> None:
    for juror in range(3):
        cast(panel, jury, award, juror, [[panel.films[2].id]])
    panel.close(jury)
    staff: Visitor = sign_in(panel.staff)
    page = staff.get(f"staff/rounds/{jury}/result").text
    assert panel.films[2].entry.title in page
    assert "Preferred to each of the others by a majority." in page
    assert winners(staff.get(f"staff/rounds/{jury}/snapshot.json").get_json(), award) == [
        code(panel, 2)
    ]
