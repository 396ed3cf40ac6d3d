"""Where an entry stands, as steps, and what is still missing, as sentences with links."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from plural import clock, languages
from plural.actions import film_versions, submission, windows
from plural.labels import label
from plural.ledger import allowed, answers, has_answered_for, living
from plural.models.consent import Use
from plural.models.entry import ARRIVED, Entry, EntryState, FilmState
from plural.rights import is_minor

SENT = (EntryState.SUBMITTED, EntryState.ELIGIBLE, EntryState.INELIGIBLE)
AWAITING = (FilmState.AWAITED, FilmState.REFUSED, FilmState.FAILED)
WATCHABLE = (FilmState.PLAYABLE, FilmState.COMPLETE)

OTHERS = _l("What in your film belongs to others or is made by a machine")
# Code of plural.actions.submission.missing: what to say, and where to go.
MISSING: dict[str, tuple[Any, str]] = {
    "title_english": (_l("The title in English"), "entries.edit"),
    "country": (_l("The country where you live"), "entries.edit"),
    "synopsis": (_l("What your film is about"), "entries.edit"),
    "statement": (_l("Why you made it"), "entries.edit"),
    "declarations": (_l("The two promises at the end of the form"), "entries.edit"),
    "disclosure": (OTHERS, "entries.edit"),
    "film": (_l("The film itself, arrived and checked"), "entries.upload"),
    "subtitles": (_l("English subtitles"), "entries.tracks"),
    "guardian": (_l("A parent or guardian who signs, because you are under 18"), "entries.edit"),
    "guardians_of_others": (
        _l("A parent or guardian for everybody else under 18 in the film"), "entries.persons",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of the template macro `steps`."""

    label: str
    state: str
    detail: str = ""
    href: str = ""
    action: str = ""


def missing(entry: Entry) -> list[tuple[str, str]]:
    """What is still missing, each with the page where it is done."""
    return [
        (str(MISSING[code][0]), url_for(MISSING[code][1], entry=entry.id))
        for code in submission.missing(entry)
    ]


def steps(entry: Entry) -> list[Step]:
    """The way of an entry from its film to the decision about it."""
    found = [film_step(entry), subtitles_step(entry), submission_step(entry)]
    if entry.film.changes:
        found.append(signature_step(entry))
    if any(is_minor(p, clock.now()) for p in entry.persons):
        found.append(guardian_step(entry))
    return [*found, decision_step(entry)]


def film_step(entry: Entry) -> Step:
    state = entry.film.state
    words = label(state)
    upload = url_for("entries.upload", entry=entry.id)
    if entry.film.changes and state in AWAITING and not windows.is_reopened(entry, clock.now()):
        words = _("The time for a new version is over. The version before it stays.")
        return Step(_("Send your film"), "done", words)
    if state is FilmState.AWAITED:
        return Step(_("Send your film"), "needs_you", href=upload, action=_("Send the film"))
    if state is FilmState.REFUSED:
        return Step(_("Send your film"), "needs_you", words, upload, _("Send another file"))
    done = state in WATCHABLE
    return Step(_("Your film has arrived"), "done" if done else "current", words)


def subtitles_step(entry: Entry) -> Step:
    if submission.has_english_text(entry):
        return Step(_("English subtitles"), "done")
    return Step(
        _("English subtitles"),
        "needs_you",
        href=url_for("entries.tracks", entry=entry.id),
        action=_("Add subtitles"),
    )


def submission_step(entry: Entry) -> Step:
    if entry.state is not EntryState.DRAFT:
        return Step(_("Sign and submit"), "done")
    lacking = submission.missing(entry)
    if lacking:
        return Step(_("Sign and submit"), "waiting", _("First complete what is missing."))
    return Step(
        _("Sign and submit"),
        "needs_you",
        href=url_for("entries.submit", entry=entry.id),
        action=_("Sign and submit"),
    )


def signature_step(entry: Entry) -> Step:
    """Whether the maker has signed for a version that was sent after the submission."""
    words = _("Sign for the new version")
    if entry.film.state not in ARRIVED:
        return Step(words, "waiting")
    if any(answers(submission.maker_of(entry), entry.film).values()):
        return Step(words, "done")
    return Step(
        words,
        "needs_you",
        href=url_for("entries.consents", entry=entry.id),
        action=_("What I allow"),
    )


def guardian_step(entry: Entry) -> Step:
    """Whether everybody's guardians have allowed the jury to see the film."""
    film = entry.film
    young = [p for p in entry.persons if is_minor(p, clock.now())]
    guardians = [(p, g) for p in young for g in living(p)]
    if not guardians:
        return Step(_("A parent or guardian signs"), "waiting")
    if any(has_answered_for(g, film) and Use.JURY not in allowed(p, film, g) for p, g in guardians):
        return Step(
            _("A parent or guardian signs"),
            "needs_you",
            _("They have said no, so your film cannot take part now. Please talk with them."),
        )
    if all(any(Use.JURY in allowed(p, film, g) for g in living(p)) for p in young):
        return Step(_("A parent or guardian signs"), "done")
    names = languages.listed(g.name for _p, g in guardians)
    return Step(
        _("A parent or guardian signs"), "current", _("We are waiting for: %(names)s", names=names)
    )


def decision_step(entry: Entry) -> Step:
    words = _("The festival looks whether your film fits the rules")
    if entry.state is EntryState.ELIGIBLE:
        shown = film_versions.in_force(entry, clock.now())
        if shown is not entry.film:
            kept = _(
                "The juries keep version %(number)s until the new one is ready.",
                number=shown.number,
            )
            return Step(words, "done", kept)
        return Step(words, "done", _("It does. The juries watch it now."))
    if entry.state in (EntryState.INELIGIBLE, EntryState.DISQUALIFIED):
        return Step(words, "done", _("It does not: %(reason)s", reason=entry.decision_reason))
    return Step(words, "current" if entry.state is EntryState.SUBMITTED else "waiting")
