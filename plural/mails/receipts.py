"""Receipts for entrants."""

from plural import clock
from plural.extensions import db
from plural.ledger import living
from plural.mailing import Mail, composer
from plural.models.consent import Guardian
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
            "guardians_of_others": guardians_of_others(entry),
        },
    )


def guardians_of_others(entry: Entry) -> list[Guardian]:
    """Who signs for those under 18 who are in the film beside its maker."""
    young = [p for p in entry.persons if is_minor(p, clock.now())]
    return [g for p in young if p.role is not PersonRole.MAKER for g in living(p)]
