"""Mails about consent: asking a guardian, confirming a signature, telling that it has ended."""

from plural import clock
from plural.extensions import db
from plural.labels import LABELS
from plural.ledger import allowed, revocation_code
from plural.mailing import FreshLink, Mail, composer
from plural.models.consent import Guardian, Use
from plural.models.entry import EntryState, Person, PersonRole
from plural.models.people import Account, LinkPurpose
from plural.rights import is_agreed, is_minor, is_staff


@composer("consent_asked")
def consent_asked(guardian_id: int) -> Mail | None:
    """To a guardian, with a one-time link; not when their part, entry or childhood has ended."""
    guardian = db.session.get_one(Guardian, guardian_id)
    person = guardian.person
    over = guardian.ended_at is not None or not is_minor(person, clock.now())
    if over or person.entry.state is EntryState.WITHDRAWN:
        return None
    return Mail(
        edition=person.entry.edition,
        to=guardian.email,
        language=guardian.language,
        template="consent_asked",
        context={
            "guardian": guardian,
            "person": person,
            "entry": person.entry,
            "film": person.entry.film_to_sign,
        },
        link=FreshLink(
            purpose=LinkPurpose.CONSENT,
            endpoint="guardian.link",
            about={"guardian_id": guardian.id},
        ),
    )


@composer("consent_receipt")
def consent_receipt(guardian_id: int) -> Mail | None:
    """To a guardian who has signed: what they allow as it stands now, and their lasting code."""
    guardian = db.session.get_one(Guardian, guardian_id)
    entry = guardian.person.entry
    if guardian.ended_at is not None or guardian.revocation_code_hash is None:
        return None
    given = allowed(guardian.person, entry.film_to_sign, guardian)
    return Mail(
        edition=entry.edition,
        to=guardian.email,
        language=guardian.language,
        template="consent_receipt",
        context={
            "guardian": guardian,
            "maker": next(p.name for p in entry.persons if p.role is PersonRole.MAKER),
            "entry": entry,
            "uses": [(LABELS[use], use in given) for use in Use],
            "code": revocation_code(guardian),
        },
    )


@composer("consent_revoked")
def consent_revoked(person_id: int, account_id: int) -> Mail | None:
    """To the entrant or a member of staff: what is not agreed any more, as it stands now."""
    person = db.session.get_one(Person, person_id)
    account = db.session.get_one(Account, account_id)
    entry = person.entry
    at = clock.now()
    refused = [
        use for use in Use if not any(is_agreed(film, use, None, at) for film in entry.versions)
    ]
    if not refused:
        return None
    return Mail(
        edition=entry.edition,
        to=account.email,
        language=account.language,
        template="consent_revoked",
        context={
            "name": account.name,
            "entry": entry,
            "other": "" if person.role is PersonRole.MAKER else person.name,
            "to_staff": is_staff(account, entry.edition),
            "uses": [LABELS[use] for use in refused],
        },
    )
