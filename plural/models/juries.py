"""What final juries decide with: ballots, counts of them, and minutes of what was said."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import identifier, instant, to
from plural.models.festival import Award
from plural.models.rounds import Round, Seat

FIRST, SECOND = 1, 2


class Ballot(db.Model):
    """One juror's secret ballot for one award, in the first turn or among the tied in the second.

    `ranking` is a list of ranks, each a list of film version ids; films that are not named share
    the last rank. `grades` holds a grade per id where the jury grades. The id 0 stands for giving
    no award. `receipt` is how its juror finds it in the record.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        UniqueConstraint("seat_id", "award_id", "turn"),
        CheckConstraint("turn IN (1, 2)", name="turn_is_first_or_second"),
    )

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    seat_id: Mapped[int] = to("seat.id")
    award_id: Mapped[int] = to("award.id")
    turn: Mapped[int] = mapped_column(default=FIRST)
    ranking: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    grades: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    receipt: Mapped[str] = mapped_column(default=lambda: secrets.token_hex(8))
    revision: Mapped[int] = mapped_column(default=1)
    cast_at: Mapped[datetime] = instant()

    round: Mapped[Round] = relationship()
    seat: Mapped[Seat] = relationship()
    award: Mapped[Award] = relationship()


class BallotCount(db.Model):
    """The first ballots for an award have been counted: they stay as they are from then on.

    `tied` holds the film versions among which a second ballot is held, until `second_closes_at`;
    none where the first ballot has decided.
    """

    __tablename__ = "ballot_count"
    __table_args__ = (UniqueConstraint("round_id", "award_id"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    award_id: Mapped[int] = to("award.id")
    tied: Mapped[list[int]] = mapped_column(JSON, default=list)
    counted_at: Mapped[datetime] = instant()
    counted_by_id: Mapped[int] = to("account.id")
    second_closes_at: Mapped[datetime | None] = instant()

    round: Mapped[Round] = relationship()
    award: Mapped[Award] = relationship()


class Minutes(db.Model):
    """What a jury that talks came to on one award, as its chair has written it down.

    `present`, `recused` and the keys of `dissent` are ids of seats, `winners` of film versions.
    Each change raises `revision`; a confirmation counts for the revision that it names.
    """

    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("round_id", "award_id"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    award_id: Mapped[int] = to("award.id")
    present: Mapped[list[int]] = mapped_column(JSON)
    recused: Mapped[list[int]] = mapped_column(JSON)
    winners: Mapped[list[int]] = mapped_column(JSON)
    reasons: Mapped[str]
    dissent: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    recorded_by_id: Mapped[int] = to("account.id")
    recorded_at: Mapped[datetime] = instant()

    round: Mapped[Round] = relationship()
    award: Mapped[Award] = relationship()
    confirmations: Mapped[list[Confirmation]] = relationship(
        back_populates="minutes", order_by="Confirmation.id"
    )


class Confirmation(db.Model):
    """A member has confirmed one revision of the minutes; `dissent` are words of their own."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("minutes_id", "seat_id", "revision"),)

    id: Mapped[int] = identifier()
    minutes_id: Mapped[int] = to("minutes.id")
    seat_id: Mapped[int] = to("seat.id")
    revision: Mapped[int]
    dissent: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime] = instant()

    minutes: Mapped[Minutes] = relationship(back_populates="confirmations")
    seat: Mapped[Seat] = relationship()
