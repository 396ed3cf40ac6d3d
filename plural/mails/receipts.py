"""Receipts for entrants."""

from plural import clock
from plural.extensions import db
from plural.ledger import living
from plural.mailing import Mail, composer
from plural.models.entry import Entry, EntryState, PersonRole
from plural.rights import is_minor


@composer("receipt")
def receipt(entry_id: int) -> Mail | None:
    """To the entrant: the entry has been submitted, its code, and what happens next."""
    entry = db.session.get_one(Entry, entry_id)
    if entry.state is EntryState.WITHDRAWN or entry.submitted_at is None:
        return None
    maker = next(p for p in entry.persons if p.role is PersonRole.MAKER)
    return Mail(
        edition=entry.edition,
        to=entry.account.email,
        language=entry.account.language,
        template="receipt",
        context={
            "entry": entry,
            "guardians": living(maker) if is_minor(maker, clock.now()) else [],
        },
    )
