"""Announcing: the mails of an audience, once its instant has come."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import CursorResult, update

from plural import clock, mailing, rights
from plural.extensions import db
from plural.models.entry import Entry, EntryState
from plural.models.festival import Festival
from plural.models.people import Membership, Organisation
from plural.models.publication import (
    Audience,
    Disclosure,
    Distinction,
    Publication,
    PublicationState,
)


def announce_due() -> int:
    """Post the mails of every disclosure whose instant has come; return how many there were.

    Each is announced once, however many schedulers run.
    """
    due = (
        Disclosure.query.join(Publication)
        .filter(
            Publication.state == PublicationState.CONFIRMED,
            Disclosure.at <= clock.now(),
            Disclosure.announced_at.is_(None),
        )
        .order_by(Disclosure.at, Disclosure.id)
        .all()
    )
    return sum(announce(disclosure) for disclosure in due)


def announce(disclosure: Disclosure) -> bool:
    """Post the mails of one audience, unless somebody else has."""
    if not mark_announced(disclosure):
        return False
    publication = disclosure.publication
    POSTING[disclosure.audience](publication)
    return True


def mark_announced(disclosure: Disclosure) -> bool:
    now = clock.now()
    marked = cast(
        "CursorResult[Any]",
        db.session.execute(
            update(Disclosure)
            .where(
                Disclosure.id == disclosure.id,
                Disclosure.announced_at.is_(None),
                Disclosure.at <= now,
            )
            .values(announced_at=now)
            .execution_options(synchronize_session=False)
        ),
    )
    db.session.refresh(disclosure)
    return marked.rowcount == 1


def to_recipients(publication: Publication) -> None:
    """The entrant of each film, and the guardians of everybody under age behind it."""
    festival = publication.edition.festival
    for entry in entries_of(publication.distinctions):
        post_to_recipient(festival, entry)


def post_to_recipient(festival: Festival, entry: Entry) -> None:
    mailing.post(festival.id, "result_recipient", entry_id=entry.id)
    post_to_guardians(festival, entry, "result_guardian")


def post_to_guardians(festival: Festival, entry: Entry, name: str, **ids: int) -> None:
    at = clock.now()
    for person in entry.persons:
        for guardian in person.guardians if rights.is_minor(person, at) else ():
            if guardian.ended_at is None:
                mailing.post(festival.id, name, guardian_id=guardian.id, **ids)


def entries_of(distinctions: list[Distinction]) -> list[Entry]:
    """The entries that still hold a distinction, each once."""
    held = [d.film.entry for d in distinctions if d.withdrawn_at is None]
    return list({entry.id: entry for entry in held}.values())


def to_partners(publication: Publication) -> None:
    festival = publication.edition.festival
    living = Membership.query.join(Organisation).filter(
        Organisation.festival_id == festival.id,
        Membership.accepted_at.is_not(None),
        Membership.ended_at.is_(None),
    )
    ids = sorted({m.account_id for m in living if m.account_id is not None})
    for account_id in ids:
        mailing.post(
            festival.id, "result_partner", account_id=account_id, publication_id=publication.id
        )


def to_entrants(publication: Publication) -> None:
    """Everybody with an eligible film who has heard nothing about it so far."""
    edition = publication.edition
    heard = {d.film.entry.account_id for d in publication.distinctions if was_told(d)}
    entries = Entry.query.filter_by(edition_id=edition.id, state=EntryState.ELIGIBLE)
    for account_id in sorted({entry.account_id for entry in entries} - heard):
        mailing.post(
            edition.festival_id,
            "result_entrant",
            account_id=account_id,
            publication_id=publication.id,
        )


def was_told(distinction: Distinction) -> bool:
    """Whether the recipients have been written to about this distinction."""
    told_at = next(
        d.announced_at
        for d in distinction.publication.disclosures
        if d.audience is Audience.RECIPIENTS
    )
    if told_at is None:
        return False
    return distinction.withdrawn_at is None or distinction.withdrawn_at > told_at


def tell_of_addition(distinction: Distinction) -> None:
    """Write to the recipients of one that came after the others had heard."""
    if not was_told(distinction):
        return
    post_to_recipient(distinction.publication.edition.festival, distinction.film.entry)


def tell_of_withdrawal(distinction: Distinction) -> None:
    """Tell those who have heard of the distinction that it does not stand."""
    if not was_told(distinction):
        return
    festival, entry = distinction.publication.edition.festival, distinction.film.entry
    mailing.post(festival.id, "result_withdrawn", distinction_id=distinction.id)
    post_to_guardians(festival, entry, "result_withdrawn_guardian", distinction_id=distinction.id)


POSTING: dict[Audience, Callable[[Publication], None]] = {
    Audience.RECIPIENTS: to_recipients,
    Audience.PARTNERS: to_partners,
    Audience.ENTRANTS: to_entrants,
    Audience.PUBLIC: lambda _publication: None,
}
