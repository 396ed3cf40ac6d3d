"""Festivals, their yearly editions, and everything about an edition that staff can edit."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to

if TYPE_CHECKING:
    from plural.models.publication import Publication


class Festival(db.Model):
    """One festival with its own people, editions and audit chain."""

    __tablename__ = "festival"

    id: Mapped[int] = identifier()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    default_language: Mapped[str] = mapped_column(default="en")
    created_at: Mapped[datetime] = instant()
    audit_seq: Mapped[int] = mapped_column(default=0)
    audit_hash: Mapped[str] = mapped_column(default="0" * 64)

    editions: Mapped[list[Edition]] = relationship(
        back_populates="festival", order_by="Edition.slug.desc()"
    )

    @property
    def current_edition(self) -> Edition | None:
        """The newest edition that is open, else the newest there is."""
        opened = (e for e in self.editions if e.state is EditionState.OPEN)
        return next(opened, self.editions[0] if self.editions else None)


class EditionState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    ARCHIVED = "archived"


class Edition(db.Model):
    """One year of a festival: its dates, rules, categories, awards and texts.

    `entries_close_at` is the deadline; an upload begun before it may end until
    `grace_s` seconds later. Lengths are bounds of a film's duration in seconds.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("festival_id", "slug"),)
    TRANSITIONS = {
        EditionState.PREPARED: frozenset({EditionState.OPEN}),
        EditionState.OPEN: frozenset({EditionState.ARCHIVED}),
        EditionState.ARCHIVED: frozenset[EditionState](),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    festival_id: Mapped[int] = to("festival.id")
    slug: Mapped[str]
    state: Mapped[EditionState] = choice(EditionState, default=EditionState.PREPARED)
    time_zone: Mapped[str] = mapped_column(default="UTC")
    entries_open_at: Mapped[datetime] = instant()
    entries_close_at: Mapped[datetime] = instant()
    grace_s: Mapped[int] = mapped_column(default=3600)
    produced_after: Mapped[date]
    min_duration_s: Mapped[int] = mapped_column(default=60)
    max_duration_s: Mapped[int] = mapped_column(default=300)
    contact_email: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = instant()

    festival: Mapped[Festival] = relationship(back_populates="editions")
    texts: Mapped[list[EditionText]] = relationship(cascade="all, delete-orphan")
    categories: Mapped[list[Category]] = relationship(
        cascade="all, delete-orphan", order_by="Category.age_min", back_populates="edition"
    )
    awards: Mapped[list[Award]] = relationship(
        cascade="all, delete-orphan", order_by="Award.position", back_populates="edition"
    )
    publication: Mapped[Publication | None] = relationship(back_populates="edition")


class EditionText(db.Model):
    """One text of an edition in one language, under a dotted key such as `category.teen.name`."""

    __tablename__ = "edition_text"
    __table_args__ = (UniqueConstraint("edition_id", "key", "language"),)

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id")
    key: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]


class Category(db.Model):
    """An age category; ages are whole years at the time of production, both ends included.

    Its name is the edition's text `category.<key>.name`.
    """

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        CheckConstraint("age_min <= age_max", name="ages_in_order"),
    )

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id")
    key: Mapped[str]
    age_min: Mapped[int]
    age_max: Mapped[int]

    edition: Mapped[Edition] = relationship(back_populates="categories")


class AwardKind(StrEnum):
    JURY_DISTINCTION = "jury_distinction"
    SPECIAL_RECOGNITION = "special_recognition"
    PARTNER_RECOGNITION = "partner_recognition"


class Award(db.Model):
    """Something that a film can receive. Its name is the edition's text `award.<key>.name`.

    A jury distinction belongs to one age category; a partner recognition to one organisation.
    """

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id")
    key: Mapped[str]
    kind: Mapped[AwardKind] = choice(AwardKind)
    category_id: Mapped[int | None] = to("category.id")
    organisation_id: Mapped[int | None] = to("organisation.id")
    may_be_withheld: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship(back_populates="awards")
    category: Mapped[Category | None] = relationship()
