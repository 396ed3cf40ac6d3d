"""Two tabs, two people, two deeds at once come to what one after the other comes to."""

from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask

from judging import snapshot
from plural import audit
from plural.actions import conflicts, rounds, scores, sealing, versions
from plural.actions.receipts import counted_in
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.entry import Entry
from plural.models.festival import Festival
from plural.models.people import Account
from plural.models.rounds import Round, RoundState
from plural.models.scoring import Assignment, Conflict, Score, ScoreRevision
from tests.factories import Make
from tests.plural.panels import Panel, in_threads, who


@pytest.fixture
def panel(app: Flask, make: Make) -> Panel:
    panel = Panel(app, make, make.staff())
    panel.add_jurors(2)
    panel.add_films(2)
    return panel


@pytest.fixture
def round_id(panel: Panel) -> int:
    return panel.assigned()


def row(round_id: int) -> Round:
    return db.session.get_one(Round, round_id)


def first_assignment(panel: Panel) -> int:
    with panel.app.app_context():
        return int(Assignment.query.order_by(Assignment.id).first().id)


def in_turn(*deeds: Callable[[], None]) -> Callable[[], None]:
    """A deed for `in_threads` that is another one for each thread."""
    turns = count()
    return lambda: deeds[next(turns) % len(deeds)]()


def giving(assignment_id: int, *values: float) -> Callable[[], None]:
    """Score a film from a form that nothing had been sent from before."""

    def give(value: float) -> None:
        assignment = db.session.get_one(Assignment, assignment_id)
        scores.give(who(assignment.seat), assignment, scores.Sheet({"story": value}), 0)

    return in_turn(*(lambda value=value: give(value) for value in values))


def stepping_back(assignment_id: int) -> Callable[[], None]:
    def step_back() -> None:
        assignment = db.session.get_one(Assignment, assignment_id)
        conflicts.declare(assignment.seat.membership.account, assignment.film.entry, "My niece")

    return step_back


def test_two_tabs_at_once_keep_one_score_and_tell_the_other(panel: Panel, round_id: int) -> None:
    given = first_assignment(panel)
    outcomes = in_threads(panel, 2, giving(given, 2.0, 5.0))
    assert sorted(outcomes) == ["done", "stale_state"]
    with panel.app.app_context():
        score, line = Score.query.one(), ScoreRevision.query.one()
        assert (score.receipt, score.values, score.revision) == (line.receipt, line.values, 1)
        assert score.values["story"] in (2.0, 5.0)


def test_double_submit_at_once_gives_one_receipt(panel: Panel, round_id: int) -> None:
    given = first_assignment(panel)
    assert in_threads(panel, 6, giving(given, 3.0)) == ["done"] * 6
    with panel.app.app_context():
        assert ScoreRevision.query.one().receipt == Score.query.one().receipt
        assert AuditEvent.query.filter_by(action="score.given").count() == 1
        assert audit.first_broken(Festival.query.one()) is None


@pytest.mark.parametrize("is_given_out", [True, False])
def test_double_submit_of_a_conflict_at_once_is_one(panel: Panel, is_given_out: bool) -> None:
    """Also of somebody who has no assignment: a final jury gives none out."""
    account, entry = panel.jurors[0][0].id, panel.films[0].entry_id
    if is_given_out:
        panel.assigned()

    def declare() -> None:
        who_, what = db.session.get_one(Account, account), db.session.get_one(Entry, entry)
        conflicts.declare(who_, what, "My niece")

    assert in_threads(panel, 4, declare) == ["done"] * 4
    with panel.app.app_context():
        assert Conflict.query.count() == 1
        assert AuditEvent.query.filter_by(action="conflict.declared").count() == 1


def test_two_rounds_that_find_the_same_conflicts_at_once_open_both(panel: Panel) -> None:
    """Each of the two jurors has entered one of the films."""
    drafts = [panel.draft(), panel.draft(key="again")]
    staff = panel.staff.id
    with panel.deed():
        for film, (juror, _membership) in zip(panel.films, panel.jurors, strict=True):
            db.session.get_one(Entry, film.entry_id).account_id = juror.id

    def opening(round_id: int) -> Callable[[], None]:
        return lambda: rounds.open_(row(round_id), db.session.get_one(Account, staff))

    assert in_threads(panel, 2, in_turn(*map(opening, drafts))) == ["done"] * 2
    with panel.app.app_context():
        found = {(conflict.account_id, conflict.entry_id) for conflict in Conflict.query}
        assert found == {
            (juror.id, film.entry_id)
            for film, (juror, _membership) in zip(panel.films, panel.jurors, strict=True)
        }
        assert AuditEvent.query.filter_by(action="conflict.derived").count() == len(found)
        assert audit.first_broken(Festival.query.one()) is None


def test_a_score_and_a_conflict_at_once_leave_no_score_that_counts(
    panel: Panel, round_id: int
) -> None:
    """In one tab the juror sends the score, in another they step back from the film."""
    given = first_assignment(panel)
    outcomes = in_threads(panel, 2, in_turn(giving(given, 4.0), stepping_back(given)))
    assert sorted(outcomes) in (["done", "done"], ["done", "film_not_before_you"])
    with panel.app.app_context():
        assert Conflict.query.count() == 1
        assert all(score.voided_at is not None for score in Score.query)
    panel.close(round_id)
    with panel.app.app_context():
        assert counted_in(versions.frozen(row(round_id))) == set()


def test_a_conflict_declared_at_the_close_never_counts(panel: Panel, round_id: int) -> None:
    """Whoever comes first: the score is voided, and the frozen result is without it."""
    panel.score_all(round_id, lambda _a: 4)
    given, staff = first_assignment(panel), panel.staff.id

    def close() -> None:
        rounds.close(row(round_id), db.session.get_one(Account, staff), anyway=True)

    assert in_threads(panel, 2, in_turn(close, stepping_back(given))) == ["done", "done"]
    panel.freeze(round_id)
    with panel.app.app_context():
        voided = Score.query.filter_by(assignment_id=given).one()
        assert voided.voided_at is not None
        others = {s.receipt for s in Score.query if s.id != voided.id}
        assert counted_in(versions.frozen(row(round_id))) == others


def test_two_staff_one_who_confirms_and_one_who_sets_a_conflict(
    panel: Panel, round_id: int
) -> None:
    """Frozen is what the first had looked at, or nothing: never something in between."""
    panel.score_all(round_id, lambda _a: 4)
    panel.only_close(round_id)
    second, given = panel.second().id, first_assignment(panel)
    with panel.deed():
        asked = sealing.ask(row(round_id), "", panel.by())
        request, looked_at = asked.id, asked.digest

    def confirm() -> None:
        sealing.confirm(row(round_id), request, db.session.get_one(Account, second))

    outcomes = in_threads(panel, 2, in_turn(confirm, stepping_back(given)))
    with panel.app.app_context():
        voided = Score.query.filter_by(assignment_id=given).one().voided_at is not None
        if "results_changed" in outcomes:
            assert (row(round_id).state, voided) == (RoundState.CLOSED, True)
            return
        assert outcomes == ["done", "done"]
        result = versions.frozen(row(round_id))
        assert (result.digest, voided) == (looked_at, False)
        assert snapshot.recompute(result.document).differences == ()
