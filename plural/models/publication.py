"""What is announced, to whom and when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.entry import FilmVersion
from plural.models.festival import Award, Edition
from plural.models.people import Organisation


class Audience(StrEnum):
    """Who learns the results, in the usual order."""

    RECIPIENTS = "recipients"
    PARTNERS = "partners"
    ENTRANTS = "entrants"
    PUBLIC = "public"


class PublicationState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


class Publication(db.Model):
    """The results of an edition on their way out. Proposed by one person, confirmed by another."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL)", name="confirmed_by_somebody"
        ),
        CheckConstraint("confirmed_by_id <> proposed_by_id", name="two_persons"),
    )
    TRANSITIONS = {
        PublicationState.PROPOSED: frozenset({PublicationState.CONFIRMED}),
        PublicationState.CONFIRMED: frozenset[PublicationState](),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id", unique=True)
    state: Mapped[PublicationState] = choice(PublicationState, default=PublicationState.PROPOSED)
    proposed_by_id: Mapped[int] = to("account.id")
    proposed_at: Mapped[datetime] = instant()
    confirmed_by_id: Mapped[int | None] = to("account.id")
    confirmed_at: Mapped[datetime | None] = instant()

    edition: Mapped[Edition] = relationship(back_populates="publication")
    disclosures: Mapped[list[Disclosure]] = relationship(
        back_populates="publication", order_by="Disclosure.at"
    )
    distinctions: Mapped[list[Distinction]] = relationship(
        back_populates="publication", order_by="Distinction.id"
    )


class Disclosure(db.Model):
    """The instant from which one audience may know the results; `announced_at` when mails left."""

    __tablename__ = "disclosure"
    __table_args__ = (UniqueConstraint("publication_id", "audience"),)

    id: Mapped[int] = identifier()
    publication_id: Mapped[int] = to("publication.id")
    audience: Mapped[Audience] = choice(Audience)
    at: Mapped[datetime] = instant()
    announced_at: Mapped[datetime | None] = instant()

    publication: Mapped[Publication] = relationship(back_populates="disclosures")


class Distinction(db.Model):
    """A film version receives an award: the result that is disclosed."""

    __tablename__ = "distinction"
    __table_args__ = (UniqueConstraint("publication_id", "award_id", "film_version_id"),)

    id: Mapped[int] = identifier()
    publication_id: Mapped[int] = to("publication.id")
    award_id: Mapped[int] = to("award.id")
    film_version_id: Mapped[int] = to("film_version.id")
    organisation_id: Mapped[int | None] = to("organisation.id")
    citation: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None] = instant()

    publication: Mapped[Publication] = relationship(back_populates="distinctions")
    award: Mapped[Award] = relationship()
    film: Mapped[FilmVersion] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
