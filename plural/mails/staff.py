"""Mails that deeds of staff ask for."""

from plural import clock
from plural.extensions import db
from plural.mailing import Mail, composer
from plural.models.entry import Entry, EntryState
from plural.rights import OUTSIDE_STATES


@composer("entry_decided")
def entry_decided(entry_id: int) -> Mail | None:
    """What staff have decided on an entry, with the reason; nothing once the entrant has left."""
    entry = db.session.get_one(Entry, entry_id)
    if entry.decided_at is None or entry.state is EntryState.WITHDRAWN:
        return None
    return Mail(
        edition=entry.edition,
        to=entry.account.email,
        language=entry.account.language,
        template="entry_decided",
        context={
            "name": entry.account.name,
            "title": entry.title,
            "state": entry.state.value,
            "reason": entry.decision_reason,
            "entry_id": entry.id,
        },
    )


@composer("entry_reopened")
def entry_reopened(entry_id: int) -> Mail | None:
    """That a new version may be sent, until when and why; nothing once that is over."""
    entry = db.session.get_one(Entry, entry_id)
    until = entry.reopened_until
    if until is None or until <= clock.now() or entry.state in OUTSIDE_STATES:
        return None
    return Mail(
        edition=entry.edition,
        to=entry.account.email,
        language=entry.account.language,
        template="entry_reopened",
        context={
            "name": entry.account.name,
            "title": entry.title,
            "reason": entry.reopened_reason,
            "until": until,
            "entry_id": entry.id,
        },
    )
