"""Rounds, who sits on them, what they score, rank and pick, and what came of it."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Award, Edition
from plural.models.people import Account, Membership, Organisation


class RoundKind(StrEnum):
    PRESELECTION = "preselection"
    INTERNATIONAL_JURY = "international_jury"
    PARTNER_PICKS = "partner_picks"


class RoundState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Round(db.Model):
    """One step of judging. What is declared (`declared`) is sealed by its digest at the opening.

    Its name is the edition's text `round.<key>.name`. Closing freezes one RoundResult;
    reopening, later, makes a new version.
    """

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        CheckConstraint(
            "(state = 'draft') = (declared_digest IS NULL)", name="open_round_is_sealed"
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_evidence"),
    )
    TRANSITIONS = {
        RoundState.DRAFT: frozenset({RoundState.OPEN}),
        RoundState.OPEN: frozenset({RoundState.CLOSED}),
        RoundState.CLOSED: frozenset[RoundState](),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id")
    key: Mapped[str]
    kind: Mapped[RoundKind] = choice(RoundKind)
    state: Mapped[RoundState] = choice(RoundState, default=RoundState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    reviews_wanted: Mapped[int] = mapped_column(default=3)
    shortlist_size: Mapped[int] = mapped_column(default=0)
    seed: Mapped[str] = mapped_column(default=lambda: secrets.token_hex(16))
    closes_at: Mapped[datetime] = instant()
    declared: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    declared_digest: Mapped[str | None]
    opened_at: Mapped[datetime | None] = instant()
    closed_at: Mapped[datetime | None] = instant()
    closed_by_id: Mapped[int | None] = to("account.id")

    edition: Mapped[Edition] = relationship()
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="round", order_by="Criterion.position", cascade="all, delete-orphan"
    )
    seats: Mapped[list[Seat]] = relationship(back_populates="round", order_by="Seat.id")
    films: Mapped[list[RoundFilm]] = relationship(back_populates="round", order_by="RoundFilm.id")
    results: Mapped[list[RoundResult]] = relationship(
        back_populates="round", order_by="RoundResult.version"
    )


class Criterion(db.Model):
    """One line of a rubric. Its words are the edition's texts `criterion.<key>.name` / `.hint`."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("round_id", "key"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    key: Mapped[str]
    weight: Mapped[float] = mapped_column(default=1.0)
    minimum: Mapped[float] = mapped_column(default=1.0)
    maximum: Mapped[float] = mapped_column(default=5.0)
    step: Mapped[float] = mapped_column(default=1.0)
    optional: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship(back_populates="criteria")


class RoundFilm(db.Model):
    """A film version that a round judges."""

    __tablename__ = "round_film"
    __table_args__ = (UniqueConstraint("round_id", "film_version_id"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    film_version_id: Mapped[int] = to("film_version.id")

    round: Mapped[Round] = relationship(back_populates="films")
    film: Mapped[FilmVersion] = relationship()


class Seat(db.Model):
    """A membership that judges in a round."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("round_id", "membership_id"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    membership_id: Mapped[int] = to("membership.id")
    is_chair: Mapped[bool] = mapped_column(default=False)

    round: Mapped[Round] = relationship(back_populates="seats")
    membership: Mapped[Membership] = relationship()


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
        AssignmentState.SCORED: frozenset({AssignmentState.CONFLICTED}),
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


class Ballot(db.Model):
    """One juror's ranking for one award: a list of ranks, each a list of film version ids.

    The id 0 stands for giving no award. Films that are not named share the last rank.
    """

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("seat_id", "award_id"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    seat_id: Mapped[int] = to("seat.id")
    award_id: Mapped[int] = to("award.id")
    ranking: Mapped[list[list[int]]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(default=1)
    cast_at: Mapped[datetime] = instant()

    round: Mapped[Round] = relationship()
    seat: Mapped[Seat] = relationship()
    award: Mapped[Award] = relationship()


class Pick(db.Model):
    """A partner's private choice of a film for its own recognition. Position 1 is the first.

    `revision` grows with every change; a form that was opened on an older one is stale.
    """

    __tablename__ = "pick"
    __table_args__ = (UniqueConstraint("round_id", "organisation_id", "position"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    organisation_id: Mapped[int] = to("organisation.id")
    award_id: Mapped[int] = to("award.id")
    film_version_id: Mapped[int] = to("film_version.id")
    position: Mapped[int] = mapped_column(default=1)
    citation: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    picked_by_id: Mapped[int] = to("account.id")
    picked_at: Mapped[datetime] = instant()

    round: Mapped[Round] = relationship()
    organisation: Mapped[Organisation] = relationship()
    film: Mapped[FilmVersion] = relationship()
    award: Mapped[Award] = relationship()


class RoundResult(db.Model):
    """What a closed round came to: the snapshot from which anybody can recompute it."""

    __tablename__ = "round_result"
    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    version: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str]
    frozen_at: Mapped[datetime] = instant()

    round: Mapped[Round] = relationship(back_populates="results")
    ranked: Mapped[list[RankedFilm]] = relationship(
        back_populates="result", order_by="RankedFilm.rank"
    )


class RankedFilm(db.Model):
    """One line of a frozen ranking: the calibrated score with the raw mean beside it."""

    __tablename__ = "ranked_film"
    __table_args__ = (UniqueConstraint("result_id", "film_version_id"),)

    id: Mapped[int] = identifier()
    result_id: Mapped[int] = to("round_result.id")
    film_version_id: Mapped[int] = to("film_version.id")
    rank: Mapped[int]
    calibrated: Mapped[float | None]
    raw_mean: Mapped[float | None]
    reviews: Mapped[int]
    rank_low: Mapped[int | None]
    rank_high: Mapped[int | None]
    probability_shortlisted: Mapped[float | None]
    shortlisted: Mapped[bool] = mapped_column(default=False)

    result: Mapped[RoundResult] = relationship(back_populates="ranked")
    film: Mapped[FilmVersion] = relationship()
