"""A film that is edited again after its submission: reopened by staff, sent anew by its maker.

The version before it stays what juries and distributors have until the new one is complete, found
in order and signed for. A round that has begun goes on with the version that it began with.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, update

from plural import audit, clock, lifecycle, mailing
from plural.actions import entries, film_versions, windows
from plural.actions.eligibility import note
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import Entry, EntryState, FilmState, FilmVersion
from plural.models.people import Account, Membership, MembershipRole
from plural.models.sharing import Licence


def reopen(entry: Entry, until: datetime, reason: str, by: Account) -> None:
    """Let the maker send a new version until an instant; once more moves it. They get a mail.

    Raises Refused: entry_not_reopenable, reason_wanted, instant_has_passed.
    """
    if entry.state not in windows.REOPENABLE:
        raise Refused("entry_not_reopenable")
    if not reason:
        raise Refused("reason_wanted")
    if until <= clock.now():
        raise Refused("instant_has_passed")
    entry.reopened_until, entry.reopened_reason = until, reason
    note(entry, "entry.reopened", by, until=audit.written(until), reason=reason)
    mailing.post(entry.edition.festival_id, "entry_reopened", entry_id=entry.id)


def send_another(entry: Entry, changes: str) -> FilmVersion:
    """Await a new version of a reopened entry, with the maker's words of what has changed.

    Raises Refused: entry_not_reopened, changes_wanted, film_not_replaceable.
    """
    windows.require_reopened(entry)
    if not changes:
        raise Refused("changes_wanted")
    return entries.add_version(entry, changes)


def may_be_finished(entry: Entry) -> bool:
    """Whether parts of the newest version may still be changed: no jury has had it."""
    film, now = entry.film, clock.now()
    if entry.state is EntryState.DRAFT:
        return windows.may_finish(entry, now)
    return windows.is_reopened(entry, now) and bool(film.changes) and film.announced_at is None


def require_unfinished(entry: Entry) -> None:
    """Raise Refused (entry_sent, entries_closed) unless parts of its film may be changed."""
    if not may_be_finished(entry):
        entries.require_draft(entry)


# ----- coming into force


def announce_due() -> int:
    """Tell of versions that have come into force; return how many. Each is told of once."""
    waiting = (
        FilmVersion.query.join(Entry)
        .filter(
            FilmVersion.changes != "",
            FilmVersion.announced_at.is_(None),
            FilmVersion.state == FilmState.COMPLETE,
            Entry.state == EntryState.ELIGIBLE,
        )
        .order_by(FilmVersion.id)
        .all()
    )
    now = clock.now()
    return sum(announce(f) for f in waiting if film_versions.in_force(f.entry, now) is f)


def announce(film: FilmVersion) -> bool:
    """Note that the version is in force and write to holders of older ones, unless it is done."""
    if not mark_announced(film):
        return False
    entry = film.entry
    festival = entry.edition.festival
    audit.append(
        festival, "entry.film_in_force", lifecycle.subject(entry), None,
        {"film_version": film.number, "changes": film.changes},
    )  # fmt: skip
    for licence in held_licences(film):
        for account_id in readers(licence):
            mailing.post(
                festival.id,
                "newer_version",
                licence_id=licence.id,
                film_version_id=film.id,
                account_id=account_id,
            )
    return True


def mark_announced(film: FilmVersion) -> bool:
    marked = cast(
        "CursorResult[Any]",
        db.session.execute(
            update(FilmVersion)
            .where(FilmVersion.id == film.id, FilmVersion.announced_at.is_(None))
            .values(announced_at=clock.now())
            .execution_options(synchronize_session=False)
        ),
    )
    db.session.refresh(film)
    return marked.rowcount == 1


def held_licences(film: FilmVersion) -> list[Licence]:
    """Licences under which an older version has been fetched, unless they are over."""
    older = [v.id for v in film.entry.versions if v.number < film.number]
    found: list[Licence] = (
        Licence.query.filter(
            Licence.film_version_id.in_(older),
            Licence.ended_at.is_(None),
            Licence.ends_at > clock.now(),
            Licence.downloads.any(),
        )
        .order_by(Licence.id)
        .all()
    )
    return found


def readers(licence: Licence) -> list[int]:
    """The accounts that act for the licensee."""
    living = Membership.query.filter(
        Membership.organisation_id == licence.organisation_id,
        Membership.role == MembershipRole.DISTRIBUTOR,
        Membership.accepted_at.is_not(None),
        Membership.ended_at.is_(None),
        Membership.account_id.is_not(None),
    )
    return sorted({m.account_id for m in living})
