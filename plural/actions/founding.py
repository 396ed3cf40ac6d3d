"""Founding a festival and making its first edition."""

from datetime import timedelta

from plural import audit, clock, links
from plural.actions.edition_texts import add_starting_texts
from plural.addresses import address
from plural.extensions import db
from plural.models.festival import Edition, Festival
from plural.models.people import SAFEGUARDING, STAFF, LinkPurpose, Role


def found(slug: str, name: str, edition_slug: str, staff_email: str) -> str:
    """Found a festival with a first, prepared edition; return the first staff member's link."""
    festival = Festival(slug=slug, name=name, created_at=clock.now())
    db.session.add(festival)
    db.session.flush()
    db.session.add_all(Role(festival_id=festival.id, name=name) for name in (STAFF, SAFEGUARDING))
    edition = add_edition(festival, edition_slug)
    audit.append(festival, "festival.founded", f"festival:{festival.id}", None)
    token = links.make(festival.id, LinkPurpose.STAFF_INVITATION, staff_email.lower())
    return address("account.accept", edition, token=token)


def add_edition(festival: Festival, slug: str) -> Edition:
    """A prepared edition with dates and texts to begin with, edited by staff before it opens."""
    now = clock.now()
    edition = Edition(
        festival=festival,
        slug=slug,
        entries_open_at=now,
        entries_close_at=now + timedelta(days=90),
        produced_after=(now - timedelta(days=3 * 365)).date(),
        created_at=now,
    )
    db.session.add(edition)
    db.session.flush()
    add_starting_texts(edition)
    return edition
