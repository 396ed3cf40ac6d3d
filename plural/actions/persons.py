"""The people in a film beside its maker: named, corrected and removed while it is a draft."""

from dataclasses import dataclass
from datetime import date

from plural import audit, clock, lifecycle
from plural.actions.entries import require_draft
from plural.actions.guardians import GuardianDetails, name_guardian, require_unanswered
from plural.errors import Refused
from plural.extensions import db
from plural.ledger import living
from plural.models.entry import Entry, Person, PersonRole
from plural.models.people import OneTimeLink

# Each may bring a guardian whom we write to: nobody mails a whole town by one entry.
MOST_OTHERS = 30


@dataclass(frozen=True, kw_only=True)
class PersonDetails:
    name: str
    role: PersonRole
    birth_date: date


def others_in(entry: Entry) -> list[Person]:
    """Everybody in the entry but its maker."""
    return [p for p in entry.persons if p.role is not PersonRole.MAKER]


def add(entry: Entry, details: PersonDetails, guardian: GuardianDetails | None) -> Person:
    """Name somebody in the film, with who signs for them.

    Raises Refused: entry_sent, entries_closed, too_many_persons, guardian_is_entrant.
    """
    require_draft(entry)
    if len(others_in(entry)) >= MOST_OTHERS:
        raise Refused("too_many_persons")
    person = Person(name=details.name, role=details.role, birth_date=details.birth_date)
    entry.persons.append(person)
    db.session.flush()
    if guardian is not None:
        name_guardian(person, guardian, entry.account)
    lifecycle.record(entry, "person_named", entry.account)
    return person


def change(person: Person, details: PersonDetails, guardian: GuardianDetails | None) -> None:
    """Correct a person. Raises Refused: entry_sent, entries_closed, guardian_has_answered,
    guardian_is_entrant.
    """
    require_draft(person.entry)
    require_unanswered(person)
    person.name, person.role = details.name, details.role
    person.birth_date = details.birth_date
    if guardian is not None:
        name_guardian(person, guardian, person.entry.account)
    db.session.flush()


def remove(person: Person) -> None:
    """Take a person off a draft: their guardians' part ends, and nothing is kept of them.

    Raises Refused: entry_sent, entries_closed, guardian_has_answered.
    """
    entry = person.entry
    require_draft(entry)
    require_unanswered(person)
    for guardian in living(person):
        guardian.ended_at = clock.now()
        audit.append(
            entry.edition.festival, "guardian.ended", lifecycle.subject(guardian), entry.account
        )
    for guardian in person.guardians:
        guardian.name = guardian.email = ""
        OneTimeLink.query.filter_by(guardian_id=guardian.id).update({"email": ""})
    person.name, person.birth_date, person.removed_at = "", None, clock.now()
    db.session.flush()
    db.session.expire(entry, ["persons"])
    lifecycle.record(entry, "person_removed", entry.account)
