"""The hash chain of deeds, the outbox, and the plain log of background tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import identifier, instant, to
from plural.models.media import Leased


class AuditEvent(db.Model):
    """One deed in a festival's chain. Triggers deny every UPDATE and DELETE."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("festival_id", "seq"),)

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    seq: Mapped[int]
    at: Mapped[datetime] = instant()
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    payload_digest: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    detail: Mapped[AuditDetail | None] = relationship(back_populates="event")


class AuditDetail(db.Model):
    """What an event's salted digest stands for; erasable without breaking the chain."""

    __tablename__ = "audit_detail"

    id: Mapped[int] = identifier()
    event_id: Mapped[int] = to("audit_event.id", unique=True)
    salt: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)

    event: Mapped[AuditEvent] = relationship(back_populates="detail")


class AuditHead(db.Model):
    """A head of the chain as it was mailed out: others hold it, so nobody can rewrite the past."""

    __tablename__ = "audit_head"

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    seq: Mapped[int]
    hash: Mapped[str]
    mailed_at: Mapped[datetime] = instant()
    recipients: Mapped[int]


class OutboxItem(Leased, db.Model):
    """Work that must follow a deed, written in the deed's own transaction: ids only."""

    __tablename__ = "outbox_item"

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = instant()
    done_at: Mapped[datetime | None] = instant()


class TaskEvent(db.Model):
    """A state that a background task went through; a plain log, not part of the chain."""

    __tablename__ = "task_event"

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    at: Mapped[datetime] = instant()
    subject: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
