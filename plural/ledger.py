"""Reading the consent ledger: whose word counts, and what they have answered."""

import hashlib
import hmac
from base64 import b32encode

from flask import current_app

from plural.models.consent import Consent, Guardian, Use
from plural.models.entry import FilmVersion, Person


def living(person: Person) -> list[Guardian]:
    """Guardians whose word counts, the first named first."""
    return sorted((g for g in person.guardians if g.ended_at is None), key=lambda g: g.id)


def has_answered(guardian: Guardian) -> bool:
    return any(c.by_guardian_id == guardian.id for c in guardian.person.consents)


def has_answered_for(guardian: Guardian, film: FilmVersion) -> bool:
    """Whether this guardian has said yes or no to anything about this very version."""
    return any(answers(guardian.person, film, guardian).values())


def answers(
    person: Person, film: FilmVersion, signer: Guardian | None = None
) -> dict[Use, Consent | None]:
    """The last answer of a guardian, or of the person themselves, for each use."""
    found: dict[Use, Consent | None] = dict.fromkeys(Use)
    mine = [c for c in person.consents if c.film_version_id == film.id and is_by(c, signer)]
    for consent in sorted(mine, key=lambda c: (c.given_at, c.id)):
        found[consent.use] = consent
    return found


def is_by(consent: Consent, signer: Guardian | None) -> bool:
    if signer is None:
        return consent.by_account_id is not None
    return consent.by_guardian_id == signer.id


def allowed(person: Person, film: FilmVersion, signer: Guardian | None = None) -> set[Use]:
    """The uses that this signer allows now."""
    return {u for u, c in answers(person, film, signer).items() if c and c.revoked_at is None}


def allowed_of_any(person: Person, signer: Guardian | None = None) -> set[Use]:
    """The uses that this signer allows now of any version of the film."""
    return {use for film in person.entry.versions for use in allowed(person, film, signer)}


def revocation_code(guardian: Guardian) -> str:
    """Four groups of four letters and digits that only this installation can compute."""
    secret: str = current_app.extensions["plural_settings"].secret_key
    digest = hmac.digest(secret.encode(), f"revocation:{guardian.id}".encode(), "sha256")
    letters = b32encode(digest).decode()[:16]
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def hash_code(code: str) -> str:
    """The hash that is kept of a code, however it was typed."""
    letters = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
