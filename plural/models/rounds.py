"""Rounds, their rubric, who sits on them, and what came of them."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.standings import TieRule
from plural import clock
from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.entry import FilmVersion
from plural.models.festival import Edition
from plural.models.people import Membership
from plural.round_rules import RoundRules


class RoundKind(StrEnum):
    PRESELECTION = "preselection"
    INTERNATIONAL_JURY = "international_jury"
    PARTNER_PICKS = "partner_picks"


class RoundState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    FROZEN = "frozen"


OVER = (RoundState.CLOSED, RoundState.FROZEN)
"""States in which nobody judges any more."""


class Round(db.Model):
    """One step of judging. What is declared (`declared`) is sealed by its digest at the opening.

    Its name is the edition's text `round.<key>.name`. Closing computes the RoundResult of its
    version, which stays provisional until two people freeze it; reopening makes a new version.

    `bounds` are floors and ceilings of the shortlist, see `plural.bounds`. The films of a jury come
    from the shortlist of `source` as its version `source_version` had it. `opened_at` is the
    opening of this version: scores that are older are sealed.
    """

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        CheckConstraint(
            "(state = 'draft') = (declared_digest IS NULL)", name="open_round_is_sealed"
        ),
        CheckConstraint(
            "(state IN ('closed', 'frozen')) = (closed_at IS NOT NULL)", name="closed_has_evidence"
        ),
        CheckConstraint("(state = 'frozen') = (frozen_at IS NOT NULL)", name="frozen_has_evidence"),
    )
    TRANSITIONS = {
        RoundState.DRAFT: frozenset({RoundState.OPEN}),
        RoundState.OPEN: frozenset({RoundState.CLOSED}),
        RoundState.CLOSED: frozenset({RoundState.FROZEN, RoundState.OPEN, RoundState.DRAFT}),
        RoundState.FROZEN: frozenset({RoundState.OPEN, RoundState.DRAFT}),
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
    written_rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    tie_rule: Mapped[TieRule] = choice(TieRule, default=TieRule.SHARED)
    bounds: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    source_id: Mapped[int | None] = to("round.id")
    source_version: Mapped[int | None]
    declared: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    declared_digest: Mapped[str | None]
    opened_at: Mapped[datetime | None] = instant()
    closed_at: Mapped[datetime | None] = instant()
    closed_by_id: Mapped[int | None] = to("account.id")
    frozen_at: Mapped[datetime | None] = instant()
    topped_up_at: Mapped[datetime | None] = instant()

    source: Mapped[Round | None] = relationship(remote_side="Round.id")
    edition: Mapped[Edition] = relationship()
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="round", order_by="Criterion.position", cascade="all, delete-orphan"
    )
    seats: Mapped[list[Seat]] = relationship(back_populates="round", order_by="Seat.id")
    films: Mapped[list[RoundFilm]] = relationship(back_populates="round", order_by="RoundFilm.id")
    results: Mapped[list[RoundResult]] = relationship(
        back_populates="round", order_by="RoundResult.version"
    )

    @property
    def rules(self) -> RoundRules:
        return RoundRules.of(self.written_rules)

    def criteria_for(self, film: FilmVersion) -> list[Criterion]:
        """The criteria by which this film is judged."""
        return [criterion for criterion in self.criteria if criterion.applies_to(film)]


class Criterion(db.Model):
    """One line of a rubric. Its words are the edition's texts `criterion.<key>.name` / `.hint`.

    `categories` are keys of age categories; without any it applies to every film.
    """

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
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship(back_populates="criteria")

    def applies_to(self, film: FilmVersion) -> bool:
        return not self.categories or film.entry.category.key in self.categories


class RoundFilm(db.Model):
    """A film version that a round judges, in `extra_reviews` more reviews than all films get."""

    __tablename__ = "round_film"
    __table_args__ = (UniqueConstraint("round_id", "film_version_id"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    film_version_id: Mapped[int] = to("film_version.id")
    extra_reviews: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship(back_populates="films")
    film: Mapped[FilmVersion] = relationship()


class Seat(db.Model):
    """A membership that judges in a round; `wants_chair_id` is the seat it would have preside.

    No `fewest_films` or `most_films` is no bound, no `categories` are all of them. A reserve gets
    films only where the others do not suffice.
    """

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("round_id", "membership_id"),
        CheckConstraint(
            "fewest_films >= 0 AND most_films >= 0 AND fewest_films <= most_films",
            name="bounds_in_order",
        ),
    )

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    membership_id: Mapped[int] = to("membership.id")
    is_chair: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None] = instant()
    wants_chair_id: Mapped[int | None] = to("seat.id")
    fewest_films: Mapped[int | None]
    most_films: Mapped[int | None]
    is_reserve: Mapped[bool] = mapped_column(default=False)
    is_young: Mapped[bool] = mapped_column(default=False)
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)

    round: Mapped[Round] = relationship(back_populates="seats")
    membership: Mapped[Membership] = relationship()


class RoundResult(db.Model):
    """What one version of a round came to: the snapshot from which anybody can recompute it.

    Provisional until `frozen_at`; one that never was frozen is only kept to be read. `declared` is
    what that version had declared, `shortlist` how the shortlist came about.
    """

    __tablename__ = "round_result"
    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    version: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str]
    declared: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    shortlist: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    computed_at: Mapped[datetime] = instant(default=clock.now)
    frozen_at: Mapped[datetime | None] = instant()

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
