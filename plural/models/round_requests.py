"""What it takes two people to do with a round: one asks, another confirms."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.people import Account
from plural.models.rounds import Round


class RequestKind(StrEnum):
    FREEZING = "freezing"
    REOPENING = "reopening"


class RequestState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


class RoundRequest(db.Model):
    """Somebody of the staff asks to freeze or reopen a round; somebody else settles it.

    `digest` is that of the result which the first person has looked at. `terms` say how a round is
    reopened: see `plural.actions.reopening`.
    """

    __tablename__ = "round_request"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled_has_evidence"),
        CheckConstraint("state <> 'confirmed' OR settled_by_id <> asked_by_id", name="two_persons"),
    )
    TRANSITIONS = {
        RequestState.WAITING: frozenset({RequestState.CONFIRMED, RequestState.DROPPED}),
        RequestState.CONFIRMED: frozenset[RequestState](),
        RequestState.DROPPED: frozenset[RequestState](),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    kind: Mapped[RequestKind] = choice(RequestKind)
    state: Mapped[RequestState] = choice(RequestState, default=RequestState.WAITING)
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    asked_by_id: Mapped[int] = to("account.id")
    asked_at: Mapped[datetime] = instant()
    settled_by_id: Mapped[int | None] = to("account.id")
    settled_at: Mapped[datetime | None] = instant()

    round: Mapped[Round] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys="RoundRequest.asked_by_id")
