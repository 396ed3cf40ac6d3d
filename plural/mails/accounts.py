"""Mails about an account itself: a forgotten password, a new one."""

from plural.extensions import db
from plural.mailing import FreshLink, Mail, composer
from plural.models.festival import Edition
from plural.models.people import Account, LinkPurpose, OneTimeLink


@composer("password_link")
def password_link(link_id: int, edition_id: int) -> Mail | None:
    """To the address that asked, if an open account has it; nobody else is written to."""
    wish = db.session.get_one(OneTimeLink, link_id)
    edition = db.session.get_one(Edition, edition_id)
    account = Account.query.filter_by(festival_id=wish.festival_id, email=wish.email).first()
    if account is None or not account.active:
        return None
    return Mail(
        edition=edition,
        to=account.email,
        language=account.language,
        template="password_link",
        context={"name": account.name},
        link=FreshLink(purpose=LinkPurpose.PASSWORD, endpoint="account.new_password"),
    )


@composer("password_set")
def password_set(account_id: int, edition_id: int) -> Mail:
    """To somebody whose password was just set, in case it was not them."""
    account = db.session.get_one(Account, account_id)
    return Mail(
        edition=db.session.get_one(Edition, edition_id),
        to=account.email,
        language=account.language,
        template="password_set",
        context={"name": account.name},
    )
