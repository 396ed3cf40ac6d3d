"""Submitting an entry: what is still missing, and the deed itself."""

from collections.abc import Collection

from plural import clock, lifecycle, mailing
from plural.actions import consents, guardians
from plural.actions.entries import maker_of, require_draft
from plural.actions.persons import others_in
from plural.choices import NO_WORDS
from plural.errors import Refused
from plural.extensions import db
from plural.ledger import answers, living
from plural.models.consent import Use
from plural.models.entry import ARRIVED, Entry, EntryState, TrackKind, TrackState
from plural.models.people import Account
from plural.rights import is_minor

READABLE = (TrackKind.SUBTITLES, TrackKind.CAPTIONS)
NEEDED_TEXTS = ("title_english", "country", "synopsis", "statement")


def missing(entry: Entry) -> list[str]:
    """Codes of what an entry still lacks, in the order in which people do it.

    title_english, country, synopsis, statement, declarations, disclosure, film, subtitles,
    guardian, guardians_of_others.
    """
    found = [name for name in NEEDED_TEXTS if not getattr(entry, name).strip()]
    if not (entry.declares_no_family_tie and entry.declares_releases):
        found.append("declarations")
    if uses_undisclosed(entry):
        found.append("disclosure")
    if entry.film.state not in ARRIVED:
        found.append("film")
    if not has_english_text(entry):
        found.append("subtitles")
    if needs_guardian(entry) and not living(maker_of(entry)):
        found.append("guardian")
    if any(is_minor(p, clock.now()) and not living(p) for p in others_in(entry)):
        found.append("guardians_of_others")
    return found


def uses_undisclosed(entry: Entry) -> bool:
    """Whether generated footage or works of others are declared, and nothing says which."""
    generated = entry.uses_generated_footage and not entry.disclosure.strip()
    works = entry.uses_works_of_others and not (entry.works or entry.disclosure.strip())
    return generated or works


def has_english_text(entry: Entry) -> bool:
    """Whether somebody who understands English can follow the film."""
    if entry.subtitles_burned_in or entry.language == NO_WORDS or is_english(entry.language):
        return True
    return any(
        t.kind in READABLE and t.state is not TrackState.RETIRED and is_english(t.language)
        for t in entry.film.tracks
    )


def is_english(language: str) -> bool:
    return language.split("-")[0] == "en"


def needs_guardian(entry: Entry) -> bool:
    """Whether the maker is under 18 today, by the birth date that the server holds."""
    return is_minor(maker_of(entry), clock.now())


def submit(
    entry: Entry, uses: Collection[Use], signed_name: str, language: str, by: Account
) -> None:
    """Sign with the maker's own consents, submit, mail a receipt, and ask the guardians.

    Raises Refused: entry_sent, entries_closed, entry_incomplete, jury_consent_needed,
    consent_text_missing; StaleState when somebody else was quicker.
    """
    require_draft(entry)
    if missing(entry):
        raise Refused("entry_incomplete")
    if Use.JURY not in uses:
        raise Refused("jury_consent_needed")
    consents.sign_as_maker(maker_of(entry), uses, signed_name, language, by)
    now = clock.now()
    lifecycle.move(entry, EntryState.SUBMITTED, by=by, submitted_at=now, signed_name=signed_name)
    mailing.post(entry.edition.festival_id, "receipt", entry_id=entry.id)
    guardians.ask_all(entry)
    db.session.flush()


def sign_again(
    entry: Entry, uses: Collection[Use], signed_name: str, language: str, by: Account
) -> None:
    """The maker's answer after the submission; the first about a new version asks the guardians.

    Raises Refused("consent_text_missing").
    """
    maker = maker_of(entry)
    is_first = not any(answers(maker, entry.film_to_sign).values())
    consents.sign_as_maker(maker, uses, signed_name, language, by)
    if is_first:
        guardians.ask_all(entry)
    db.session.flush()
