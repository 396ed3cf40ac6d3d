"""The two questions that every page, feed, file and mail asks: may it be used, may it be known."""

from collections.abc import Iterable
from datetime import date, datetime

from plural.models.consent import Consent, Guardian, Use
from plural.models.entry import Entry, EntryState, FilmVersion, Person, PersonRole, Work
from plural.models.festival import Edition
from plural.models.people import SAFEGUARDING, STAFF, Account
from plural.models.publication import Audience, Distinction, Publication, PublicationState

ADULT_AGE = 18
OUTSIDE_STATES = (EntryState.WITHDRAWN, EntryState.DISQUALIFIED)

Knower = Account | Guardian | None


def age_on(birth_date: date, day: date) -> int:
    """Whole years on `day`. Somebody born on 29 February has their birthday on 1 March."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def is_minor(person: Person, at: datetime) -> bool:
    return person.birth_date is not None and age_on(person.birth_date, at.date()) < ADULT_AGE


# ----- may_use


def may_use(film: FilmVersion, use: Use, territory: str | None, at: datetime) -> bool:
    """Whether this film version may be used so, there, at that instant.

    It must be agreed, and a sealed, withheld, withdrawn or disqualified entry may not be used at
    all. A territory of None means everywhere.
    """
    return not is_away(film.entry) and is_agreed(film, use, territory, at)


def is_away(entry: Entry) -> bool:
    """Whether its film may not be used whatever has been agreed."""
    kept_back = entry.sealed_at is not None or entry.withheld_at is not None
    return kept_back or entry.state in OUTSIDE_STATES


def is_agreed(film: FilmVersion, use: Use, territory: str | None, at: datetime) -> bool:
    """Whether consents and works carry the use.

    Everybody whose consent counts must have given it and nobody taken it back; works of others
    must be cleared for the use and the territory.
    """
    entry = film.entry
    if not all(allows(person, film, use, at) for person in signers(entry, at)):
        return False
    return use is Use.JURY or all(clears(work, use, territory, at) for work in entry.works)


def may_identify(person: Person, film: FilmVersion, at: datetime) -> bool:
    """Whether the person's name may stand beside the film."""
    return allows(person, film, Use.NAME, at)


def title_for_jury(film: FilmVersion, at: datetime) -> str | None:
    """What the film is called where a jury reads; None once it may not be before one."""
    return film.entry.title if may_use(film, Use.JURY, None, at) else None


def signers(entry: Entry, at: datetime) -> list[Person]:
    """The people without whose consent a film may not be used: makers, and everybody under 18."""
    return [p for p in entry.persons if p.role is PersonRole.MAKER or is_minor(p, at)]


def allows(person: Person, film: FilmVersion, use: Use, at: datetime) -> bool:
    """The person's own yes, and for a minor a guardian's yes and no guardian's no."""
    own = [c for c in person.consents if matches(c, film, use, at) and c.by_account_id]
    if person.account_id is not None and not latest_is_live(own, at):
        return False
    if not is_minor(person, at):
        return True if person.account_id is None else latest_is_live(own, at)
    by_guardian = {
        guardian.id: [
            c
            for c in person.consents
            if matches(c, film, use, at) and c.by_guardian_id == guardian.id
        ]
        for guardian in person.guardians
        if guardian.ended_at is None
    }
    answered = [given for given in by_guardian.values() if given]
    return bool(answered) and all(latest_is_live(given, at) for given in answered)


def matches(consent: Consent, film: FilmVersion, use: Use, at: datetime) -> bool:
    return consent.film_version_id == film.id and consent.use is use and consent.given_at <= at


def latest_is_live(consents: Iterable[Consent], at: datetime) -> bool:
    ordered = sorted(consents, key=lambda c: (c.given_at, c.id))
    if not ordered:
        return False
    revoked_at = ordered[-1].revoked_at
    return revoked_at is None or revoked_at > at


def clears(work: Work, use: Use, territory: str | None, at: datetime) -> bool:
    if use.value not in work.uses or (work.ends_at is not None and work.ends_at <= at):
        return False
    return covers(work.territories, territory)


def covers(territories: list[str], territory: str | None) -> bool:
    """An empty list is the world; the world (None) is covered by an empty list only."""
    return not territories or territory in territories


# ----- may_know


def may_know(person: Knower, result: Distinction, at: datetime) -> bool:
    """Whether this person (None: the public) may know of the distinction at that instant."""
    publication = result.publication
    if isinstance(person, Account) and is_staff(person, publication.edition):
        return True
    if publication.state is not PublicationState.CONFIRMED or result.withdrawn_at is not None:
        return False
    return any(
        disclosed(publication, audience, at)
        for audience in audiences(person, publication.edition, result.film.entry)
    )


def disclosed(publication: Publication | None, audience: Audience, at: datetime) -> bool:
    """Whether an audience's instant has come."""
    if publication is None or publication.state is not PublicationState.CONFIRMED:
        return False
    return any(d.audience is audience and d.at <= at for d in publication.disclosures)


def audiences(person: Knower, edition: Edition, entry: Entry) -> set[Audience]:
    """The audiences that a person belongs to with regard to a result about `entry`."""
    found = {Audience.PUBLIC}
    if isinstance(person, Guardian):
        found.add(Audience.ENTRANTS)
        if person.ended_at is None and person.person.entry_id == entry.id:
            found.add(Audience.RECIPIENTS)
    if isinstance(person, Account):
        found |= account_audiences(person, edition)
        if entry.account_id == person.id:
            found.add(Audience.RECIPIENTS)
    return found


def account_audiences(account: Account, edition: Edition) -> set[Audience]:
    found = set()
    if any(m.ended_at is None and m.accepted_at is not None for m in account.memberships):
        found.add(Audience.PARTNERS)
    if has_entered(account, edition):
        found.add(Audience.ENTRANTS)
    return found


def has_entered(account: Account, edition: Edition) -> bool:
    return (
        Entry.query.filter(
            Entry.edition_id == edition.id,
            Entry.account_id == account.id,
            Entry.submitted_at.is_not(None),
        ).first()
        is not None
    )


def is_staff(account: Account, edition: Edition) -> bool:
    """Staff of the festival that the edition belongs to."""
    return account.festival_id == edition.festival_id and has_role(account, STAFF)


def is_safeguarding(account: Account, edition: Edition) -> bool:
    """Staff who are named to look after the safety of children."""
    return is_staff(account, edition) and has_role(account, SAFEGUARDING)


def has_role(account: Account, name: str) -> bool:
    return any(role.name == name for role in account.roles)
