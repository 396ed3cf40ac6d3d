"""The consent ledger: its wordings, giving, refusing and taking back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from plural import audit, clock, mailing
from plural.errors import Refused
from plural.extensions import db
from plural.ledger import (
    allowed,
    allowed_of_any,
    answers,
    hash_code,
    is_by,
    revocation_code,
)
from plural.lifecycle import festival_of, subject
from plural.models.consent import Consent, ConsentText, Guardian, Use
from plural.models.entry import FilmVersion, Person
from plural.models.festival import Edition
from plural.models.people import STAFF, Account, Role

MAKER, GUARDIAN = "maker", "guardian"


# ----- wordings


def current_text(edition: Edition, signer: str, language: str) -> ConsentText:
    """The newest wording for "maker", "guardian" or "juror", in the language or else in English.

    Raises Refused("consent_text_missing") when the festival has written none.
    """
    newest = newest_version(edition, signer)
    found: dict[str, ConsentText] = {
        t.language: t
        for t in ConsentText.query.filter_by(edition_id=edition.id, signer=signer, version=newest)
    }
    text = found.get(language) or found.get("en") or next(iter(found.values()), None)
    if text is None:
        raise Refused("consent_text_missing")
    return text


def newest_version(edition: Edition, signer: str) -> int:
    """0 when there is no wording yet."""
    newest = db.session.scalar(
        select(func.max(ConsentText.version)).where(
            ConsentText.edition_id == edition.id, ConsentText.signer == signer
        )
    )
    return newest or 0


# ----- giving


def sign_as_maker(
    person: Person, uses: Collection[Use], signed_name: str, language: str, by: Account
) -> list[Consent]:
    """The maker's own answer for every use: a yes for the newest version, a no for all of them.

    Raises Refused: consent_text_missing.
    """
    text = current_text(person.entry.edition, MAKER, language)
    return answer(person, set(uses), text, signed_name, by)


def sign_as_guardian(
    guardian: Guardian, uses: Collection[Use], signed_name: str, language: str
) -> list[Consent]:
    """A guardian's answer for every use; a use that is not named is refused, not left open.

    A yes is for the newest film version, a no for all of them.
    A lasting revocation code is made at the first signature and mailed with the receipt.
    Raises Refused: consent_text_missing.
    """
    person = guardian.person
    text = current_text(person.entry.edition, GUARDIAN, language)
    before = allowed_of_any(person, guardian)
    given = answer(person, set(uses), text, signed_name, guardian)
    guardian.revocation_code_hash = hash_code(revocation_code(guardian))
    festival_id = festival_of(guardian).id
    mailing.post(festival_id, "consent_receipt", guardian_id=guardian.id)
    if before - set(uses):
        tell_of_revocation(person)
    return given


def answer(
    person: Person, uses: set[Use], text: ConsentText, signed_name: str, by: Account | Guardian
) -> list[Consent]:
    """Record a signature over all uses: yes to those named, no to the others.

    A no is a consent that ended when it was given, and ends every yes to an older version. What
    stands already is not signed twice.
    """
    film, now = person.entry.film_to_sign, clock.now()
    signer = by if isinstance(by, Guardian) else None
    before = answers(person, film, signer)
    live = allowed(person, film, signer)
    for version in person.entry.versions:
        revoke_uses(person, version, allowed(person, version, signer) - uses, by)
    signed = {
        "person_id": person.id,
        "film_version_id": film.id,
        "text_version": text.version,
        "language": text.language,
        "signed_name": signed_name,
        "given_at": now,
        "by_guardian_id": signer.id if signer else None,
        "by_account_id": None if signer else by.id,
    }
    new = [Consent(use=use, **signed) for use in Use if use in uses - live]
    new += [
        Consent(use=use, revoked_at=now, **signed)
        for use in Use
        if use not in uses and before[use] is None
    ]
    person.consents.extend(new)
    db.session.flush()
    note(person, "consent.given", by, uses, film_version=film.number, text_version=text.version)
    return new


# ----- taking back


def revoke(guardian: Guardian, uses: Collection[Use] = tuple(Use)) -> set[Use]:
    """Take back a guardian's consents, all or some, at once; returns those that ended."""
    person = guardian.person
    ended: set[Use] = set()
    for film in person.entry.versions:
        live = allowed(person, film, guardian) & set(uses)
        revoke_uses(person, film, live, guardian)
        ended |= live
    if ended:
        tell_of_revocation(person)
    return ended


def revoke_by_code(edition: Edition, code: str) -> Guardian:
    """Take back all consents of the guardian who holds the code. Raises Refused("code_unknown")."""
    guardian: Guardian | None = Guardian.query.filter_by(
        revocation_code_hash=hash_code(code)
    ).first()
    if guardian is None or festival_of(guardian).id != edition.festival_id:
        raise Refused("code_unknown")
    revoke(guardian)
    return guardian


def revoke_uses(person: Person, film: FilmVersion, uses: set[Use], by: Account | Guardian) -> None:
    if not uses:
        return
    signer = by if isinstance(by, Guardian) else None
    now = clock.now()
    for consent in person.consents:
        mine = consent.film_version_id == film.id and is_by(consent, signer)
        if mine and consent.use in uses and consent.revoked_at is None:
            consent.revoked_at = now
    db.session.flush()
    note(person, "consent.revoked", by, uses, film_version=film.number)


def note(person: Person, action: str, by: Account | Guardian, uses: set[Use], **facts: Any) -> None:
    who = f"guardian:{by.id}" if isinstance(by, Guardian) else by
    audit.append(
        festival_of(person), action, subject(person), who,
        {"uses": sorted(uses), **facts},
    )  # fmt: skip


def tell_of_revocation(person: Person) -> None:
    """Mail the entrant and all staff that something may not be used any more."""
    festival = festival_of(person)
    staff = Account.query.filter(
        Account.festival_id == festival.id, Account.roles.any(Role.name == STAFF)
    )
    for account in {person.entry.account, *staff}:
        mailing.post(festival.id, "consent_revoked", person_id=person.id, account_id=account.id)
