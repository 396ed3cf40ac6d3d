"""Whether an entry may be judged: what stands in the way, and what staff decide."""

from typing import Any

from plural import audit, clock, lifecycle, mailing
from plural.actions.submission import is_english
from plural.choices import NO_WORDS
from plural.errors import Refused
from plural.extensions import db
from plural.models.consent import Use
from plural.models.entry import (
    Entry,
    EntryState,
    FilmState,
    FilmVersion,
    Finding,
    Severity,
    Track,
    TrackKind,
    TrackOrigin,
    TrackState,
)
from plural.models.people import Account
from plural.rights import is_agreed

DECISIONS = (EntryState.ELIGIBLE, EntryState.INELIGIBLE, EntryState.DISQUALIFIED)
SHOWABLE = (FilmState.PLAYABLE, FilmState.COMPLETE)


def decide(entry: Entry, to: EntryState, reason: str, by: Account) -> None:
    """Decide on an entry; the entrant is told, with the reason.

    Raises Refused: "entry_not_ready" with `obstacles`, or "reason_wanted" for a no.
    """
    if to not in DECISIONS:
        raise Refused("transition_not_allowed", before=entry.state.value, to=to.value)
    if to is not EntryState.ELIGIBLE and not reason:
        raise Refused("reason_wanted")
    if to is EntryState.ELIGIBLE and obstacles(entry):
        raise Refused("entry_not_ready", obstacles=obstacles(entry))
    lifecycle.move(
        entry,
        to,
        by,
        decided_at=clock.now(),
        decided_by_id=by.id,
        decision_reason=reason,
    )
    mailing.post(entry.edition.festival_id, "entry_decided", entry_id=entry.id)


def obstacles(entry: Entry) -> list[str]:
    """Codes of everything that keeps the entry from being eligible."""
    return obstacles_of(entry.film)


def obstacles_of(film: FilmVersion) -> list[str]:
    """Codes of everything that keeps a film version from being put before a jury."""
    found = {
        "film_sealed": film.entry.sealed_at is not None,
        "entry_withheld": film.entry.withheld_at is not None,
        "consent_missing": not is_agreed(film, Use.JURY, None, clock.now()),
        "film_not_playable": film.state not in SHOWABLE,
        "finding_open": bool(open_findings(film)),
        "english_subtitles_missing": not speaks_english(film),
    }
    return [code for code, stands in found.items() if stands]


def open_findings(film: FilmVersion) -> list[Finding]:
    """Findings that somebody has to decide on."""
    return [f for f in film.findings if f.severity is Severity.TO_FIX and f.admitted_at is None]


def speaks_english(film: FilmVersion) -> bool:
    """Whether no words are spoken, or English is, burned in, or there as a track."""
    entry = film.entry
    if entry.subtitles_burned_in or entry.language == NO_WORDS or is_english(entry.language):
        return True
    return any(
        track.kind in (TrackKind.SUBTITLES, TrackKind.CAPTIONS)
        and is_english(track.language)
        and may_leave(track)
        for track in film.tracks
    )


def may_leave(track: Track) -> bool:
    """A retired track never leaves, nor machine text that nobody has read."""
    unread = track.origin is TrackOrigin.MACHINE and track.state is TrackState.UNREVIEWED
    return track.state is not TrackState.RETIRED and not unread


def admit(finding: Finding, reason: str, by: Account) -> None:
    """Take the film in all the same, with a reason. Raises Refused("nothing_to_admit")."""
    if finding.severity is not Severity.TO_FIX or finding.admitted_at is not None:
        raise Refused("nothing_to_admit")
    if not reason:
        raise Refused("reason_wanted")
    finding.admitted_at, finding.admitted_by_id = clock.now(), by.id
    finding.admitted_reason = reason
    note(finding, "finding.admitted", by, code=finding.code)


def withhold(entry: Entry, reason: str, by: Account) -> None:
    """Take the film out of everybody's sight for somebody's safety, whatever the consents say."""
    if entry.withheld_at is not None:
        raise Refused("entry_withheld")
    if not reason:
        raise Refused("reason_wanted")
    entry.withheld_at, entry.withheld_reason = clock.now(), reason
    note(entry, "entry.withheld", by, reason=reason)


def release(entry: Entry, by: Account) -> None:
    """Let a withheld film be used again as far as its consents go."""
    if entry.withheld_at is None:
        raise Refused("entry_not_withheld")
    entry.withheld_at, entry.withheld_reason = None, ""
    note(entry, "entry.released", by)


def note(row: Any, action: str, by: Account, **payload: Any) -> None:
    db.session.flush()
    audit.append(lifecycle.festival_of(row), action, lifecycle.subject(row), by, payload)
