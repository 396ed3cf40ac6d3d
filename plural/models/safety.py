"""What protects the children in the films: the jurors' undertaking, and worries that were told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.entry import FilmVersion
from plural.models.festival import Edition
from plural.models.people import Account


class Undertaking(db.Model):
    """A juror has signed one version of the edition's safeguarding undertaking."""

    __tablename__ = "undertaking"
    __table_args__ = (UniqueConstraint("edition_id", "account_id", "text_version"),)

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id")
    account_id: Mapped[int] = to("account.id")
    text_version: Mapped[int]
    language: Mapped[str]
    signed_name: Mapped[str]
    signed_at: Mapped[datetime] = instant()

    edition: Mapped[Edition] = relationship()
    account: Mapped[Account] = relationship()


class WorryState(StrEnum):
    OPEN = "open"
    IN_HAND = "in_hand"
    ANSWERED = "answered"


class Worry(db.Model):
    """Somebody who watched a film is worried about a child: a case that staff take in hand."""

    __tablename__ = "worry"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (handled_by_id IS NULL)", name="case_has_somebody"),
        CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)", name="answer_has_evidence"
        ),
    )
    TRANSITIONS = {
        WorryState.OPEN: frozenset({WorryState.IN_HAND}),
        WorryState.IN_HAND: frozenset({WorryState.OPEN, WorryState.ANSWERED}),
        WorryState.ANSWERED: frozenset[WorryState](),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    film_version_id: Mapped[int] = to("film_version.id")
    raised_by_id: Mapped[int] = to("account.id")
    state: Mapped[WorryState] = choice(WorryState, default=WorryState.OPEN)
    words: Mapped[str]
    raised_at: Mapped[datetime] = instant()
    handled_by_id: Mapped[int | None] = to("account.id")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = instant()

    film: Mapped[FilmVersion] = relationship()
    raised_by: Mapped[Account] = relationship(foreign_keys=[raised_by_id])
    handled_by: Mapped[Account | None] = relationship(foreign_keys=[handled_by_id])
