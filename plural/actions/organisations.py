"""Organisations, the people who act for them, and the festival's own staff."""

from collections.abc import Sequence

from plural import audit, clock, lifecycle, links, mailing
from plural.errors import Refused
from plural.extensions import db
from plural.models.festival import Edition, Festival
from plural.models.people import (
    STAFF,
    Account,
    LinkPurpose,
    Membership,
    MembershipRole,
    OneTimeLink,
    Organisation,
    OrganisationKind,
    Role,
)


def add_organisation(
    festival: Festival,
    name: str,
    kind: OrganisationKind,
    by: Account,
    *,
    region: str = "",
    country: str = "",
) -> Organisation:
    """Raises Refused("name_taken")."""
    if Organisation.query.filter_by(festival_id=festival.id, name=name).first():
        raise Refused("name_taken", name=name)
    organisation = Organisation(
        festival_id=festival.id, name=name, kind=kind, region=region, country=country
    )
    db.session.add(organisation)
    db.session.flush()
    audit.append(festival, "organisation.added", lifecycle.subject(organisation), by)
    return organisation


def invite(
    organisation: Organisation,
    role: MembershipRole,
    email: str,
    by: Account,
    *,
    name: str = "",
    language: str = "en",
    languages: Sequence[str] = (),
) -> Membership:
    """Invite somebody to act for the organisation; they belong to it once they have accepted.

    `language` is that of the mail, `languages` those whose films a juror follows (none: any).
    Whoever has left is invited anew. Raises Refused("already_invited").
    """
    email = email.lower()
    membership: Membership | None = Membership.query.filter_by(
        organisation_id=organisation.id, email=email, role=role
    ).first()
    if membership is None:
        membership = Membership(organisation_id=organisation.id, email=email, role=role)
        db.session.add(membership)
    elif membership.ended_at is None:
        raise Refused("already_invited")
    membership.name, membership.language = name, language
    membership.languages = list(languages)
    membership.accepted_at = membership.ended_at = membership.account_id = None
    send_invitation(membership)
    note(membership, "membership.invited", by)
    return membership


def renew_invitation(membership: Membership, by: Account) -> None:
    """Send a fresh link. Raises Refused("invitation_answered") when there is nothing to answer."""
    if membership.accepted_at is not None or membership.ended_at is not None:
        raise Refused("invitation_answered")
    send_invitation(membership)
    note(membership, "membership.invited_again", by)


def send_invitation(membership: Membership) -> None:
    membership.invited_at = clock.now()
    db.session.flush()
    festival_id = membership.organisation.festival_id
    mailing.post(festival_id, "invitation", membership_id=membership.id)


def end_membership(membership: Membership, by: Account) -> None:
    """From now on the person may nothing more for the organisation."""
    if membership.ended_at is not None:
        raise Refused("membership_ended")
    membership.ended_at = clock.now()
    note(membership, "membership.ended", by)


def note(membership: Membership, action: str, by: Account) -> None:
    db.session.flush()
    festival = membership.organisation.festival
    payload = {"role": membership.role.value, "organisation": membership.organisation_id}
    audit.append(festival, action, lifecycle.subject(membership), by, payload)


# ----- the festival's own staff


def staff_of(festival: Festival) -> list[Account]:
    found: list[Account] = (
        Account.query.join(Account.roles)
        .filter(Role.festival_id == festival.id, Role.name == STAFF)
        .order_by(Account.name, Account.email)
        .all()
    )
    return found


def invited_staff(festival: Festival) -> list[OneTimeLink]:
    """Invitations to the staff that nobody has taken up yet, the newest of each address."""
    here = {account.email for account in staff_of(festival)}
    found = OneTimeLink.query.filter(
        OneTimeLink.festival_id == festival.id,
        OneTimeLink.purpose == LinkPurpose.STAFF_INVITATION,
        OneTimeLink.consumed_at.is_(None),
        OneTimeLink.expires_at > clock.now(),
    ).order_by(OneTimeLink.id)
    return list({link.email: link for link in found if link.email not in here}.values())


def invite_staff(edition: Edition, email: str, by: Account) -> None:
    """Invite somebody to the staff of the festival. Raises Refused("already_staff").

    The invitation is kept as a link whose token nobody gets; the mail carries a fresh one.
    """
    email, festival = email.lower(), edition.festival
    if any(account.email == email for account in staff_of(festival)):
        raise Refused("already_staff")
    token = links.make(festival.id, LinkPurpose.STAFF_INVITATION, email)
    invitation = links.find(festival.id, token)
    mailing.post(festival.id, "staff_invitation", link_id=invitation.id, edition_id=edition.id)
    audit.append(festival, "staff.invited", lifecycle.subject(invitation), by)
