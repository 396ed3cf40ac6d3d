"""What of the results somebody may see now, with the rights of each film asked again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from plural.models.consent import Use
from plural.models.entry import Entry, FilmVersion, PersonRole
from plural.models.festival import Edition
from plural.models.publication import Audience, Distinction, Publication, PublicationState
from plural.rights import Knower, may_identify, may_know, may_use


@dataclass(frozen=True)
class Shown:
    """A film that holds distinctions its viewer may know of, all of it cleared for the web."""

    film: FilmVersion
    distinctions: list[Distinction]
    makers: list[str]

    @property
    def entry(self) -> Entry:
        return self.film.entry


def shown(edition: Edition, person: Knower, at: datetime) -> list[Shown]:
    """Every film that this person may see among the results, in the order of the awards."""
    by_film: dict[int, list[Distinction]] = {}
    for distinction in known(edition.publication, person, at):
        by_film.setdefault(distinction.film_version_id, []).append(distinction)
    return [as_shown(held, at) for held in by_film.values() if is_showable(held[0].film, at)]


def known(publication: Publication | None, person: Knower, at: datetime) -> Iterable[Distinction]:
    """The standing distinctions of a confirmed publication that the person may know of."""
    if publication is None or publication.state is not PublicationState.CONFIRMED:
        return []
    standing = [d for d in publication.distinctions if d.withdrawn_at is None]
    ordered = sorted(standing, key=lambda d: (d.award.position, d.award_id, d.id))
    return [d for d in ordered if may_know(person, d, at)]


def is_showable(film: FilmVersion, at: datetime) -> bool:
    return may_use(film, Use.WEB, None, at)


def as_shown(held: list[Distinction], at: datetime) -> Shown:
    film = held[0].film
    makers = [
        p.name
        for p in film.entry.persons
        if p.role is PersonRole.MAKER and may_identify(p, film, at)
    ]
    return Shown(film, held, makers)


def find(edition: Edition, code: str, person: Knower, at: datetime) -> Shown | None:
    return next((s for s in shown(edition, person, at) if s.entry.code == code), None)


def public_instant(edition: Edition) -> datetime | None:
    """When the public hears, as soon as that has been settled."""
    publication = edition.publication
    if publication is None or publication.state is not PublicationState.CONFIRMED:
        return None
    return next((d.at for d in publication.disclosures if d.audience is Audience.PUBLIC), None)
