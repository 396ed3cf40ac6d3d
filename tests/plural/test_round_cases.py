"""Cases that judging has to stand, each named as the design names it (staff's side of a round)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from judging import snapshot
from plural import clock
from plural.actions import conflicts, results, scores, sealing, two_people, versions
from plural.actions import panel as engine_rows
from plural.extensions import db
from plural.models.entry import EntryState, FilmVersion
from plural.models.people import Account, Membership
from plural.models.round_requests import RequestState, RoundRequest
from plural.models.rounds import RankedFilm, Round, RoundFilm, RoundKind, RoundResult
from plural.models.scoring import Assignment, Conflict, Score
from tests.factories import Make
from tests.plural.panels import Panel, shortlisted_panel, who
from tests.visitor import Visitor


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(4)
    panel.add_films(4)
    return panel


def row(round_id: int) -> Round:
    return db.session.get_one(Round, round_id)


def result_page(panel: Panel, round_id: int, sign_in: Any) -> str:
    page: str = sign_in(panel.staff).get(f"staff/rounds/{round_id}/result").text
    return page


def test_zero_or_one_review(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    with panel.deed():
        only = Assignment.query.filter_by(film_version_id=panel.films[2].id).first()
        scores.give(who(only.seat), only, scores.Sheet({"story": 5.0}), 0)
    panel.only_close(round_id)
    page = result_page(panel, round_id, sign_in)
    assert "Nobody has scored these 3 films" in page
    assert "This film has fewer reviews than wanted" in page
    with panel.app.app_context():
        rows = {r.film_version_id: r for r in RankedFilm.query}
        assert (rows[panel.films[2].id].rank, rows[panel.films[2].id].reviews) == (1, 1)
        assert {rows[f.id].calibrated for n, f in enumerate(panel.films) if n != 2} == {None}


def test_a_juror_who_gives_everything_the_same(app: Flask, make: Make, sign_in: Any) -> None:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(5)
    flat = panel.jurors[0][0]
    round_id = panel.assigned()
    panel.score_all(
        round_id,
        lambda a: 4 if a.seat.membership.account_id == flat.id else 1 + a.film_version_id % 5,
    )
    panel.only_close(round_id)
    page = result_page(panel, round_id, sign_in)
    assert "This juror gave nearly every film the same" in page


def test_a_juror_with_one_score(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned(reviews_wanted=3)
    first = panel.jurors[0][0]
    with panel.deed():
        seen = False
        for assignment in Assignment.query.filter_by(round_id=round_id).order_by(Assignment.id):
            mine = assignment.seat.membership.account_id == first.id
            if mine and seen:
                continue
            seen = seen or mine
            scores.give(who(assignment.seat), assignment, scores.Sheet({"story": 3.0}), 0)
    panel.only_close(round_id)
    assert first.name in result_page(panel, round_id, sign_in).split("The jurors")[1]


def two_groups(panel: Panel) -> int:
    """An open round whose first two jurors have the first two films, and the others the others."""
    round_id = panel.open()
    with panel.deed():
        for number in range(4):
            for juror in (0, 1) if number < 2 else (2, 3):
                give_out(panel, round_id, juror, number)
    return round_id


def give_out(panel: Panel, round_id: int, juror: int, film: int) -> None:
    db.session.add(
        Assignment(
            round_id=round_id,
            seat_id=row(round_id).seats[juror].id,
            film_version_id=panel.films[film].id,
            assigned_at=clock.now(),
        )
    )


def test_disconnected_graph_is_named_before_the_freeze(panel: Panel, sign_in: Any) -> None:
    round_id = two_groups(panel)
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    desk: Visitor = sign_in(panel.staff)
    assert "fall into groups" in desk.get(f"staff/rounds/{round_id}/progress").text
    panel.only_close(round_id)
    answer = desk.post(f"staff/rounds/{round_id}/freezing")
    assert answer.status_code == 409
    assert "scores of different groups cannot be compared" in answer.text


def test_disconnected_graph_is_named_where_only_a_voided_score_joins_the_groups(
    panel: Panel, sign_in: Any
) -> None:
    round_id = two_groups(panel)
    with panel.deed():
        give_out(panel, round_id, juror=0, film=3)
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.only_close(round_id)
    assert judged_apart(panel, round_id) == (False, False)
    with panel.deed():
        account = db.session.get_one(Account, panel.jurors[0][0].id)
        entry = db.session.get_one(FilmVersion, panel.films[3].id).entry
        conflicts.declare(account, entry, "My pupil")
        sealing.renew(row(round_id), panel.by())
    assert judged_apart(panel, round_id) == (True, True)
    answer = sign_in(panel.staff).post(f"staff/rounds/{round_id}/freezing")
    assert "scores of different groups cannot be compared" in answer.text


def judged_apart(panel: Panel, round_id: int) -> tuple[bool, bool]:
    """Whether the freeze, and whether the ranking's page, warns of groups that share no film."""
    with panel.app.app_context():
        result = versions.readable(row(round_id))
        hindered = {hindrance.code for hindrance in sealing.hindrances(result)}
        known = {concern.code for concern in results.concerns(result)}
    return "jurors_disconnected" in hindered, "disconnected" in known


def test_tie_at_the_cut(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 3)
    panel.close(round_id)
    page = result_page(panel, round_id, sign_in)
    assert "films with the same score stand on both sides of the cut" in page


def test_row_order(panel: Panel) -> None:
    """Scores that arrived in another order come to the same digest."""
    round_id = panel.assigned()
    panel.score_all(round_id, lambda a: 1 + a.film_version_id % 5)
    panel.only_close(round_id)
    with panel.deed():
        before = RoundResult.query.one().digest
        kept = [(s.assignment_id, s.film_version_id, s.values, s.receipt, s.submitted_at)
                for s in Score.query.order_by(Score.id)]  # fmt: skip
        Score.query.delete()
        db.session.flush()
        db.session.expire_all()
        for assignment_id, film_id, values, receipt, at in reversed(kept):
            again = Score(assignment_id=assignment_id, film_version_id=film_id, values=values)
            again.receipt, again.submitted_at = receipt, at
            db.session.add(again)
            db.session.flush()
    with panel.deed():
        assert sealing.renew(row(round_id), panel.by()).digest == before


@pytest.mark.parametrize("state", [EntryState.WITHDRAWN, EntryState.DISQUALIFIED])
def test_entry_withdrawn_or_disqualified_after_scoring(panel: Panel, state: EntryState) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    leave(panel, panel.films[0], state)
    panel.close(round_id)
    with panel.app.app_context():
        ranked = {r.film_version_id for r in RankedFilm.query}
        assert ranked == {film.id for film in panel.films[1:]}
        assert Score.query.count() == 8


@pytest.mark.parametrize("state", [EntryState.WITHDRAWN, EntryState.DISQUALIFIED])
def test_entry_withdrawn_or_disqualified_after_winning(
    panel: Panel, make: Make, state: EntryState
) -> None:
    """The frozen record stays as it was; whoever judges next does not see the film."""
    make.award("grand", category_id=make.category("adult").id)
    source = shortlisted_panel(panel)
    with panel.app.app_context():
        before = versions.frozen(row(source)).digest
    leave(panel, panel.films[0], state)
    jury = panel.open(RoundKind.INTERNATIONAL_JURY, key="jury", source=source)
    with panel.app.app_context():
        result = versions.frozen(row(source))
        assert result.digest == before
        assert snapshot.recompute(result.document).differences == ()
        shown = {film.id for film in engine_rows.films(row(jury), clock.now())}
        assert shown == {film.id for film in panel.films[1:]}


def leave(panel: Panel, film: FilmVersion, state: EntryState) -> None:
    with panel.deed():
        entry = db.session.get_one(FilmVersion, film.id).entry
        entry.state = state
        if state is EntryState.WITHDRAWN:
            entry.withdrawn_at = clock.now()
        else:
            entry.decided_at = clock.now()


def test_duplicate_entry(panel: Panel) -> None:
    """One film version stands once before a round, whatever a form or an import says."""
    round_id = panel.draft()
    with panel.app.app_context():
        db.session.add(RoundFilm(round_id=round_id, film_version_id=panel.films[0].id))
        with pytest.raises(IntegrityError):
            db.session.flush()


def test_round_2_scores_never_pooled_with_round_1(panel: Panel) -> None:
    first, second = panel.assigned(key="one"), panel.assigned(key="two")
    panel.score_all(first, lambda _a: 1)
    panel.score_all(second, lambda _a: 5)
    panel.close(first)
    panel.close(second)
    with panel.app.app_context():
        for round_id, value in ((first, 1.0), (second, 5.0)):
            document = versions.frozen(row(round_id)).document
            assert {score["values"]["story"] for score in document["scores"]} == {value}
            assert len(document["scores"]) == 8


def test_staff_acting_as_juror(panel: Panel, make: Make, sign_in: Any) -> None:
    """A seat makes a member of staff a juror like others: conflicts hold, scores stay unseen."""
    own = make.eligible_film(panel.staff)
    panel.films.append(own)
    _account, membership = make.juror(account=panel.staff)
    panel.jurors.append((panel.staff, membership))
    round_id = panel.assigned(reviews_wanted=3)
    with panel.app.app_context():
        found = Conflict.query.one()
        assert (found.account_id, found.entry_id) == (panel.staff.id, own.entry_id)
        mine = Assignment.query.join(Assignment.seat).filter_by(membership_id=membership.id)
        assert own.id not in {a.film_version_id for a in mine}
    panel.score_all(round_id, lambda _a: 5)
    desk: Visitor = sign_in(panel.staff)
    assert desk.get(f"staff/rounds/{round_id}/result").status_code == 404
    assert desk.get(f"staff/rounds/{round_id}/tables/scores.csv").status_code == 404


def test_bulk_action_on_the_wrong_selection_of_members(panel: Panel, make: Make) -> None:
    """People who may not judge here are passed over, whatever the form says."""
    round_id = panel.open()
    _account, elsewhere = make.juror(make.organisation(festival=make.festival("elsewhere")))
    desk = Visitor(panel.app).sign_in(panel.staff)
    answer = desk.post(f"staff/rounds/{round_id}/seats", {"members": [elsewhere.id, 99999]})
    assert answer.status_code == 200
    with panel.app.app_context():
        seated = {seat.membership_id for seat in row(round_id).seats}
        assert seated == {m.id for _a, m in panel.jurors}
        assert db.session.get_one(Membership, elsewhere.id)


def test_two_tabs_that_ask_to_freeze_leave_one_request(panel: Panel, sign_in: Any) -> None:
    round_id = panel.assigned()
    panel.score_all(round_id, lambda _a: 4)
    panel.only_close(round_id)
    second = panel.second()
    with panel.deed():
        first = sealing.ask(row(round_id), "", panel.by()).id
    with panel.deed():
        later = sealing.ask(row(round_id), "", db.session.get_one(Account, second.id)).id
    with panel.app.app_context():
        waiting = two_people.waiting(row(round_id))
        assert waiting is not None
        assert waiting.id == later
        assert db.session.get_one(RoundRequest, first).state is RequestState.DROPPED
    path = f"staff/rounds/{round_id}/freezing/confirmation"
    assert sign_in(panel.staff).post(path, {"request": first}).status_code == 409
