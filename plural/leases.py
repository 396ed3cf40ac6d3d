"""Leases with fencing tokens, in SQL and on the database's clock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, or_, update

from plural import clock
from plural.errors import StaleState
from plural.extensions import db


class LeaseLost(StaleState):
    """Somebody else holds the work now; whatever was made must not be published."""

    code = "lease_lost"


def due(model: Any) -> ColumnElement[bool]:
    """The condition under which nobody owns a row of `model` and its time has come."""
    now = clock.database_now(db.session)
    free = or_(model.leased_until.is_(None), model.leased_until < now)
    return free & or_(model.due_at.is_(None), model.due_at <= now)


def take(model: Any, ids: Sequence[int], lease_s: int, **facts: Any) -> int | None:
    """Lease the rows to the caller and return the new fencing token; None when it came too late.

    The token is higher than any that one of the rows has had.
    """
    rows = db.session.query(model.lease_token).filter(model.id.in_(ids)).all()
    token = max(row.lease_token for row in rows) + 1
    until = clock.database_now(db.session) + timedelta(seconds=lease_s)
    taken = _update(
        update(model)
        .where(model.id.in_(ids), model.lease_token < token, due(model))
        .values(lease_token=token, leased_until=until, attempts=model.attempts + 1, **facts)
    )
    return token if taken == len(ids) else None


def renew(model: Any, ids: Sequence[int], token: int, lease_s: int, **facts: Any) -> None:
    """Keep the lease for another `lease_s` seconds. Raises LeaseLost."""
    until = clock.database_now(db.session) + timedelta(seconds=lease_s)
    _exactly(model, ids, token, leased_until=until, **facts)


def release(model: Any, ids: Sequence[int], token: int, **facts: Any) -> None:
    """Give the rows back, writing `facts` with it. Raises LeaseLost."""
    _exactly(model, ids, token, leased_until=None, **facts)


def revoke(model: Any, ids: Sequence[int], token: int, **facts: Any) -> bool:
    """Take a lease that has run out from its holder, who can publish nothing any more.

    Returns False when it was renewed or revoked in the meantime.
    """
    changed = _update(
        update(model)
        .where(
            model.id.in_(ids),
            model.lease_token == token,
            model.leased_until < clock.database_now(db.session),
        )
        .values(lease_token=token + 1, leased_until=None, **facts)
    )
    return changed == len(ids)


def _exactly(model: Any, ids: Sequence[int], token: int, **facts: Any) -> None:
    changed = _update(
        update(model).where(model.id.in_(ids), model.lease_token == token).values(**facts)
    )
    if changed != len(ids):
        raise LeaseLost(ids=list(ids), token=token)


def _update(statement: Any) -> int:
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
    return cast("CursorResult[Any]", result).rowcount
