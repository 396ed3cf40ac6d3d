"""When an edition takes entries: from its opening to its deadline, and the grace after it."""

from datetime import datetime, timedelta

from plural import clock
from plural.errors import Refused
from plural.models.entry import Entry
from plural.models.festival import Edition, EditionState
from plural.models.media import Upload


def takes_entries(edition: Edition, at: datetime) -> bool:
    """Whether somebody may begin an entry, or an upload, at that instant."""
    return (
        edition.state is EditionState.OPEN
        and edition.entries_open_at <= at <= edition.entries_close_at
    )


def may_finish(entry: Entry, at: datetime) -> bool:
    """Whether a draft may still be completed and submitted.

    After the deadline that is so within the edition's grace, for an entry whose upload began
    before it.
    """
    edition = entry.edition
    if takes_entries(edition, at):
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


def require_open(edition: Edition) -> None:
    """Raise Refused("entries_closed") unless the edition takes entries now."""
    if not takes_entries(edition, clock.now()):
        raise Refused("entries_closed")


def require_finishable(entry: Entry) -> None:
    """Raise Refused("entries_closed") unless the draft may still be completed now."""
    if not may_finish(entry, clock.now()):
        raise Refused("entries_closed")
