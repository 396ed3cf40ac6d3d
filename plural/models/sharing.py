"""Licences to show a film, and every download under them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.consent import Use
from plural.models.entry import FilmVersion
from plural.models.people import Organisation


class Licence(db.Model):
    """An organisation may use a film version in some territories for a time.

    `territories` holds ISO 3166-1 alpha-2 codes; an empty list means the world.
    """

    __tablename__ = "licence"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="term_in_order"),)

    id: Mapped[int] = identifier()
    organisation_id: Mapped[int] = to("organisation.id")
    film_version_id: Mapped[int] = to("film_version.id")
    use: Mapped[Use] = choice(Use)
    territories: Mapped[list[str]] = mapped_column(JSON, default=list)
    starts_at: Mapped[datetime] = instant()
    ends_at: Mapped[datetime] = instant()
    granted_by_id: Mapped[int] = to("account.id")
    granted_at: Mapped[datetime] = instant()
    ended_at: Mapped[datetime | None] = instant()

    organisation: Mapped[Organisation] = relationship()
    film: Mapped[FilmVersion] = relationship()
    downloads: Mapped[list[Download]] = relationship(
        back_populates="licence", order_by="Download.id"
    )


class Download(db.Model):
    """Somebody fetched one file of a film version under a licence."""

    __tablename__ = "download"

    id: Mapped[int] = identifier()
    licence_id: Mapped[int] = to("licence.id")
    film_version_id: Mapped[int] = to("film_version.id")
    account_id: Mapped[int] = to("account.id")
    name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    begun_at: Mapped[datetime] = instant()

    licence: Mapped[Licence] = relationship(back_populates="downloads")
