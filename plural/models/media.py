"""Uploads on their way in, and outputs that must exist."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.entry import FilmVersion


class Leased:
    """Columns of work that a worker owns for a while.

    `lease_token` grows with every lease; whoever holds an older one may not publish. Both
    instants are on the database's clock, not the festival's.
    """

    lease_token: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = instant()
    due_at: Mapped[datetime | None] = instant()
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")


class UploadState(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    TERMINATED = "terminated"
    EXPIRED = "expired"


class Upload(db.Model):
    """A file on its way in by tus. Bytes up to `offset_bytes` are on disk for good.

    `lock_token` and `locked_until` fence off all PATCH requests but the newest.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("offset_bytes BETWEEN 0 AND length_bytes", name="offset_within_length"),
    )
    TRANSITIONS = {
        UploadState.OPEN: frozenset(
            {UploadState.COMPLETE, UploadState.TERMINATED, UploadState.EXPIRED}
        ),
        UploadState.COMPLETE: frozenset[UploadState](),
        UploadState.TERMINATED: frozenset[UploadState](),
        UploadState.EXPIRED: frozenset[UploadState](),
    }
    AUDITED = False

    id: Mapped[int] = identifier()
    code: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(18))
    film_version_id: Mapped[int] = to("film_version.id")
    account_id: Mapped[int] = to("account.id")
    state: Mapped[UploadState] = choice(UploadState, default=UploadState.OPEN)
    file_name: Mapped[str] = mapped_column(default="")
    length_bytes: Mapped[int] = mapped_column(BigInteger)
    offset_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    lock_token: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = instant()
    created_at: Mapped[datetime] = instant()
    expires_at: Mapped[datetime] = instant()
    completed_at: Mapped[datetime | None] = instant()

    film: Mapped[FilmVersion] = relationship()


class OutputState(StrEnum):
    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class Output(Leased, db.Model):
    """Something that must be made from a film version, made, or given up with a reason.

    The row named `verdict` is the validation of the source, the one named `examination` its whole
    decode afterwards; all others are files in storage.
    Rows of one `group` are leased and made together. `progress` runs from 0 to 1, from `begun_at`,
    when the last attempt was begun, to `ready_at`.
    """

    __tablename__ = "output"
    __table_args__ = (
        UniqueConstraint("film_version_id", "name", "recipe_digest"),
        CheckConstraint(
            "name IN ('verdict', 'examination') OR (state = 'ready') = (storage_key <> '')",
            name="ready_is_stored",
        ),
    )
    TRANSITIONS = {
        OutputState.WAITING: frozenset({OutputState.MAKING}),
        OutputState.MAKING: frozenset(
            {OutputState.READY, OutputState.WAITING, OutputState.FAILED, OutputState.MAKING}
        ),
        OutputState.READY: frozenset[OutputState](),
        OutputState.FAILED: frozenset({OutputState.WAITING}),
    }
    AUDITED = False

    id: Mapped[int] = identifier()
    film_version_id: Mapped[int] = to("film_version.id")
    name: Mapped[str]
    group: Mapped[str]
    rank: Mapped[int]
    recipe_digest: Mapped[str] = mapped_column(default="")
    state: Mapped[OutputState] = choice(OutputState, default=OutputState.WAITING)
    progress: Mapped[float] = mapped_column(default=0.0)
    media_type: Mapped[str] = mapped_column(default="")
    storage_key: Mapped[str] = mapped_column(default="")
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    crc32: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cpu_s: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = instant()
    begun_at: Mapped[datetime | None] = instant()
    ready_at: Mapped[datetime | None] = instant()

    film: Mapped[FilmVersion] = relationship(back_populates="outputs")
