"""Who is to score which film, what they gave, and who must not judge."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
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


class Unrelated(db.Model):
    """Staff have looked: a person bears the name of somebody behind an entry, and no more."""

    __tablename__ = "unrelated"
    __table_args__ = (UniqueConstraint("entry_id", "account_id"),)

    id: Mapped[int] = identifier()
    entry_id: Mapped[int] = to("entry.id")
    account_id: Mapped[int] = to("account.id")
    noted_by_id: Mapped[int] = to("account.id")
    noted_at: Mapped[datetime] = instant()

    entry: Mapped[Entry] = relationship()
    account: Mapped[Account] = relationship(foreign_keys=[account_id])


class AssignmentState(StrEnum):
    ASSIGNED = "assigned"
    SCORED = "scored"
    ABSTAINED = "abstained"
    CONFLICTED = "conflicted"
    RELEASED = "released"


# What is before a juror, and what of it needs no more work.
BEFORE_JUROR = (AssignmentState.ASSIGNED, AssignmentState.SCORED, AssignmentState.ABSTAINED)
DONE = (AssignmentState.SCORED, AssignmentState.ABSTAINED)


class Assignment(db.Model):
    """One seat is to score one film version in one round.

    Whoever abstains gives a `reason`; a score that is taken back makes the film wait again.
    `by_hand` is one that staff have chosen themselves.
    `watched_s` is how many seconds of the film the player says that it has played; what was played
    twice counts twice, and None means that no player has told anything.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("seat_id", "film_version_id"),
        CheckConstraint(
            "(state = 'abstained') = (abstention_reason <> '')", name="abstention_has_reason"
        ),
    )
    TRANSITIONS = {
        AssignmentState.ASSIGNED: frozenset(
            {
                AssignmentState.SCORED,
                AssignmentState.ABSTAINED,
                AssignmentState.CONFLICTED,
                AssignmentState.RELEASED,
            }
        ),
        AssignmentState.SCORED: frozenset({AssignmentState.ASSIGNED, AssignmentState.CONFLICTED}),
        AssignmentState.ABSTAINED: frozenset(
            {AssignmentState.ASSIGNED, AssignmentState.SCORED, AssignmentState.CONFLICTED}
        ),
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
    abstention_reason: Mapped[str] = mapped_column(default="")
    by_hand: Mapped[bool] = mapped_column(default=False)
    watched_s: Mapped[float | None]

    round: Mapped[Round] = relationship()
    seat: Mapped[Seat] = relationship()
    film: Mapped[FilmVersion] = relationship()
    score: Mapped[Score | None] = relationship(back_populates="assignment")


class Score(db.Model):
    """What one juror gave one film version: a value per criterion key.

    `revision` grows with every change; a form that was opened on an older one is stale. The maker
    reads `comment_for_maker` once staff have released it. `final_at` is when its juror said that
    it stays, to see what others gave.
    """

    __tablename__ = "score"

    id: Mapped[int] = identifier()
    assignment_id: Mapped[int] = to("assignment.id", unique=True)
    film_version_id: Mapped[int] = to("film_version.id")
    values: Mapped[dict[str, float]] = mapped_column(JSON)
    comment_for_jury: Mapped[str] = mapped_column(default="")
    comment_for_maker: Mapped[str] = mapped_column(default="")
    comment_released_at: Mapped[datetime | None] = instant()
    revision: Mapped[int] = mapped_column(default=1)
    receipt: Mapped[str] = mapped_column(default=lambda: secrets.token_hex(8))
    submitted_at: Mapped[datetime] = instant()
    final_at: Mapped[datetime | None] = instant()
    voided_at: Mapped[datetime | None] = instant()
    void_reason: Mapped[str] = mapped_column(default="")

    assignment: Mapped[Assignment] = relationship(back_populates="score")


class ScoreRevision(db.Model):
    """What stood on record at one time: a score as it was given, or none once it was taken back.

    `values` is empty for the latter, whose `receipt` is that of the score it took back.
    """

    __tablename__ = "score_revision"
    __table_args__ = (UniqueConstraint("assignment_id", "revision"),)

    id: Mapped[int] = identifier()
    assignment_id: Mapped[int] = to("assignment.id")
    revision: Mapped[int]
    values: Mapped[dict[str, float] | None] = mapped_column(JSON(none_as_null=True))
    receipt: Mapped[str]
    at: Mapped[datetime] = instant()

    assignment: Mapped[Assignment] = relationship()


class FilmNote(db.Model):
    """A juror's own words at a second of a film: nobody else's, and gone with the account."""

    __tablename__ = "film_note"

    id: Mapped[int] = identifier()
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    film_version_id: Mapped[int] = to("film_version.id")
    at_s: Mapped[float]
    words: Mapped[str]
    written_at: Mapped[datetime] = instant()

    account: Mapped[Account] = relationship()
    film: Mapped[FilmVersion] = relationship()
