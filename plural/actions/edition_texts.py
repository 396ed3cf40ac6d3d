"""The texts of an edition: which there are, what they begin with, and changing them."""

from collections.abc import Mapping
from dataclasses import dataclass

from plural import audit, clock, lifecycle
from plural.actions.consents import GUARDIAN, MAKER
from plural.actions.starting_texts import STARTING_TEXTS, STARTING_WORDINGS
from plural.extensions import db
from plural.languages import LANGUAGES
from plural.models.consent import ConsentText
from plural.models.festival import Edition, EditionText
from plural.models.people import Account
from plural.models.rounds import Round
from plural.undertaking import JUROR

# Who signs, each by a wording of their own.
SIGNERS = (MAKER, GUARDIAN, JUROR)
WORDING = "consent."
GENERAL = ("edition.name", "edition.welcome", "edition.rules")


@dataclass(frozen=True)
class Written:
    """One text of an edition in one language, with the English one it translates."""

    key: str
    text: str
    english: str


def required_keys(edition: Edition) -> list[str]:
    """The keys without which an edition cannot open, in the order in which they are edited."""
    named = [f"category.{c.key}.name" for c in edition.categories]
    named += [f"award.{a.key}.name" for a in edition.awards]
    return [*GENERAL, *(WORDING + signer for signer in SIGNERS), *named]


def round_keys(edition: Edition) -> list[str]:
    rounds = Round.query.filter_by(edition_id=edition.id).order_by(Round.id).all()
    keys = [f"round.{r.key}.name" for r in rounds]
    for criterion in (c for r in rounds for c in r.criteria):
        keys += [f"criterion.{criterion.key}.name", f"criterion.{criterion.key}.hint"]
    return keys


def keys(edition: Edition) -> list[str]:
    """Every key that staff can write: those that must be there, those of rounds, all others."""
    held = sorted({t.key for t in edition.texts})
    return list(dict.fromkeys([*required_keys(edition), *round_keys(edition), *held]))


def texts_of(edition: Edition, language: str) -> dict[str, str]:
    """All texts of an edition in one language by key, the newest consent wordings among them."""
    found = {t.key: t.text for t in edition.texts if t.language == language}
    for signer in SIGNERS:
        wording = newest_wording(edition, signer, language)
        if wording is not None:
            found[WORDING + signer] = wording.text
    return found


def side_by_side(edition: Edition, language: str) -> list[Written]:
    here, english = texts_of(edition, language), texts_of(edition, "en")
    return [Written(key, here.get(key, ""), english.get(key, "")) for key in keys(edition)]


def newest_wording(edition: Edition, signer: str, language: str) -> ConsentText | None:
    found: ConsentText | None = (
        ConsentText.query.filter_by(edition_id=edition.id, signer=signer, language=language)
        .order_by(ConsentText.version.desc())
        .first()
    )
    return found


def write_texts(edition: Edition, language: str, texts: Mapping[str, str], by: Account) -> None:
    """Write the texts of one language. A changed consent wording becomes a new version.

    An empty text is taken away, so that English stands in its place; a wording never is.
    """
    before = texts_of(edition, language)
    changed = {k: t for k, t in texts.items() if t != before.get(k, "")}
    wordings = {k.removeprefix(WORDING): t for k, t in changed.items() if k.startswith(WORDING)}
    for signer, text in wordings.items():
        if text:
            write_wording(edition, signer, language, text)
    for key in changed.keys() - {WORDING + signer for signer in wordings}:
        write_text(edition, language, key, changed[key])
    if changed:
        audit.append(
            edition.festival,
            "edition.texts_written",
            lifecycle.subject(edition),
            by,
            {"language": language, "keys": sorted(changed)},
        )


def write_text(edition: Edition, language: str, key: str, text: str) -> None:
    found = next((t for t in edition.texts if (t.key, t.language) == (key, language)), None)
    if not text:
        if found is not None:
            edition.texts.remove(found)
    elif found is None:
        edition.texts.append(EditionText(key=key, language=language, text=text))
    else:
        found.text = text
    db.session.flush()


def write_wording(edition: Edition, signer: str, language: str, text: str) -> None:
    """Give the signer's wording its next version: this language anew, the others as they are."""
    held = {code: newest_wording(edition, signer, code) for code in LANGUAGES}
    version = max((w.version for w in held.values() if w), default=0) + 1
    wordings = {code: w.text for code, w in held.items() if w} | {language: text}
    for code, wording in wordings.items():
        add_wording(edition, signer, version, code, wording)


def add_wording(edition: Edition, signer: str, version: int, language: str, text: str) -> None:
    db.session.add(
        ConsentText(
            edition_id=edition.id,
            signer=signer,
            version=version,
            language=language,
            text=text,
            created_at=clock.now(),
        )
    )
    db.session.flush()


def add_starting_texts(edition: Edition) -> None:
    """Give a fresh edition texts that it can open with once staff have read them."""
    names = {"name": edition.festival.name, "edition": edition.slug}
    for language, texts in STARTING_TEXTS.items():
        for key, text in texts.items():
            write_text(edition, language, key, text % names)
    for language, wordings in STARTING_WORDINGS.items():
        for signer, text in wordings.items():
            add_wording(edition, signer, 1, language, text % names)


def copy_texts(source: Edition, target: Edition) -> None:
    """Copy the texts and the newest wordings, which begin again at version 1."""
    rounds = ("round.", "criterion.")
    for text in source.texts:
        if not text.key.startswith(rounds):
            write_text(target, text.language, text.key, text.text)
    for signer in SIGNERS:
        for language in LANGUAGES:
            wording = newest_wording(source, signer, language)
            if wording is not None:
                add_wording(target, signer, 1, language, wording.text)
