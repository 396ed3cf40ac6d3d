"""Licences: which organisation may use which film, how, where and for how long."""

from datetime import datetime

from plural import audit, clock, lifecycle
from plural.actions import film_versions
from plural.errors import Refused
from plural.extensions import db
from plural.models.consent import Use
from plural.models.entry import Entry, EntryState, FilmVersion
from plural.models.festival import Edition
from plural.models.people import Account, Organisation, OrganisationKind
from plural.models.sharing import Licence
from plural.rights import may_use

LICENSED_USES = (Use.BROADCAST, Use.WEB)


def licensable_films(edition: Edition) -> list[FilmVersion]:
    """The version in force of every eligible entry, by title."""
    entries = Entry.query.filter_by(edition_id=edition.id, state=EntryState.ELIGIBLE)
    now = clock.now()
    return [film_versions.in_force(e, now) for e in entries.order_by(Entry.title, Entry.id)]


def licences_in(edition: Edition) -> list[Licence]:
    found: list[Licence] = (
        Licence.query.join(FilmVersion)
        .join(Entry)
        .filter(Entry.edition_id == edition.id)
        .order_by(Licence.granted_at.desc(), Licence.id.desc())
        .all()
    )
    return found


def grant(
    organisation: Organisation,
    film: FilmVersion,
    use: Use,
    territories: list[str],
    term: tuple[datetime, datetime],
    by: Account,
) -> Licence:
    """License a film version; no territories mean the world, `term` is (from, until before).

    Raises Refused: "not_a_distributor", "entry_not_eligible", "use_not_licensed",
    "term_out_of_order", "film_sealed", or "rights_missing" with `territory` where consent or
    rights end.
    """
    if organisation.kind is not OrganisationKind.DISTRIBUTOR:
        raise Refused("not_a_distributor", name=organisation.name)
    if film.entry.state is not EntryState.ELIGIBLE:
        raise Refused("entry_not_eligible", title=film.entry.title)
    if use not in LICENSED_USES:
        raise Refused("use_not_licensed", use=use.value)
    starts_at, ends_at = term
    if not starts_at < ends_at:
        raise Refused("term_out_of_order")
    require_rights(film, use, territories)
    licence = Licence(
        organisation_id=organisation.id,
        film_version_id=film.id,
        use=use,
        territories=sorted(set(territories)),
        starts_at=starts_at,
        ends_at=ends_at,
        granted_by_id=by.id,
        granted_at=clock.now(),
    )
    db.session.add(licence)
    note(licence, "licence.granted", by)
    return licence


def require_rights(film: FilmVersion, use: Use, territories: list[str]) -> None:
    if film.entry.sealed_at is not None:
        raise Refused("film_sealed")
    for territory in where(territories):
        if not may_use(film, use, territory, clock.now()):
            raise Refused("rights_missing", title=film.entry.title, territory=territory)


def where(territories: list[str]) -> list[str | None]:
    """The territories to ask `may_use` about; None is the world."""
    return [*territories] or [None]


def is_carried(licence: Licence) -> bool:
    """Whether consents and rights still carry the licence."""
    now = clock.now()
    return all(may_use(licence.film, licence.use, t, now) for t in where(licence.territories))


def end(licence: Licence, by: Account) -> None:
    """End a licence before its term: from now on nothing can be fetched under it."""
    if licence.ended_at is not None:
        raise Refused("licence_ended")
    licence.ended_at = clock.now()
    note(licence, "licence.ended", by)


def note(licence: Licence, action: str, by: Account) -> None:
    db.session.flush()
    payload = {
        "organisation": licence.organisation_id,
        "film_version": licence.film_version_id,
        "use": licence.use.value,
        "territories": licence.territories,
    }
    festival = licence.organisation.festival
    audit.append(festival, action, lifecycle.subject(licence), by, payload)
