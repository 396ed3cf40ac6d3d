"""Why films get fewer reviews than wanted: who is in the way of it, counted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from judging import assignment as engine
from judging.conflicts import Conflict as Barred
from judging.rounds import Film, Juror, Pair
from plural.models.entry import FilmVersion


@dataclass(frozen=True)
class Missing:
    """A film that gets fewer reviews than wanted: how many organisations may judge it, and how
    many jurors are in the way of more: by a conflict, a language, other age categories, or because
    they have as many films as they may get."""

    film: FilmVersion
    count: int
    organisations: int
    in_conflict: int
    cannot_follow: int
    other_categories: int
    full: int


def explain(
    found: engine.Assignment,
    films: Iterable[Film],
    living: Iterable[Juror],
    barred: Iterable[Barred],
    versions: dict[str, FilmVersion],
) -> list[Missing]:
    """Each film that is short, with the `living` jurors counted by what holds them back."""
    known = {film.id: film for film in films}
    people = list(living)
    refused = {(conflict.film_id, conflict.juror_id) for conflict in barred}
    full = {juror.id for juror in people if found.loads[juror.id] >= juror.load_max}
    having = set(found.pairs)
    lines = []
    for short in found.shortfalls:
        film = known[short.film_id]
        free = [j for j in people if (film.id, j.id) not in refused]
        of_category = [j for j in free if judges_category(j, film)]
        able = [j for j in of_category if follows(j, film)]
        lines.append(
            Missing(
                film=versions[film.id],
                count=short.missing,
                organisations=len({j.organisation_id for j in able}),
                in_conflict=len(people) - len(free),
                cannot_follow=len(of_category) - len(able),
                other_categories=len(free) - len(of_category),
                full=len(waiting(able, film, having) & full),
            )
        )
    return lines


def waiting(able: Iterable[Juror], film: Film, having: Collection[Pair]) -> set[str]:
    """Those who do not have the film yet."""
    return {j.id for j in able if Pair(film.id, j.id) not in having}


def judges_category(juror: Juror, film: Film) -> bool:
    return not juror.categories or film.category in juror.categories


def follows(juror: Juror, film: Film) -> bool:
    understood = {film.language, *film.subtitles}
    return not juror.languages or not film.language or not understood.isdisjoint(juror.languages)
