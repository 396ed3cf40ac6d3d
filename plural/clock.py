"""The one clock. Everything that asks for the time asks here."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app, has_app_context
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


def now() -> datetime:
    """The festival's time, in UTC: the host's clock plus the offset that a demo or test has set."""
    return datetime.now(UTC) + offset()


def today() -> date:
    return now().date()


def offset() -> timedelta:
    file = current_app.extensions["plural_settings"].clock_file if has_app_context() else None
    if file is None:
        return timedelta()
    return read_offset(file)


def read_offset(file: Path) -> timedelta:
    try:
        return timedelta(seconds=float(file.read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def database_now(session: AnySession) -> datetime:
    """The database's own clock, in UTC, which all hosts share and nobody moves: leases use it."""
    if session.get_bind().dialect.name == "postgresql":
        moment: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)
    written = session.execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")).scalar_one()
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
