"""Somebody who watches a film is worried about a child."""

from plural import audit, lifecycle, mailing
from plural.actions.organisations import staff_of
from plural.models.audit import AuditEvent
from plural.models.entry import FilmVersion
from plural.models.people import Account


def raise_worry(film: FilmVersion, words: str, by: Account) -> AuditEvent:
    """Note it for good and write to every member of the staff; the entrant learns nothing."""
    festival = film.entry.edition.festival
    event = audit.append(
        festival,
        "worry.raised",
        lifecycle.subject(film),
        by,
        {"words": words, "by": f"{by.name} <{by.email}>"},
    )
    for account in staff_of(festival):
        mailing.post(
            festival.id, "child_worry", event_id=event.id, film_id=film.id, account_id=account.id
        )
    return event
