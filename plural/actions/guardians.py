"""Guardians: naming them, asking for their signature, letting them in."""

from dataclasses import asdict, dataclass

from plural import audit, clock, links, mailing
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.ledger import has_answered, living
from plural.lifecycle import festival_of, subject
from plural.models.consent import Guardian, Guardianship
from plural.models.entry import Entry, FilmState, Person
from plural.models.festival import Festival
from plural.models.people import Account, LinkPurpose, OneTimeLink
from plural.rights import is_minor


@dataclass(frozen=True, kw_only=True)
class GuardianDetails:
    name: str
    email: str
    kind: Guardianship = Guardianship.PARENT
    language: str = "en"


def name_guardian(person: Person, details: GuardianDetails, by: Account) -> Guardian:
    """The person's first guardian as described: corrected, replaced, or named for the first time.

    Raises Refused: guardian_has_answered, guardian_is_entrant.
    """
    found = living(person)
    if not found:
        return add_guardian(person, details, by)
    guardian = found[0]
    if guardian.email != details.email.lower():
        return replace_guardian(guardian, details, by)
    if not has_answered(guardian):
        guardian.name, guardian.kind, guardian.language = (
            details.name,
            details.kind,
            details.language,
        )
    return guardian


def add_guardian(person: Person, details: GuardianDetails, by: Account) -> Guardian:
    """Name somebody who may sign for the person. Raises Refused("guardian_is_entrant")."""
    email = details.email.lower()
    if email == person.entry.account.email:
        raise Refused("guardian_is_entrant")
    guardian = Guardian(**{**asdict(details), "email": email}, created_at=clock.now())
    person.guardians.append(guardian)
    db.session.flush()
    audit.append(festival_of(guardian), "guardian.named", subject(guardian), by)
    return guardian


def replace_guardian(guardian: Guardian, details: GuardianDetails, by: Account) -> Guardian:
    """End a guardian who has not answered, whose links die with it, and name another.

    Raises Refused("guardian_has_answered"): a no cannot be got round by naming somebody else.
    """
    if has_answered(guardian):
        raise Refused("guardian_has_answered")
    guardian.ended_at = clock.now()
    audit.append(festival_of(guardian), "guardian.ended", subject(guardian), by)
    return add_guardian(guardian.person, details, by)


def require_unanswered(person: Person) -> None:
    """Raise Refused("guardian_has_answered") once a guardian has answered for this very person.

    Whoever they have answered for cannot be made older, exchanged or taken out of the film.
    """
    if any(has_answered(guardian) for guardian in person.guardians):
        raise Refused("guardian_has_answered")


def has_film_to_show(entry: Entry) -> bool:
    """Whether the film version to be signed for has arrived and not been refused."""
    return entry.film_to_sign.state not in (FilmState.AWAITED, FilmState.REFUSED)


def ask(guardian: Guardian) -> None:
    """Mail the guardian a fresh one-time link. Raises Refused("not_asked_yet") without a film."""
    if not has_film_to_show(guardian.person.entry):
        raise Refused("not_asked_yet")
    mailing.post(festival_of(guardian).id, "consent_asked", guardian_id=guardian.id)


def ask_all(entry: Entry) -> None:
    """Mail every living guardian of everybody under 18 in the film."""
    at = clock.now()
    for person in entry.persons:
        for guardian in living(person) if is_minor(person, at) else []:
            ask(guardian)


def find_guardian(link: OneTimeLink) -> Guardian:
    """The guardian that a consent link is about. Raises NotFound when their part has ended,
    by a deed or by the young person's 18th birthday.
    """
    if link.purpose is not LinkPurpose.CONSENT:
        raise NotFound()
    guardian = db.session.get_one(Guardian, link.guardian_id)
    if guardian.ended_at is not None or not is_minor(guardian.person, clock.now()):
        raise NotFound()
    return guardian


def renew_link(festival: Festival, token: str) -> None:
    """Mail a fresh link to the guardian that a used or old one was for.

    Raises LinkUnusable when the token is unknown, NotFound when the guardian's part has ended.
    """
    ask(find_guardian(links.find_any(festival.id, token)))


def let_in(link: OneTimeLink) -> Guardian:
    """Consume a consent link. Raises LinkUnusable, NotFound."""
    guardian = find_guardian(link)
    links.consume(link)
    return guardian
