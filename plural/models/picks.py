"""What partners choose for their own recognitions, and how."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import identifier, instant, to
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.people import Organisation
from plural.models.rounds import Round, Seat


class PickList(db.Model):
    """A partner's list of choices for one of its recognitions in one round.

    `closes_at` is a deadline of its own, never later than the round's. `revision` grows with every
    change of the choices; a form that was opened on an older one is stale.
    """

    __tablename__ = "pick_list"
    __table_args__ = (UniqueConstraint("round_id", "award_id"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    award_id: Mapped[int] = to("award.id")
    closes_at: Mapped[datetime | None] = instant()
    revision: Mapped[int] = mapped_column(default=0)

    round: Mapped[Round] = relationship()
    award: Mapped[Award] = relationship()


class Pick(db.Model):
    """A partner's private choice of a film for its own recognition. Position 1 is the first."""

    __tablename__ = "pick"
    __table_args__ = (UniqueConstraint("round_id", "award_id", "position"),)

    id: Mapped[int] = identifier()
    round_id: Mapped[int] = to("round.id")
    organisation_id: Mapped[int] = to("organisation.id")
    award_id: Mapped[int] = to("award.id")
    film_version_id: Mapped[int] = to("film_version.id")
    position: Mapped[int] = mapped_column(default=1)
    citation: Mapped[str] = mapped_column(default="")
    picked_by_id: Mapped[int] = to("account.id")
    picked_at: Mapped[datetime] = instant()

    round: Mapped[Round] = relationship()
    organisation: Mapped[Organisation] = relationship()
    film: Mapped[FilmVersion] = relationship()
    award: Mapped[Award] = relationship()


class Favourite(db.Model):
    """Somebody of a partner recommends a film to the person who chooses for it."""

    __tablename__ = "favourite"
    __table_args__ = (UniqueConstraint("seat_id", "film_version_id"),)

    id: Mapped[int] = identifier()
    seat_id: Mapped[int] = to("seat.id")
    film_version_id: Mapped[int] = to("film_version.id")
    marked_at: Mapped[datetime] = instant()

    seat: Mapped[Seat] = relationship()
    film: Mapped[FilmVersion] = relationship()
