"""When an edition takes entries: from its opening to its deadline, and the grace after it.

Staff may reopen one entry for a new film version until a date of its own.
"""

from datetime import datetime, timedelta

from plural import clock
from plural.errors import Refused
from plural.models.entry import Entry, EntryState
from plural.models.festival import Edition, EditionState
from plural.models.media import Upload

REOPENABLE = (EntryState.SUBMITTED, EntryState.ELIGIBLE)


def takes_entries(edition: Edition, at: datetime) -> bool:
    """Whether somebody may begin an entry, or an upload, at that instant."""
    return (
        edition.state is EditionState.OPEN
        and edition.entries_open_at <= at <= edition.entries_close_at
    )


def may_finish(entry: Entry, at: datetime) -> bool:
    """Whether a draft may still be completed and submitted, or a film that was begun may arrive.

    After the deadline that is so within the edition's grace, for an entry whose upload began
    before it; and while the entry is reopened.
    """
    edition = entry.edition
    if takes_entries(edition, at) or is_reopened(entry, at):
        return True
    in_grace = (
        edition.entries_close_at
        < at
        <= edition.entries_close_at + timedelta(seconds=edition.grace_s)
    )
    return edition.state is EditionState.OPEN and in_grace and began_in_time(entry)


def began_in_time(entry: Entry) -> bool:
    return (
        Upload.query.filter(
            Upload.film_version_id == entry.film.id,
            Upload.created_at <= entry.edition.entries_close_at,
        ).first()
        is not None
    )


def is_reopened(entry: Entry, at: datetime) -> bool:
    """Whether a new version of the film may be sent although the entry has been submitted."""
    until = entry.reopened_until
    return entry.state in REOPENABLE and until is not None and at <= until


def may_begin_upload(entry: Entry, at: datetime) -> bool:
    return takes_entries(entry.edition, at) or is_reopened(entry, at)


def require_reopened(entry: Entry) -> None:
    """Raise Refused("entry_not_reopened") unless a new version may be sent now."""
    if not is_reopened(entry, clock.now()):
        raise Refused("entry_not_reopened")


def require_open(edition: Edition) -> None:
    """Raise Refused("entries_closed") unless the edition takes entries now."""
    if not takes_entries(edition, clock.now()):
        raise Refused("entries_closed")


def require_finishable(entry: Entry) -> None:
    """Raise Refused("entries_closed") unless the draft may still be completed now."""
    if not may_finish(entry, clock.now()):
        raise Refused("entries_closed")
