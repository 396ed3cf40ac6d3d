"""The tables as a whole: tenancy, instants, migrations."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError, StatementError

from plural import audit
from plural.extensions import db
from plural.models.audit import AuditEvent
from plural.models.festival import Festival
from tests.factories import Make

TABLES = sorted(db.metadata.tables.values(), key=lambda t: t.name)


def reaches_festival(table: Table, seen: frozenset[str] = frozenset()) -> bool:
    """Whether non-null foreign keys lead from the table to a festival."""
    if table.name == "festival":
        return True
    parents = {
        key.column.table
        for column in table.columns
        if not column.nullable
        for key in column.foreign_keys
    }
    return any(
        reaches_festival(parent, seen | {table.name})
        for parent in parents
        if parent.name not in seen
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_every_row_reaches_one_festival_by_non_null_keys(table: Table) -> None:
    assert reaches_festival(table)


def test_instants_come_back_in_utc_whatever_zone_they_went_in(app: Flask, make: Make) -> None:
    at = datetime(2026, 6, 15, 17, 0, tzinfo=timezone(timedelta(hours=-4)))
    edition = make.edition(entries_close_at=at)
    with app.app_context():
        found = db.session.get_one(type(edition), edition.id).entries_close_at
    assert found == at
    assert found.tzinfo is UTC


def test_an_instant_without_zone_is_refused(make: Make) -> None:
    with pytest.raises(StatementError, match="needs its time zone"):
        make.edition(entries_close_at=datetime(2026, 6, 15))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"]
)
def test_the_database_itself_denies_changes_of_the_audit_chain(
    app: Flask, make: Make, statement: str
) -> None:
    festival = make.festival()
    with app.app_context():
        audit.append(festival, "festival.greeted", "festival:1", None)
        db.session.commit()
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(db.text(statement))
        db.session.rollback()
        assert AuditEvent.query.count() == 1


def test_the_migrations_make_exactly_the_tables_of_the_models(app: Flask) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with app.app_context():
        connection = db.session.connection()
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        assert Festival.query.count() == 0
