"""The one guarded way to change a state."""

from typing import Any, cast

from sqlalchemy import CursorResult, inspect, update

from plural import audit, clock
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.audit import TaskEvent
from plural.models.festival import Edition, Festival
from plural.models.people import Account


def move(row: Any, to: Any, by: Account | str | None, **facts: Any) -> None:
    """Bring `row` into state `to`, writing `facts` (columns of evidence) in the same UPDATE.

    Deeds of people enter the audit chain, background states the plain log. Raises Refused when
    the table of transitions does not allow it, StaleState when somebody else moved it first.
    """
    before = row.state
    if to not in row.TRANSITIONS[before]:
        raise Refused("transition_not_allowed", before=before.value, to=to.value)
    db.session.flush()
    table = type(row)
    changed = cast(
        "CursorResult[Any]",
        db.session.execute(
            update(table)
            .where(table.id == row.id, table.state == before)
            .values(state=to, **facts)
            .execution_options(synchronize_session=False)
        ),
    )
    if changed.rowcount != 1:
        db.session.refresh(row)
        raise StaleState(before=before.value, now=row.state.value)
    db.session.refresh(row)
    record(row, to.value, by)


def record(row: Any, action: str, by: Account | str | None) -> None:
    """Note a deed on a row where its kind is noted: the chain, or the plain log."""
    festival = festival_of(row)
    if row.AUDITED:
        audit.append(festival, f"{row.__tablename__}.{action}", subject(row), by)
        return
    reason = getattr(row, "reason", "")
    db.session.add(
        TaskEvent(
            festival_id=festival.id,
            at=clock.now(),
            subject=subject(row),
            state=action,
            reason=reason,
        )
    )


def subject(row: Any) -> str:
    return f"{row.__tablename__}:{inspect(row).identity[0]}"


# How a row finds its festival: the next row up, by the relationship that leads there.
UPWARD = (
    "festival", "edition", "entry", "film", "round", "publication", "organisation", "person",
    "assignment", "result", "worry",
)  # fmt: skip


def festival_of(row: Any) -> Festival:
    """The festival that a row belongs to, found along its non-null keys."""
    while not isinstance(row, Festival):
        row = next(getattr(row, name) for name in UPWARD if hasattr(type(row), name))
    return row


def edition_of(row: Any) -> Edition:
    """The edition that a row belongs to; only for rows below one."""
    while not isinstance(row, Edition):
        row = next(getattr(row, name) for name in UPWARD[1:] if hasattr(type(row), name))
    return row
