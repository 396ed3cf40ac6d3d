"""Films that staff give to a juror by hand: kept, counted, refused on a conflict, taken back."""

from typing import Any

import pytest
from flask import Flask

from plural import clock
from plural.actions import abstentions, assignments, handing, scores, screening
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.entry import FilmVersion
from plural.models.people import Account, Membership, Organisation
from plural.models.rounds import Round, Seat
from plural.models.scoring import Assignment, AssignmentState
from tests.factories import Make
from tests.plural.panels import Panel, in_threads, seat_of, who
from tests.visitor import Visitor


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    """Four jurors of four organisations, and four films."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(4)
    panel.add_films(4)
    return panel


@pytest.fixture
def desk(panel: Panel, sign_in: Any) -> Visitor:
    found: Visitor = sign_in(panel.staff)
    return found


def seat(panel: Panel, round_id: int, juror: int) -> int:
    with panel.app.app_context():
        return seat_of(panel.jurors[juror][0], round_id)


def give(panel: Panel, desk: Visitor, round_id: int, film: int, juror: int) -> Any:
    form = {"film": panel.films[film].id, "seat": seat(panel, round_id, juror)}
    return desk.post(f"staff/rounds/{round_id}/by-hand", form)


def take_back(panel: Panel, desk: Visitor, round_id: int, film: int, juror: int) -> Any:
    place = f"seats/{seat(panel, round_id, juror)}/films/{panel.films[film].id}"
    return desk.post(f"staff/rounds/{round_id}/{place}/taking-back")


def run(panel: Panel, round_id: int) -> assignments.Given:
    with panel.deed():
        return assignments.assign(db.session.get_one(Round, round_id), panel.by())


def row(panel: Panel, round_id: int, film: int, juror: int) -> Assignment:
    """Only within a context of the application."""
    found: Assignment = Assignment.query.filter_by(
        seat_id=seat_of(panel.jurors[juror][0], round_id), film_version_id=panel.films[film].id
    ).one()
    return found


def test_a_film_given_by_hand_is_before_its_juror_and_in_the_record(
    panel: Panel, desk: Visitor
) -> None:
    round_id = panel.open()
    page = desk.get(f"staff/rounds/{round_id}/by-hand").text
    assert f'<option value="{panel.films[1].id}">' in page
    answer = give(panel, desk, round_id, 1, 0)
    assert answer.status_code == 200
    assert "Take back" in answer.text
    with panel.app.app_context():
        given = row(panel, round_id, 1, 0)
        assert (given.state, given.by_hand) == (AssignmentState.ASSIGNED, True)
        deed = AuditEvent.query.filter_by(action="assignment.given_by_hand").one()
        assert deed.detail is not None
        assert deed.detail.payload == {
            "film": f"{panel.films[1].entry.code}.1",
            "juror": panel.jurors[0][0].pseudonym,
        }


def test_runs_keep_it_and_count_it_also_when_somebody_else_drops_out(
    panel: Panel, desk: Visitor
) -> None:
    round_id = panel.open(reviews_wanted=2)
    for film in range(3):
        give(panel, desk, round_id, film, 0)
    with panel.app.app_context():
        kept = Seat.query.filter_by(id=seat_of(panel.jurors[0][0], round_id)).one()
        kept.most_films = 3
        db.session.commit()
    assert run(panel, round_id).new == 5
    with panel.deed():
        left = db.session.get_one(Membership, panel.jurors[1][1].id)
        left.ended_at = left.invited_at
    run(panel, round_id)
    with panel.app.app_context():
        mine = Assignment.query.filter_by(seat_id=seat_of(panel.jurors[0][0], round_id)).all()
        assert {a.film_version_id for a in mine} == {film.id for film in panel.films[:3]}
        assert {(a.state, a.by_hand) for a in mine} == {(AssignmentState.ASSIGNED, True)}
        standing = Assignment.query.filter_by(round_id=round_id, state=AssignmentState.ASSIGNED)
        assert standing.count() == 8


def test_a_film_that_is_away_for_a_night_comes_back_to_whom_it_was_given(
    panel: Panel, desk: Visitor
) -> None:
    round_id = panel.open(reviews_wanted=1)
    give(panel, desk, round_id, 0, 3)
    run(panel, round_id)
    for sealed_at in (clock.now(), None):
        with panel.deed():
            db.session.get_one(FilmVersion, panel.films[0].id).entry.sealed_at = sealed_at
        assert run(panel, round_id).released == 0
    with panel.app.app_context():
        [kept] = Assignment.query.filter_by(film_version_id=panel.films[0].id)
        assert kept.id == row(panel, round_id, 0, 3).id
        assert (kept.state, kept.by_hand) == (AssignmentState.ASSIGNED, True)


def test_a_conflict_refuses_it_with_its_reason(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    account = panel.jurors[0][0]
    with panel.deed():
        screening.set_conflict(
            db.session.get_one(FilmVersion, panel.films[0].id).entry,
            db.session.get_one(Account, account.id),
            "A cousin",
            panel.by(),
        )
    answer = give(panel, desk, round_id, 0, 0)
    assert answer.status_code == 409
    title = panel.films[0].entry.title
    assert f"{account.name} has a conflict with “{title}”: A cousin" in answer.text
    with panel.app.app_context():
        assert Assignment.query.count() == 0


def test_a_conflict_that_follows_from_the_rows_refuses_it_too(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    account = panel.jurors[0][0]
    with panel.deed():
        person = db.session.get_one(FilmVersion, panel.films[0].id).entry.persons[0]
        person.name = account.name
    answer = give(panel, desk, round_id, 0, 0)
    assert answer.status_code == 409
    assert "same name" in answer.text


def test_what_a_juror_or_a_colleague_has_or_gave_back_is_refused(panel: Panel, make: Make) -> None:
    panel.jurors.append(make.juror(make.first(Organisation, id=panel.jurors[0][1].organisation_id)))
    round_id = panel.open()
    outcomes = {}
    with panel.deed():
        film = db.session.get_one(FilmVersion, panel.films[0].id)
        other = db.session.get_one(FilmVersion, panel.films[1].id)
        seats = [
            db.session.get_one(Seat, seat_of(account, round_id))
            for account, _member in panel.jurors
        ]
        handing.give(film, seats[0], panel.by())
        for juror in (0, 4):
            with pytest.raises(Refused) as refused:
                handing.give(film, seats[juror], panel.by())
            outcomes[juror] = refused.value.code
        held = handing.give(other, seats[1], panel.by())
        abstentions.abstain(who(seats[1]), held, "I know the story")
        left = seats[2].membership
        left.ended_at = left.invited_at
        for juror in (1, 2):
            with pytest.raises(Refused) as refused:
                handing.give(other, seats[juror], panel.by())
            outcomes[juror] = refused.value.code
    assert outcomes == {
        0: "juror_has_film",
        4: "organisation_has_film",
        1: "juror_abstains",
        2: "juror_has_left",
    }


def test_what_somebody_has_left_behind_goes_to_a_colleague_at_once(
    panel: Panel, desk: Visitor, make: Make
) -> None:
    panel.jurors.append(make.juror(make.first(Organisation, id=panel.jurors[0][1].organisation_id)))
    round_id = panel.open()
    give(panel, desk, round_id, 0, 0)
    assert give(panel, desk, round_id, 0, 4).status_code == 409
    with panel.deed():
        left = db.session.get_one(Membership, panel.jurors[0][1].id)
        left.ended_at = left.invited_at
    assert give(panel, desk, round_id, 0, 4).status_code == 200
    run(panel, round_id)
    with panel.app.app_context():
        assert row(panel, round_id, 0, 0).state is AssignmentState.RELEASED
        assert row(panel, round_id, 0, 4).state is AssignmentState.ASSIGNED


def test_once_scores_have_been_seen_no_film_is_chosen_for_more_reviews_than_declared(
    panel: Panel, desk: Visitor
) -> None:
    """In the first version a film may get more: nobody knows what that would bring about."""
    round_id = panel.open(reviews_wanted=1)
    assert give(panel, desk, round_id, 0, 0).status_code == 200
    assert give(panel, desk, round_id, 0, 1).status_code == 200
    panel.score_all(round_id, lambda _a: 3)
    panel.only_close(round_id)
    panel.reopen(round_id)
    answer = give(panel, desk, round_id, 0, 2)
    assert answer.status_code == 409
    assert "as many reviews as this version of the round declares" in answer.text
    assert give(panel, desk, round_id, 1, 2).status_code == 200


def test_it_can_be_taken_back_while_it_is_not_finished(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    give(panel, desk, round_id, 0, 0)
    give(panel, desk, round_id, 1, 0)
    assert take_back(panel, desk, round_id, 0, 0).status_code == 200
    with panel.deed():
        done = row(panel, round_id, 1, 0)
        scores.give(who(done.seat), done, scores.Sheet({"story": 4}), 0)
    assert take_back(panel, desk, round_id, 1, 0).status_code == 409
    with panel.app.app_context():
        back, done = row(panel, round_id, 0, 0), row(panel, round_id, 1, 0)
        assert (back.state, back.by_hand) == (AssignmentState.RELEASED, False)
        assert (done.state, done.by_hand) == (AssignmentState.SCORED, True)


def test_what_a_run_has_given_is_not_taken_back_by_hand(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open(reviews_wanted=4)
    run(panel, round_id)
    answer = take_back(panel, desk, round_id, 0, 0)
    assert answer.status_code == 409
    assert "was not given by hand" in answer.text
    with panel.app.app_context():
        assert row(panel, round_id, 0, 0).state is AssignmentState.ASSIGNED


def test_a_film_given_by_hand_makes_the_old_preview_stale(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    with panel.app.app_context():
        seen = assignments.propose(db.session.get_one(Round, round_id)).digest
    give(panel, desk, round_id, 0, 0)
    answer = desk.post(f"staff/rounds/{round_id}/assignment", {"seen": seen})
    assert answer.status_code == 409
    with panel.app.app_context():
        assert Assignment.query.count() == 1


def test_two_who_give_the_same_film_by_hand_give_it_once(panel: Panel) -> None:
    round_id = panel.open()
    number, film_id = seat(panel, round_id, 0), panel.films[0].id

    def deed() -> None:
        by = db.session.get_one(Account, panel.staff.id)
        film, found = db.session.get_one(FilmVersion, film_id), db.session.get_one(Seat, number)
        handing.give(film, found, by)

    assert sorted(in_threads(panel, 2, deed)) == ["done", "juror_has_film"]


def test_staff_who_judge_themselves_give_themselves_no_film(panel: Panel, desk: Visitor) -> None:
    round_id = panel.open()
    own = seat(panel, round_id, 0)
    with panel.deed():
        found = db.session.get_one(Membership, panel.jurors[0][1].id)
        found.account = db.session.get_one(Account, panel.staff.id)
    form = {"film": panel.films[0].id, "seat": own}
    answer = desk.post(f"staff/rounds/{round_id}/by-hand", form)
    assert answer.status_code == 409
    assert "Somebody else on the staff has to decide about you." in answer.text
    with panel.app.app_context():
        assert Assignment.query.count() == 0
