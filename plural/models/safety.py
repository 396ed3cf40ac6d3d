"""What protects the children in the films: the undertaking, and worries that were told."""

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
    """Somebody who watches films has signed one version of the edition's undertaking."""

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


class Outcome(StrEnum):
    NOTHING_FOUND = "nothing_found"
    HELPED = "helped"
    PASSED_ON = "passed_on"


class Worry(db.Model):
    """Somebody is worried about a child in a film: a case for those who look after their safety.

    `answer` are the words with which it was closed; cases closed before there were outcomes have
    none.
    """

    __tablename__ = "worry"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (handled_by_id IS NULL)", name="case_has_somebody"),
        CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)", name="answer_has_evidence"
        ),
        CheckConstraint("outcome IS NULL OR state = 'answered'", name="outcome_is_last"),
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
    outcome: Mapped[Outcome | None] = choice(Outcome)
    answered_at: Mapped[datetime | None] = instant()

    film: Mapped[FilmVersion] = relationship()
    raised_by: Mapped[Account] = relationship(foreign_keys=[raised_by_id])
    handled_by: Mapped[Account | None] = relationship(foreign_keys=[handled_by_id])
    steps: Mapped[list[WorryStep]] = relationship(back_populates="worry", order_by="WorryStep.id")


class Step(StrEnum):
    NOTED = "noted"
    SEALED = "sealed"
    SEAL_LIFTED = "seal_lifted"


class WorryStep(db.Model):
    """What somebody did about a case, in their words. The database denies any change of it."""

    __tablename__ = "worry_step"

    id: Mapped[int] = identifier()
    worry_id: Mapped[int] = to("worry.id")
    account_id: Mapped[int] = to("account.id")
    step: Mapped[Step] = choice(Step)
    words: Mapped[str]
    taken_at: Mapped[datetime] = instant()

    worry: Mapped[Worry] = relationship(back_populates="steps")
    account: Mapped[Account] = relationship()
