"""Who is to score which film, what they gave, and who must not judge."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.entry import Entry, FilmVersion
from plural.models.people import Account
from plural.models.rounds import Round, Seat


class ConflictSource(StrEnum):
    DECLARED = "declared"
    DERIVED = "derived"
    SET_BY_STAFF = "set_by_staff"


class Conflict(db.Model):
    """A person must not judge an entry, in any round."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("entry_id", "account_id"),)

    id: Mapped[int] = identifier()
    entry_id: Mapped[int] = to("entry.id")
    account_id: Mapped[int] = to("account.id")
    source: Mapped[ConflictSource] = choice(ConflictSource)
    reason: Mapped[str]
    declared_at: Mapped[datetime] = instant()

    entry: Mapped[Entry] = relationship()
    account: Mapped[Account] = relationship()


class AssignmentState(StrEnum):
    ASSIGNED = "assigned"
    SCORED = "scored"
    CONFLICTED = "conflicted"
    RELEASED = "released"


class Assignment(db.Model):
    """One seat is to score one film version in one round."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("seat_id", "film_version_id"),)
    TRANSITIONS = {
        AssignmentState.ASSIGNED: frozenset(
            {AssignmentState.SCORED, AssignmentState.CONFLICTED, AssignmentState.RELEASED}
        ),
        # Back again only when a new version of the round asks what the score does not answer.
        AssignmentState.SCORED: frozenset({AssignmentState.CONFLICTED, AssignmentState.ASSIGNED}),
        AssignmentState.CONFLICTED: frozenset[AssignmentState](),
        AssignmentState.RELEASED: frozenset({AssignmentState.ASSIGNED}),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    seat_id: Mapped[int] = to("seat.id")
    film_version_id: Mapped[int] = to("film_version.id")
    state: Mapped[AssignmentState] = choice(AssignmentState, default=AssignmentState.ASSIGNED)
    assigned_at: Mapped[datetime] = instant()

    round: Mapped[Round] = relationship()
    seat: Mapped[Seat] = relationship()
    film: Mapped[FilmVersion] = relationship()
    score: Mapped[Score | None] = relationship(back_populates="assignment")


class Score(db.Model):
    """What one juror gave one film version: a value per criterion key.

    `revision` grows with every change; a form that was opened on an older one is stale.
    """

    __tablename__ = "score"

    id: Mapped[int] = identifier()
    assignment_id: Mapped[int] = to("assignment.id", unique=True)
    film_version_id: Mapped[int] = to("film_version.id")
    values: Mapped[dict[str, float]] = mapped_column(JSON)
    comment_for_jury: Mapped[str] = mapped_column(default="")
    comment_for_maker: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    receipt: Mapped[str] = mapped_column(default=lambda: secrets.token_hex(8))
    submitted_at: Mapped[datetime] = instant()
    voided_at: Mapped[datetime | None] = instant()
    void_reason: Mapped[str] = mapped_column(default="")

    assignment: Mapped[Assignment] = relationship(back_populates="score")
