"""Entries, their numbered film versions and tracks, and the people behind a film."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from plural.extensions import db
from plural.models.columns import choice, identifier, instant, to
from plural.models.festival import Award, Category, Edition
from plural.models.people import Account

if TYPE_CHECKING:
    from plural.models.consent import Consent, Guardian
    from plural.models.media import Output


class EntryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"


class Theme(StrEnum):
    MIGRATION = "migration"
    DIVERSITY = "diversity"
    SOCIAL_INCLUSION = "social_inclusion"
    PREVENTION_OF_XENOPHOBIA = "prevention_of_xenophobia"


class Entry(db.Model):
    """A film entered in one edition by one account, with everything the form asks.

    While it is sealed (`sealed_at`), only those who look after the safety of children see its film.
    """

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('eligible', 'ineligible', 'disqualified') OR decided_at IS NOT NULL",
            name="decision_has_evidence",
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawal_has_evidence"
        ),
    )
    TRANSITIONS = {
        EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
        EntryState.SUBMITTED: frozenset(
            {EntryState.DRAFT, EntryState.ELIGIBLE, EntryState.INELIGIBLE, EntryState.WITHDRAWN}
        ),
        EntryState.ELIGIBLE: frozenset({EntryState.WITHDRAWN, EntryState.DISQUALIFIED}),
        EntryState.INELIGIBLE: frozenset({EntryState.ELIGIBLE, EntryState.WITHDRAWN}),
        EntryState.WITHDRAWN: frozenset[EntryState](),
        EntryState.DISQUALIFIED: frozenset[EntryState](),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    edition_id: Mapped[int] = to("edition.id")
    account_id: Mapped[int] = to("account.id")
    code: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(5))
    state: Mapped[EntryState] = choice(EntryState, default=EntryState.DRAFT)
    title: Mapped[str]
    title_english: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    synopsis: Mapped[str] = mapped_column(default="")
    statement: Mapped[str] = mapped_column(default="")
    theme_primary: Mapped[Theme] = choice(Theme, default=Theme.MIGRATION)
    theme_secondary: Mapped[str] = mapped_column(default="")
    produced_on: Mapped[date]
    category_id: Mapped[int] = to("category.id")
    special_recognition_id: Mapped[int | None] = to("award.id")
    screening_history: Mapped[str] = mapped_column(default="")
    uses_generated_footage: Mapped[bool] = mapped_column(default=False)
    uses_works_of_others: Mapped[bool] = mapped_column(default=False)
    disclosure: Mapped[str] = mapped_column(default="")
    subtitles_burned_in: Mapped[bool] = mapped_column(default=False)
    declares_no_family_tie: Mapped[bool] = mapped_column(default=False)
    declares_releases: Mapped[bool] = mapped_column(default=False)
    signed_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = instant()
    submitted_at: Mapped[datetime | None] = instant()
    decided_at: Mapped[datetime | None] = instant()
    decided_by_id: Mapped[int | None] = to("account.id")
    decision_reason: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None] = instant()
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    withheld_at: Mapped[datetime | None] = instant()
    withheld_reason: Mapped[str] = mapped_column(default="")
    reopened_until: Mapped[datetime | None] = instant()
    reopened_reason: Mapped[str] = mapped_column(default="")
    sealed_at: Mapped[datetime | None] = instant()

    edition: Mapped[Edition] = relationship()
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    category: Mapped[Category] = relationship()
    special_recognition: Mapped[Award | None] = relationship()
    persons: Mapped[list[Person]] = relationship(
        back_populates="entry",
        order_by="Person.id",
        primaryjoin="and_(Entry.id == Person.entry_id, Person.removed_at.is_(None))",
    )
    works: Mapped[list[Work]] = relationship(back_populates="entry", order_by="Work.id")
    versions: Mapped[list[FilmVersion]] = relationship(
        back_populates="entry", order_by="FilmVersion.number"
    )

    @property
    def film(self) -> FilmVersion:
        """The newest film version; every entry has one from the start."""
        return self.versions[-1]

    @property
    def film_to_sign(self) -> FilmVersion:
        """The film version that signatures are about: the newest one.

        While a submitted entry waits for a newer file, it is the newest that has arrived.
        """
        if self.submitted_at is None:
            return self.film
        return next((film for film in reversed(self.versions) if film.state in ARRIVED), self.film)


class PersonRole(StrEnum):
    MAKER = "maker"
    CREW = "crew"
    APPEARING = "appearing"


class Person(db.Model):
    """Somebody who made a film or is seen in it. The maker's `account_id` is the entrant's.

    A person taken off a draft stays as an empty row, so that no number is ever somebody else's.
    """

    __tablename__ = "person"

    id: Mapped[int] = identifier()
    entry_id: Mapped[int] = to("entry.id")
    account_id: Mapped[int | None] = to("account.id")
    role: Mapped[PersonRole] = choice(PersonRole)
    name: Mapped[str]
    birth_date: Mapped[date | None]
    country: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None] = instant()

    entry: Mapped[Entry] = relationship(back_populates="persons")
    guardians: Mapped[list[Guardian]] = relationship(back_populates="person")
    consents: Mapped[list[Consent]] = relationship(back_populates="person")


class Work(db.Model):
    """Something in the film that others own: music, pictures, footage.

    Staff note what has been cleared: `uses` names them, `territories` holds ISO 3166-1 codes
    (empty: the world), `ends_at` the term. Nothing cleared means the jury only.
    """

    __tablename__ = "work"

    id: Mapped[int] = identifier()
    entry_id: Mapped[int] = to("entry.id")
    title: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    uses: Mapped[list[str]] = mapped_column(JSON, default=list)
    territories: Mapped[list[str]] = mapped_column(JSON, default=list)
    ends_at: Mapped[datetime | None] = instant()

    entry: Mapped[Entry] = relationship(back_populates="works")


class FilmState(StrEnum):
    AWAITED = "awaited"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    PLAYABLE = "playable"
    COMPLETE = "complete"
    REFUSED = "refused"
    FAILED = "failed"


ARRIVED = (FilmState.ACCEPTED, FilmState.PLAYABLE, FilmState.COMPLETE)


class FilmVersion(db.Model):
    """One numbered version of an entry's film, from awaited upload to complete outputs.

    A version sent after the submission says in the maker's words what `changes`; `announced_at` is
    when it came into force and holders of older ones were told.
    The source file's size, digest and probe are known once it has been validated. A film that
    only a whole decode shows to be beyond use is refused after it was accepted.
    """

    __tablename__ = "film_version"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)
    TRANSITIONS = {
        FilmState.AWAITED: frozenset({FilmState.RECEIVED}),
        FilmState.RECEIVED: frozenset({FilmState.ACCEPTED, FilmState.REFUSED, FilmState.FAILED}),
        FilmState.ACCEPTED: frozenset({FilmState.PLAYABLE, FilmState.REFUSED, FilmState.FAILED}),
        FilmState.PLAYABLE: frozenset({FilmState.COMPLETE, FilmState.REFUSED, FilmState.FAILED}),
        FilmState.COMPLETE: frozenset({FilmState.REFUSED}),
        FilmState.REFUSED: frozenset({FilmState.RECEIVED}),
        FilmState.FAILED: frozenset(
            {FilmState.RECEIVED, FilmState.ACCEPTED, FilmState.PLAYABLE, FilmState.REFUSED}
        ),
    }
    AUDITED = False

    id: Mapped[int] = identifier()
    entry_id: Mapped[int] = to("entry.id")
    number: Mapped[int]
    state: Mapped[FilmState] = choice(FilmState, default=FilmState.AWAITED)
    file_name: Mapped[str] = mapped_column(default="")
    storage_key: Mapped[str] = mapped_column(default="")
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    crc32: Mapped[str | None]
    duration_s: Mapped[float | None]
    source: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    changes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = instant()
    received_at: Mapped[datetime | None] = instant()
    announced_at: Mapped[datetime | None] = instant()

    entry: Mapped[Entry] = relationship(back_populates="versions")
    tracks: Mapped[list[Track]] = relationship(back_populates="film", order_by="Track.id")
    findings: Mapped[list[Finding]] = relationship(back_populates="film", order_by="Finding.id")
    outputs: Mapped[list[Output]] = relationship(back_populates="film", order_by="Output.id")


class TrackKind(StrEnum):
    SOUND = "sound"
    SUBTITLES = "subtitles"
    CAPTIONS = "captions"
    AUDIO_DESCRIPTION = "audio_description"
    SIGN_LANGUAGE = "sign_language"


class TrackOrigin(StrEnum):
    MAKER = "maker"
    VOLUNTEER = "volunteer"
    MACHINE = "machine"


class TrackState(StrEnum):
    UNREVIEWED = "unreviewed"
    REVIEWED = "reviewed"
    RETIRED = "retired"


class Track(db.Model):
    """Sound, subtitles, captions, audio description or sign language of a film version.

    `language` is a BCP 47 tag. Text tracks are stored as WebVTT under `storage_key`.
    """

    __tablename__ = "track"
    TRANSITIONS = {
        TrackState.UNREVIEWED: frozenset({TrackState.REVIEWED, TrackState.RETIRED}),
        TrackState.REVIEWED: frozenset({TrackState.RETIRED}),
        TrackState.RETIRED: frozenset[TrackState](),
    }
    AUDITED = True

    id: Mapped[int] = identifier()
    film_version_id: Mapped[int] = to("film_version.id")
    kind: Mapped[TrackKind] = choice(TrackKind)
    language: Mapped[str]
    origin: Mapped[TrackOrigin] = choice(TrackOrigin)
    state: Mapped[TrackState] = choice(TrackState, default=TrackState.UNREVIEWED)
    storage_key: Mapped[str] = mapped_column(default="")
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    crc32: Mapped[str | None]
    created_at: Mapped[datetime] = instant()

    film: Mapped[FilmVersion] = relationship(back_populates="tracks")


class Severity(StrEnum):
    REFUSED = "refused"
    TO_FIX = "to_fix"
    NOTE = "note"


class Finding(db.Model):
    """Something that validation found in a film; staff may admit what is to be fixed."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("(admitted_at IS NULL) = (admitted_by_id IS NULL)", name="who_admitted"),
    )

    id: Mapped[int] = identifier()
    film_version_id: Mapped[int] = to("film_version.id")
    code: Mapped[str]
    severity: Mapped[Severity] = choice(Severity)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    admitted_at: Mapped[datetime | None] = instant()
    admitted_by_id: Mapped[int | None] = to("account.id")
    admitted_reason: Mapped[str] = mapped_column(default="")

    film: Mapped[FilmVersion] = relationship(back_populates="findings")
