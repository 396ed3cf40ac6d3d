"""Accounts: taking up invitations with them, and what people say of themselves."""

from typing import cast

from flask_security import hash_password

from plural import audit, clock, links, mailing
from plural.actions import safeguarding
from plural.errors import LinkUnusable, Refused
from plural.extensions import db, security
from plural.lifecycle import subject
from plural.models.festival import Edition, Festival
from plural.models.people import (
    STAFF,
    Account,
    LinkPurpose,
    Membership,
    MembershipRole,
    OneTimeLink,
    Role,
)

JUDGES = (MembershipRole.JUROR, MembershipRole.FOCAL_POINT)
INVITATIONS = (LinkPurpose.INVITATION, LinkPurpose.STAFF_INVITATION)


def find_invitation(festival: Festival, token: str) -> OneTimeLink:
    """The invitation, unchanged. Raises LinkUnusable when it cannot be accepted (any more)."""
    link = links.find(festival.id, token)
    membership = link.membership
    ended = membership is not None and (membership.ended_at or membership.accepted_at)
    if link.purpose not in INVITATIONS or ended:
        raise LinkUnusable()
    return link


def account_of(festival: Festival, email: str) -> Account | None:
    found: Account | None = Account.query.filter_by(
        festival_id=festival.id, email=email.lower()
    ).first()
    return found


def accept(link: OneTimeLink, account: Account | None) -> Account:
    """Take up an invitation with the account of its address, which must be signed in.

    Raises Refused: sign_in_first without account, invitation_for_another; LinkUnusable.
    """
    if account is None:
        raise Refused("sign_in_first")
    if account.email != link.email:
        raise Refused("invitation_for_another")
    links.consume(link)
    if link.membership is not None:
        join(link.membership, account)
    else:
        join_staff(account)
    return account


def accept_as_new(link: OneTimeLink, edition: Edition, name: str, password: str) -> Account:
    """Take up an invitation with a new account. Raises Refused("sign_in_first"), LinkUnusable."""
    if account_of(edition.festival, link.email) is not None:
        raise Refused("sign_in_first")
    account = cast(
        "Account",
        security.datastore.create_user(
            email=link.email, name=name, password=hash_password(password)
        ),
    )
    db.session.flush()
    return accept(link, account)


def join(membership: Membership, account: Account) -> None:
    membership.account_id, membership.accepted_at = account.id, clock.now()
    db.session.flush()
    festival = membership.organisation.festival
    audit.append(festival, "membership.accepted", subject(membership), account)


def join_staff(account: Account) -> None:
    """Let somebody be staff; the first of a festival looks after the safety of children too."""
    role = Role.query.filter_by(festival_id=account.festival_id, name=STAFF).one()
    if role not in account.roles:
        account.roles.append(role)
    db.session.flush()
    audit.append(account.festival, "staff.joined", subject(account), account)
    if not safeguarding.named(account.festival):
        safeguarding.name(account, None)


def renew_invitation(festival: Festival, token: str) -> None:
    """Mail a fresh link to the address that an old one was for, if it is still to be answered.

    Raises LinkUnusable when the token is unknown.
    """
    link = links.find_any(festival.id, token)
    edition = festival.current_edition
    if link.membership is not None:
        mailing.post(festival.id, "invitation", membership_id=link.membership.id)
    elif link.purpose is LinkPurpose.STAFF_INVITATION and link.consumed_at is None and edition:
        mailing.post(festival.id, "staff_invitation", link_id=link.id, edition_id=edition.id)
    else:
        raise LinkUnusable()


# ----- settings


def change_settings(account: Account, name: str, language: str) -> None:
    account.name, account.language = name, language
    db.session.flush()


def judging_of(account: Account) -> list[Membership]:
    """The living memberships by which somebody judges films."""
    return [
        m
        for m in account.memberships
        if m.role in JUDGES and m.accepted_at is not None and m.ended_at is None
    ]


def watched_by(account: Account) -> list[str]:
    """The languages that somebody follows, in whatever part they judge; none means any."""
    languages = {code for m in judging_of(account) for code in m.languages}
    return sorted(languages)


def change_watched(account: Account, languages: list[str]) -> None:
    """Say which languages somebody follows: films are assigned by that from now on."""
    if sorted(languages) == watched_by(account):
        return
    for membership in judging_of(account):
        membership.languages = sorted(languages)
    given_back = set(account.languages_not_followed) - set(languages)
    account.languages_not_followed = sorted(given_back)
    db.session.flush()
