"""The one guarded way to change a state."""

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


def test_nobody_else_assigns_a_state() -> None:
    """States change in lifecycle.move and nowhere else in the portal."""
    root = Path(__file__).parents[2] / "plural"
    found = [
        f"{path.name}: {line.strip()}"
        for path in root.rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if ".state = " in line
    ]
    assert found == []
