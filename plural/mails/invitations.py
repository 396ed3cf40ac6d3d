"""Invitations: to act for an organisation, and to join the festival's staff."""

from plural.extensions import db
from plural.labels import LABELS
from plural.mailing import FreshLink, Mail, composer
from plural.models.festival import Edition
from plural.models.people import LinkPurpose, Membership, OneTimeLink


@composer("invitation")
def invitation(membership_id: int) -> Mail | None:
    """To somebody who is to act for an organisation; not any more once they have answered."""
    membership = db.session.get_one(Membership, membership_id)
    edition = membership.organisation.festival.current_edition
    if edition is None or membership.accepted_at is not None or membership.ended_at is not None:
        return None
    return Mail(
        edition=edition,
        to=membership.email,
        language=membership.language,
        template="invitation",
        context={
            "name": membership.name,
            "organisation": membership.organisation.name,
            "role": LABELS[membership.role],
        },
        link=FreshLink(
            purpose=LinkPurpose.INVITATION,
            endpoint="account.accept",
            about={"membership_id": membership.id},
        ),
    )


@composer("staff_invitation")
def staff_invitation(link_id: int, edition_id: int) -> Mail | None:
    """To the address that the invitation (a link whose token nobody has) is kept for."""
    invitation = db.session.get_one(OneTimeLink, link_id)
    edition = db.session.get_one(Edition, edition_id)
    return Mail(
        edition=edition,
        to=invitation.email,
        language=edition.festival.default_language,
        template="staff_invitation",
        link=FreshLink(purpose=LinkPurpose.STAFF_INVITATION, endpoint="account.accept"),
    )
