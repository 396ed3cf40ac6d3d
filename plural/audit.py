"""The hash chain of deeds: append to it, verify it."""

import hashlib
import secrets
from collections.abc import Generator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from plural import clock
from plural.extensions import db
from plural.models.audit import AuditDetail, AuditEvent
from plural.models.festival import Festival
from plural.models.people import Account

SYSTEM = "system"
FIRST_HASH = "0" * 64


def append(
    festival: Festival,
    action: str,
    subject: str,
    by: Account | str | None,
    payload: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add one deed to the festival's chain, in the caller's transaction.

    `by` is the account that did it, the pseudonym of somebody without one, or None for the
    system. Personal text in `payload` stays erasable: the chain holds only its salted digest.
    """
    head = lock_head(festival)
    salt = secrets.token_hex(16)
    values = dict(payload or {})
    event = AuditEvent(
        festival_id=festival.id,
        seq=head.audit_seq + 1,
        at=clock.now(),
        actor=pseudonym(by),
        action=action,
        subject=subject,
        payload_digest=salted_digest(salt, values),
        previous_hash=head.audit_hash,
    )
    event.hash = event_hash(event)
    event.detail = AuditDetail(salt=salt, payload=values)
    head.audit_seq, head.audit_hash = event.seq, event.hash
    db.session.add(event)
    db.session.flush()
    return event


def lock_head(festival: Festival) -> Festival:
    """The festival's row as it is now, locked until the transaction ends."""
    return db.session.execute(
        select(Festival)
        .where(Festival.id == festival.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def pseudonym(by: Account | str | None) -> str:
    if by is None:
        return SYSTEM
    return by if isinstance(by, str) else by.pseudonym


def salted_digest(salt: str, payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(salt.encode() + rfc8785.dumps(dict(payload))).hexdigest()


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of everything in the event but its hash."""
    return hashlib.sha256(
        rfc8785.dumps(
            {
                "seq": event.seq,
                "at": written(event.at),
                "actor": event.actor,
                "action": event.action,
                "subject": event.subject,
                "payload_digest": event.payload_digest,
                "previous_hash": event.previous_hash,
            }
        )
    ).hexdigest()


def written(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def first_broken(festival: Festival) -> int | None:
    """The sequence number of the first event that does not fit the chain, or None.

    A chain that was cut short is reported with the number of the first missing event.
    """
    previous, expected = FIRST_HASH, 1
    with closing(walk(festival)) as events_:
        for event in events_:
            fits = event.seq == expected and event.previous_hash == previous
            if not fits or event.hash != event_hash(event) or not detail_fits(event):
                return expected
            previous, expected = event.hash, expected + 1
    head = db.session.get_one(Festival, festival.id)
    whole = (head.audit_seq, head.audit_hash) == (expected - 1, previous)
    return None if whole else expected


def walk(festival: Festival) -> Generator[AuditEvent, None, None]:
    """Every event with its detail, in order, a thousand at a time."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.festival_id == festival.id)
        .order_by(AuditEvent.seq)
        .options(joinedload(AuditEvent.detail))
        .execution_options(yield_per=1000)
    )
    # Whoever stops early closes the database's cursor too.
    with db.session.scalars(query) as found:
        yield from found


def detail_fits(event: AuditEvent) -> bool:
    if event.detail is None:
        return True
    return event.payload_digest == salted_digest(event.detail.salt, event.detail.payload)


def events(festival: Festival) -> list[AuditEvent]:
    return list(
        db.session.scalars(
            select(AuditEvent).where(AuditEvent.festival_id == festival.id).order_by(AuditEvent.seq)
        )
    )
