"""An entry from its first draft to its withdrawal."""

from dataclasses import asdict, dataclass
from datetime import date

from plural import clock, lifecycle
from plural.actions import windows
from plural.actions.guardians import GuardianDetails, name_guardian, require_unanswered
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import (
    Entry,
    EntryState,
    FilmState,
    FilmVersion,
    Person,
    PersonRole,
    Theme,
    Work,
)
from plural.models.festival import Category, Edition
from plural.models.people import Account
from plural.rights import age_on

REPLACEABLE = (FilmState.ACCEPTED, FilmState.PLAYABLE, FilmState.COMPLETE, FilmState.FAILED)


@dataclass(frozen=True, kw_only=True)
class EntryDetails:
    """Everything that the entry form says about the film."""

    title: str
    produced_on: date
    title_english: str = ""
    country: str = ""
    language: str = "en"
    synopsis: str = ""
    statement: str = ""
    theme_primary: Theme = Theme.MIGRATION
    theme_secondary: str = ""
    special_recognition_id: int | None = None
    screening_history: str = ""
    uses_generated_footage: bool = False
    uses_works_of_others: bool = False
    disclosure: str = ""
    subtitles_burned_in: bool = False
    declares_no_family_tie: bool = False
    declares_releases: bool = False


@dataclass(frozen=True, kw_only=True)
class MakerDetails:
    name: str
    birth_date: date


def category_for(edition: Edition, birth_date: date, produced_on: date) -> Category:
    """The category for somebody of that age when the film was produced.

    Raises Refused: "too_old" with the highest age that the edition takes, "no_category" when the
    edition has none for that age.
    """
    age = age_on(birth_date, produced_on)
    for category in edition.categories:
        if category.age_min <= age <= category.age_max:
            return category
    highest = max((c.age_max for c in edition.categories), default=None)
    if highest is not None and age > highest:
        raise Refused("too_old", age_max=highest)
    raise Refused("no_category")


def enter(
    edition: Edition,
    account: Account,
    details: EntryDetails,
    maker: MakerDetails,
    guardian: GuardianDetails | None,
) -> Entry:
    """Begin an entry: a draft with its maker and a first film version that is awaited.

    Raises Refused: entries_closed, too_old, no_category.
    """
    windows.require_open(edition)
    now = clock.now()
    entry = Entry(
        edition=edition,
        account=account,
        category=category_for(edition, maker.birth_date, details.produced_on),
        created_at=now,
        **asdict(details),
    )
    person = Person(
        role=PersonRole.MAKER,
        account_id=account.id,
        name=maker.name,
        birth_date=maker.birth_date,
        country=details.country,
    )
    entry.persons.append(person)
    entry.versions.append(FilmVersion(number=1, created_at=now))
    db.session.add(entry)
    db.session.flush()
    if guardian is not None:
        name_guardian(person, guardian, account)
    lifecycle.record(entry, "begun", account)
    return entry


def change(
    entry: Entry, details: EntryDetails, maker: MakerDetails, guardian: GuardianDetails | None
) -> None:
    """Change a draft.

    Raises Refused: entry_sent, entries_closed, too_old, no_category, guardian_has_answered.
    """
    require_draft(entry)
    if maker.birth_date != maker_of(entry).birth_date:
        require_unanswered(maker_of(entry))
    entry.category = category_for(entry.edition, maker.birth_date, details.produced_on)
    for name, value in asdict(details).items():
        setattr(entry, name, value)
    person = maker_of(entry)
    person.name, person.birth_date, person.country = maker.name, maker.birth_date, details.country
    if guardian is not None:
        name_guardian(person, guardian, entry.account)
    db.session.flush()


def require_draft(entry: Entry) -> None:
    """Raise Refused unless the entry is a draft that may still be completed."""
    if entry.state is not EntryState.DRAFT:
        raise Refused("entry_sent")
    windows.require_finishable(entry)


def maker_of(entry: Entry) -> Person:
    """The entrant with the primary role, by whose age the film is judged."""
    return next(p for p in entry.persons if p.role is PersonRole.MAKER)


def replace_film(entry: Entry) -> FilmVersion:
    """Await another file in the place of one that has arrived, as the next film version.

    Consents name their version, so they are asked for again. Raises Refused.
    """
    require_draft(entry)
    windows.require_open(entry.edition)
    return add_version(entry)


def add_version(entry: Entry, changes: str = "") -> FilmVersion:
    """The next film version, awaited. Raises Refused("film_not_replaceable")."""
    if entry.film.state not in REPLACEABLE:
        raise Refused("film_not_replaceable")
    film = FilmVersion(number=entry.film.number + 1, created_at=clock.now(), changes=changes)
    entry.versions.append(film)
    db.session.flush()
    lifecycle.record(entry, "film_replaced", entry.account)
    return film


def name_work(entry: Entry, title: str, author: str) -> Work:
    """Note something in the film that others own. Raises Refused."""
    require_draft(entry)
    work = Work(title=title, author=author)
    entry.works.append(work)
    entry.uses_works_of_others = True
    db.session.flush()
    return work


def remove_work(work: Work) -> None:
    """Take a work of others off a draft. Raises Refused."""
    require_draft(work.entry)
    db.session.delete(work)
    db.session.flush()


def withdraw(entry: Entry, reason: str, by: Account) -> None:
    """Take an entry back, at any time; it is never shown again. Raises Refused, StaleState."""
    lifecycle.move(
        entry, EntryState.WITHDRAWN, by=by, withdrawn_at=clock.now(), withdrawal_reason=reason
    )
