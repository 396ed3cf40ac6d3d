"""The consent ledger: who allowed which use of what, by which text, and when it ended."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.entry import FilmVersion, Person


class Use(StrEnum):
    """What a film, or a person in it, may be used for."""

    JURY = "jury"
    NAME = "name"
    FACE = "face"
    WEB = "web"
    BROADCAST = "broadcast"


class Guardianship(StrEnum):
    PARENT = "parent"
    LEGAL_GUARDIAN = "legal_guardian"
    INSTITUTION = "institution"
    CASEWORKER = "caseworker"


class Guardian(db.Model):
    """Somebody who may sign for a person under 18, reached by one-time links only."""

    __tablename__ = "guardian"

    id: Mapped[int] = identifier()
    person_id: Mapped[int] = to("person.id")
    kind: Mapped[Guardianship] = choice(Guardianship, default=Guardianship.PARENT)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    revocation_code_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = instant()
    ended_at: Mapped[datetime | None] = instant()

    person: Mapped[Person] = relationship(back_populates="guardians")


class ConsentText(db.Model):
    """A numbered, immutable wording that somebody signs, in one language."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("edition_id", "signer", "version", "language"),)

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id")
    signer: Mapped[str]
    version: Mapped[int]
    language: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime] = instant()


class Consent(db.Model):
    """One person's film version, one use, one signature: the person's own or one guardian's.

    It is live from `given_at` until `revoked_at`. Rows are never changed otherwise.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("(by_guardian_id IS NULL) <> (by_account_id IS NULL)", name="one_signer"),
    )

    id: Mapped[int] = identifier()
    person_id: Mapped[int] = to("person.id")
    film_version_id: Mapped[int] = to("film_version.id")
    use: Mapped[Use] = choice(Use)
    text_version: Mapped[int]
    language: Mapped[str]
    signed_name: Mapped[str]
    by_guardian_id: Mapped[int | None] = to("guardian.id")
    by_account_id: Mapped[int | None] = to("account.id")
    given_at: Mapped[datetime] = instant()
    revoked_at: Mapped[datetime | None] = instant()
    receipt: Mapped[str] = mapped_column(default=lambda: secrets.token_hex(8))

    person: Mapped[Person] = relationship(back_populates="consents")
    film: Mapped[FilmVersion] = relationship()
