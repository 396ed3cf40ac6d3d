"""Passwords: a link for somebody who has forgotten theirs, and setting a new one."""

from flask_security import hash_password, verify_password
from sqlalchemy import update

from plural import audit, clock, links, mailing
from plural.actions.accounts import account_of
from plural.errors import LinkUnusable, Refused
from plural.extensions import db, security
from plural.lifecycle import subject
from plural.models.festival import Edition, Festival
from plural.models.people import Account, LinkPurpose, OneTimeLink


def ask_for_link(edition: Edition, email: str) -> None:
    """Have a link mailed to the address, if an account has it.

    What is done here is the same for every address: whether there is an account is looked up when
    the mail leaves. The wish is kept as a link whose token nobody gets.
    """
    token = links.make(edition.festival_id, LinkPurpose.PASSWORD, email.lower())
    wish = links.find(edition.festival_id, token)
    mailing.post(edition.festival_id, "password_link", link_id=wish.id, edition_id=edition.id)


def find_link(festival: Festival, token: str) -> tuple[OneTimeLink, Account]:
    """The link, unchanged, and whose password it sets. Raises LinkUnusable."""
    link = links.find(festival.id, token)
    account = account_of(festival, link.email)
    if link.purpose is not LinkPurpose.PASSWORD or account is None or not account.active:
        raise LinkUnusable()
    return link, account


def set_by_link(link: OneTimeLink, account: Account, password: str, edition: Edition) -> None:
    """Use up the link, and with it all others that the address has. Raises LinkUnusable."""
    links.consume(link)
    db.session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.festival_id == link.festival_id,
            OneTimeLink.purpose == LinkPurpose.PASSWORD,
            OneTimeLink.email == link.email,
            OneTimeLink.consumed_at.is_(None),
        )
        .values(consumed_at=clock.now())
    )
    put(account, password, edition)


def change(account: Account, old: str, password: str, edition: Edition) -> None:
    """Set a new password for somebody who knows the old one. Raises Refused("password_wrong")."""
    if account.password is None or not verify_password(old, account.password):
        raise Refused("password_wrong")
    put(account, password, edition)


def put(account: Account, password: str, edition: Edition) -> None:
    """Set it, end every session of the account, and tell its address."""
    account.password = hash_password(password)
    security.datastore.set_uniquifier(account)
    db.session.flush()
    audit.append(account.festival, "account.password_set", subject(account), account)
    mailing.post(account.festival_id, "password_set", account_id=account.id, edition_id=edition.id)
