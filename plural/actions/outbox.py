"""What deeds have left to do: one handler per kind, each done once at least."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from plural import clock, leases, mailing
from plural.extensions import db
from plural.leases import LeaseLost
from plural.models.audit import OutboxItem

log = logging.getLogger(__name__)

HANDLERS: dict[str, Callable[..., None]] = {"mail": mailing.deliver}
FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 3600
# With the pauses above: for about a day.
MOST_ATTEMPTS = 32


@dataclass(frozen=True)
class Deed:
    """One item, leased under a fencing token."""

    id: int
    kind: str
    payload: dict[str, Any]
    token: int
    attempt: int


def due() -> Any:
    """A query for the items that can be done now, the oldest first."""
    return (
        select(OutboxItem)
        .where(
            OutboxItem.done_at.is_(None),
            OutboxItem.attempts < MOST_ATTEMPTS,
            leases.due(OutboxItem),
        )
        .order_by(OutboxItem.id)
    )


def due_count(most: int) -> int:
    """How many items are due, counted up to `most`."""
    some = due().order_by(None).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def more_is_due() -> bool:
    found = due_count(1) > 0
    db.session.rollback()
    return found


def do_next() -> None:
    """Do the oldest item that is due, whatever comes of it; commits by itself."""
    deed = lease_next()
    if deed is None:
        return
    try:
        HANDLERS[deed.kind](**deed.payload)
    except Exception as error:
        log.warning("outbox %s (%s) failed: %s", deed.id, deed.kind, error, exc_info=True)
        finish(deed, reason=type(error).__name__, due_at=next_time(deed.attempt))
    else:
        finish(deed, reason="", done_at=clock.now())


def lease_next() -> Deed | None:
    """Lease the next item, committed; None when nothing is due."""
    lease_s = current_app.extensions["plural_settings"].lease_s
    while (item := db.session.scalars(due().limit(1)).first()) is not None:
        token = leases.take(OutboxItem, [item.id], lease_s)
        if token is None:
            db.session.rollback()
            continue
        deed = Deed(item.id, item.kind, dict(item.payload), token, item.attempts)
        db.session.commit()
        return deed
    db.session.rollback()
    return None


def finish(deed: Deed, **facts: Any) -> None:
    """Write down how it ended, unless somebody else has it by now."""
    db.session.rollback()
    try:
        leases.release(OutboxItem, [deed.id], deed.token, **facts)
    except LeaseLost:
        db.session.rollback()
        log.info("outbox %s is somebody else's now", deed.id)
        return
    db.session.commit()


def next_time(attempt: int) -> Any:
    pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1))
    return clock.database_now(db.session) + timedelta(seconds=pause_s)
