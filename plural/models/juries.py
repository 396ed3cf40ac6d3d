"""What juries and partners decide with: ballots and picks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import identifier, instant, to
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.people import Organisation
from plural.models.rounds import Round, Seat


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
