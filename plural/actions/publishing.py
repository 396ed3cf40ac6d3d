"""Publication: proposed by one person, confirmed by another, disclosed audience by audience."""

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from plural import audit, clock, lifecycle
from plural.actions.announcing import tell_of_withdrawal
from plural.actions.results import Decided, decided
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.consent import Use
from plural.models.entry import FilmVersion
from plural.models.festival import Edition
from plural.models.people import Account
from plural.models.publication import (
    Audience,
    Disclosure,
    Distinction,
    Publication,
    PublicationState,
)
from plural.rights import OUTSIDE_STATES, may_use

Instants = Mapping[Audience, datetime]

# Recipients travel, partners prepare, entrants hear before the public does.
SPACING = {
    Audience.RECIPIENTS: timedelta(days=1),
    Audience.PARTNERS: timedelta(days=8),
    Audience.ENTRANTS: timedelta(days=14, hours=-2),
    Audience.PUBLIC: timedelta(days=14),
}


@dataclass(frozen=True)
class Line:
    """One decided recognition as it would go out now; `hindrance` is the code of why not."""

    decided: Decided
    film: FilmVersion
    hindrance: str | None


def lines(edition: Edition) -> list[Line]:
    """Everything that the rounds have decided, with the rights as they are at this instant."""
    return [line_of(result) for result in decided(edition)]


def line_of(result: Decided) -> Line:
    film = db.session.get_one(FilmVersion, result.film_version_id)
    return Line(result, film, hindrance(film))


def hindrance(film: FilmVersion) -> str | None:
    """Why a film must not be published now, or None."""
    if film.entry.sealed_at is not None:
        return "film_sealed"
    if film.entry.withheld_at is not None:
        return "entry_withheld"
    if film.entry.state in OUTSIDE_STATES:
        return "entry_left"
    return None if may_use(film, Use.WEB, None, clock.now()) else "web_not_allowed"


def digest(shown: list[Line]) -> str:
    """What a person has seen before confirming: the results and what keeps each back."""
    seen = sorted([*astuple(line.decided), line.hindrance or ""] for line in shown)
    return hashlib.sha256(rfc8785.dumps([[str(v) for v in row] for row in seen])).hexdigest()


def usual_instants(edition: Edition) -> dict[Audience, datetime]:
    """Instants to begin a proposal with, around noon in the edition's zone."""
    noon = (
        clock.now()
        .astimezone(ZoneInfo(edition.time_zone))
        .replace(hour=12, minute=0, second=0, microsecond=0)
    )
    return {audience: noon + wait for audience, wait in SPACING.items()}


def propose(edition: Edition, instants: Instants, by: Account) -> Publication:
    """Propose when each audience hears. A proposal may be replaced until it is confirmed.

    Raises Refused: "already_confirmed", "nothing_decided", "audiences_out_of_order".
    """
    publication = edition.publication
    if publication is not None and publication.state is PublicationState.CONFIRMED:
        raise Refused("already_confirmed")
    if not decided(edition):
        raise Refused("nothing_decided")
    require_order(instants)
    if publication is None:
        publication = Publication(edition=edition, proposed_by_id=by.id, proposed_at=clock.now())
        db.session.add(publication)
    publication.proposed_by_id, publication.proposed_at = by.id, clock.now()
    for audience in Audience:
        set_instant(publication, audience, instants[audience])
    note(publication, "publication.proposed", by, written(instants))
    return publication


def require_order(instants: Instants) -> None:
    """Recipients hear no later than partners, they no later than entrants, then the public."""
    ordered = [instants[audience] for audience in Audience]
    if ordered != sorted(ordered):
        raise Refused("audiences_out_of_order")


def set_instant(publication: Publication, audience: Audience, at: datetime) -> None:
    found = next((d for d in publication.disclosures if d.audience is audience), None)
    if found is None:
        publication.disclosures.append(Disclosure(audience=audience, at=at))
    else:
        found.at = at


def confirm(publication: Publication, seen: str, leave_out: bool, by: Account) -> None:
    """Confirm as a second person: the distinctions are written, in this transaction.

    Results and consents are read again here. `seen` is the digest of what the person has looked
    at; anything else now is a StaleState. Films that may not be published hold everything up
    (Refused "films_hindered") unless `leave_out` says to go on without them.
    """
    if by.id == publication.proposed_by_id:
        raise Refused("second_person_wanted")
    shown = lines(publication.edition)
    if seen != digest(shown):
        raise StaleState("results_changed")
    kept_back = [line for line in shown if line.hindrance]
    if kept_back and not leave_out:
        raise Refused("films_hindered", count=len(kept_back))
    lifecycle.move(
        publication,
        PublicationState.CONFIRMED,
        by,
        confirmed_by_id=by.id,
        confirmed_at=clock.now(),
    )
    for line in shown:
        if line.hindrance is None:
            publication.distinctions.append(distinction(line.decided))
    reasons = {lifecycle.subject(line.film): line.hindrance for line in kept_back}
    note(publication, "publication.sealed", by, {"results": seen, "left_out": reasons})


def distinction(result: Decided) -> Distinction:
    return Distinction(
        award_id=result.award_id,
        film_version_id=result.film_version_id,
        organisation_id=result.organisation_id,
        citation=result.citation,
    )


# ----- until the last second


def reschedule(publication: Publication, audience: Audience, at: datetime, by: Account) -> None:
    """Let one audience hear at another instant.

    Raises Refused: "already_disclosed", "instant_has_passed", "audiences_out_of_order".
    """
    require_undisclosed(publication, audience)
    if at < clock.now():
        raise Refused("instant_has_passed")
    require_order(instants_of(publication) | {audience: at})
    change_instants(publication, {audience: at}, by)


def publish_now(publication: Publication, audience: Audience, by: Account) -> None:
    """Let one audience hear at once, and those who come before it no later."""
    require_undisclosed(publication, audience)
    if publication.state is not PublicationState.CONFIRMED:
        raise Refused("not_confirmed")
    now = clock.now()
    earlier = list(Audience)[: list(Audience).index(audience) + 1]
    waiting = {a: now for a, at in instants_of(publication).items() if a in earlier and at > now}
    change_instants(publication, waiting, by)


def require_undisclosed(publication: Publication, audience: Audience) -> None:
    confirmed = publication.state is PublicationState.CONFIRMED
    if confirmed and instants_of(publication)[audience] <= clock.now():
        raise Refused("already_disclosed")


def instants_of(publication: Publication) -> dict[Audience, datetime]:
    return {d.audience: d.at for d in publication.disclosures}


def change_instants(publication: Publication, instants: Instants, by: Account) -> None:
    for audience, at in instants.items():
        set_instant(publication, audience, at)
    note(publication, "publication.rescheduled", by, written(instants))


def withdraw(distinction: Distinction, reason: str, by: Account) -> None:
    """Take one film out, before it is known or afterwards; nobody can see it any more.

    Those who have heard of it are told.
    """
    if distinction.withdrawn_at is not None:
        raise Refused("already_withdrawn")
    if not reason:
        raise Refused("reason_wanted")
    distinction.withdrawn_at = clock.now()
    note(distinction, "distinction.withdrawn", by, {"reason": reason})
    tell_of_withdrawal(distinction)


def note(row: Any, action: str, by: Account, payload: dict[str, Any]) -> None:
    db.session.flush()
    audit.append(lifecycle.festival_of(row), action, lifecycle.subject(row), by, payload)


def written(instants: Instants) -> dict[str, str]:
    return {audience.value: at.isoformat() for audience, at in instants.items()}
