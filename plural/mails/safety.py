"""Mails to those who look after the safety of children."""

from plural.extensions import db
from plural.mailing import Mail, composer
from plural.models.people import Account
from plural.models.safety import Worry
from plural.rights import is_safeguarding


@composer("child_worry")
def child_worry(worry_id: int, account_id: int) -> Mail | None:
    """Tells somebody who is named of a case; nothing when they are not named any more."""
    worry = db.session.get_one(Worry, worry_id)
    account = db.session.get_one(Account, account_id)
    entry, by = worry.film.entry, worry.raised_by
    if not is_safeguarding(account, entry.edition):
        return None
    return Mail(
        edition=entry.edition,
        to=account.email,
        language=account.language,
        template="child_worry",
        context={
            "edition": entry.edition,
            "name": account.name,
            "title": entry.title,
            "words": worry.words,
            "by": f"{by.name} <{by.email}>",
            "worry_id": worry.id,
        },
    )
