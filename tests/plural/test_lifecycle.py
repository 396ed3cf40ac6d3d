"""The one guarded way to change a state."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from plural import audit, clock, lifecycle
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.audit import AuditEvent, TaskEvent
from plural.models.entry import Entry, EntryState, FilmState, FilmVersion
from tests.factories import Make


def test_a_deed_changes_the_state_and_enters_the_chain(app: Flask, make: Make) -> None:
    entry, staff = make.entry(state=EntryState.SUBMITTED), make.staff()
    with app.app_context():
        row = db.session.get_one(Entry, entry.id)
        lifecycle.move(
            row, EntryState.ELIGIBLE, staff, decided_at=clock.now(), decided_by_id=staff.id
        )
        db.session.commit()
        assert row.state is EntryState.ELIGIBLE
        event = AuditEvent.query.one()
        assert (event.action, event.subject) == ("entry.eligible", f"entry:{entry.id}")
        assert event.actor == staff.pseudonym
        assert audit.first_broken(entry.edition.festival) is None


def test_a_step_that_the_table_does_not_name_is_refused(app: Flask, make: Make) -> None:
    entry = make.entry(state=EntryState.WITHDRAWN)
    with app.app_context():
        row = db.session.get_one(Entry, entry.id)
        with pytest.raises(Refused) as refused:
            lifecycle.move(row, EntryState.SUBMITTED, None)
        assert refused.value.data == {"before": "withdrawn", "to": "submitted"}


def test_a_stale_row_is_refused_and_nothing_is_lost(app: Flask, make: Make) -> None:
    entry = make.entry(state=EntryState.SUBMITTED)
    with app.app_context():
        row = db.session.get_one(Entry, entry.id)
        assert row.state is EntryState.SUBMITTED
        db.session.commit()
        row.state  # noqa: B018 - loaded again, as a second desk would have it
        db.session.execute(db.text("UPDATE entry SET state = 'draft'"))
        with pytest.raises(StaleState) as stale:
            lifecycle.move(
                row, EntryState.ELIGIBLE, None, decided_at=clock.now(), decided_by_id=None
            )
        assert stale.value.status == 409
        assert stale.value.data == {"before": "submitted", "now": "draft"}


def test_background_states_go_to_the_plain_log_only(app: Flask, make: Make) -> None:
    entry = make.entry()
    with app.app_context():
        film = db.session.get_one(FilmVersion, entry.versions[0].id)
        lifecycle.move(film, FilmState.RECEIVED, None)
        db.session.commit()
        assert TaskEvent.query.one().state == "received"
        assert AuditEvent.query.count() == 0


def test_a_state_without_its_evidence_is_refused_by_the_database(app: Flask, make: Make) -> None:
    entry = make.entry(state=EntryState.SUBMITTED)
    with app.app_context():
        row = db.session.get_one(Entry, entry.id)
        with pytest.raises(IntegrityError):
            lifecycle.move(row, EntryState.ELIGIBLE, None)


# ----- nobody else assigns a state

PORTAL = Path(__file__).parents[2] / "plural"
WRITTEN_IN_SQL = re.compile(r"\bset\s+[^;]*\bstate\s*=", re.IGNORECASE)


def assignments(source: str) -> list[str]:
    """The statements of a module that give a row's state a value, whichever way they do it."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if assigns_state(node)]


def assigns_state(node: ast.AST) -> bool:
    match node:
        case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
            return any(is_written(inner) for inner in ast.walk(node))
        case ast.Call(func=ast.Name(id="setattr"), args=[_, name, _]):
            return is_state(name)
        case ast.Call(func=ast.Attribute(attr="values" | "update"), args=args, keywords=keywords):
            keys = [key for one in args if isinstance(one, ast.Dict) for key in one.keys]
            return any(is_state(key) for key in keys) or any(k.arg == "state" for k in keywords)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="leases")), keywords=keywords):
            return any(keyword.arg == "state" for keyword in keywords)
        case ast.Constant(value=str(words)):
            return WRITTEN_IN_SQL.search(words) is not None
    return False


def is_written(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_state(node)


def is_state(node: ast.AST | None) -> bool:
    """`row.state`, `Table.state` or the name of that column."""
    match node:
        case ast.Attribute(attr="state") | ast.Constant(value="state"):
            return True
    return False


@pytest.mark.parametrize(
    "written",
    [
        "row.state = State.OPEN",
        "row.state, row.reason = State.OPEN, ''",
        "row.state: State = State.OPEN",
        "setattr(row, 'state', State.OPEN)",
        "update(Round).where(Round.id == 1).values(state=State.OPEN)",
        "update(Round).values({'state': State.OPEN})",
        "update(Round).values({Round.state: State.OPEN})",
        "Round.query.filter_by(id=1).update({'state': State.OPEN})",
        "Round.query.update({Round.state: State.OPEN})",
        "leases.release(Output, ids, token, state=State.OPEN)",
        "text('UPDATE round SET version = 2, state = :state WHERE id = 1')",
    ],
)
def test_every_way_to_assign_a_state_is_seen(written: str) -> None:
    assert assignments(written)


@pytest.mark.parametrize(
    "written",
    [
        "row.state == State.OPEN",
        "Round.query.filter_by(state=State.OPEN)",
        "now = row.state",
        "form.state.choices = []",
    ],
)
def test_asking_for_a_state_is_no_assignment(written: str) -> None:
    assert assignments(written) == []


def test_nobody_else_assigns_a_state() -> None:
    """States change in lifecycle.move and nowhere else in the portal."""
    found = {
        str(path.relative_to(PORTAL)): told
        for path in PORTAL.rglob("*.py")
        if "migrations" not in path.parts and (told := assignments(path.read_text()))
    }
    assert list(found) == ["lifecycle.py"]
    (told,) = found["lifecycle.py"]
    assert told.endswith(".values(state=to, **facts)")
