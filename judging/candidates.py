"""What an assignment asks: who may still take which film, and how much is wanted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from judging.conflicts import Conflict
from judging.errors import DuplicateId, LoadsImpossible, UnknownFilm, UnknownJuror
from judging.rounds import Film, Juror, Pair


@dataclass(frozen=True, slots=True)
class Question:
    """Films are rows and jurors are columns, each sorted by id.

    `eligible`: [film, juror] pairs that may be added. `group`: per juror, the organisation (or the
    organisations joined by a common juror). `outside`: [film, group] where nobody of the group
    comes from the film's region. `needed` reviews per film are beside the fixed pairs, which make
    up the `load` per juror.
    """

    films: tuple[Film, ...]
    jurors: tuple[Juror, ...]
    eligible: NDArray[np.bool_]
    group: NDArray[np.int64]
    outside: NDArray[np.bool_]
    wants_outside: NDArray[np.bool_]
    needed: NDArray[np.int64]
    load: NDArray[np.int64]
    fixed: frozenset[Pair]
    void: frozenset[Pair]


def ask(
    films: Iterable[Film],
    jurors: Iterable[Juror],
    conflicts: Iterable[Conflict],
    fixed: Collection[Pair],
    outside_region: bool,
) -> Question:
    """Put rows of any order into one question; raises what `assignment.assign` names."""
    rows = tuple(sorted(films, key=lambda film: film.id))
    columns = tuple(sorted(jurors, key=lambda juror: juror.id))
    film_at = _positions([film.id for film in rows])
    juror_at = _positions([juror.id for juror in columns])
    _check_loads(columns)
    _check_known(fixed, film_at, juror_at)
    barred = {Pair(c.film_id, c.juror_id) for c in conflicts}
    kept = frozenset(fixed) - barred
    group = _groups(columns)
    outside = _outside(rows, columns, group)
    fixed_at = [(film_at[pair.film_id], juror_at[pair.juror_id]) for pair in sorted(kept)]

    eligible = _may_follow(rows, columns)
    for pair in barred:
        if pair.film_id in film_at and pair.juror_id in juror_at:
            eligible[film_at[pair.film_id], juror_at[pair.juror_id]] = False
    for film, juror in fixed_at:
        eligible[film, group == group[juror]] = False

    reviews = np.array([film.reviews_wanted for film in rows], np.int64)
    wants_outside = np.array([bool(outside_region and film.region) for film in rows], np.bool_)
    load = np.zeros(len(columns), np.int64)
    for film, juror in fixed_at:
        reviews[film] -= 1
        load[juror] += 1
        wants_outside[film] &= not outside[film, group[juror]]
    return Question(
        films=rows,
        jurors=columns,
        eligible=eligible,
        group=group,
        outside=outside,
        wants_outside=wants_outside,
        needed=np.maximum(reviews, 0),
        load=load,
        fixed=kept,
        void=frozenset(fixed) - kept,
    )


def _positions(ids: Sequence[str]) -> dict[str, int]:
    at = {id_: position for position, id_ in enumerate(ids)}
    if len(at) < len(ids):
        raise DuplicateId(next(a for a, b in pairwise(ids) if a == b))
    return at


def _check_loads(jurors: Iterable[Juror]) -> None:
    for juror in jurors:
        if not 0 <= juror.load_min <= juror.load_max:
            raise LoadsImpossible(juror.id, juror.load_min, juror.load_max)


def _check_known(pairs: Iterable[Pair], films: Collection[str], jurors: Collection[str]) -> None:
    for pair in sorted(pairs):
        if pair.film_id not in films:
            raise UnknownFilm(pair.film_id)
        if pair.juror_id not in jurors:
            raise UnknownJuror(pair.juror_id)


def _groups(jurors: Sequence[Juror]) -> NDArray[np.int64]:
    """Number the organisations, those with a common juror as one."""
    parent: dict[str, str] = {}

    def root(organisation: str) -> str:
        while parent.setdefault(organisation, organisation) != organisation:
            organisation = parent[organisation]
        return organisation

    for juror in jurors:
        for other in sorted(juror.other_organisation_ids):
            first, second = sorted((root(juror.organisation_id), root(other)))
            parent[second] = first
    roots = [root(juror.organisation_id) for juror in jurors]
    number = {name: index for index, name in enumerate(sorted(set(roots)))}
    return np.array([number[name] for name in roots], np.int64)


def _outside(
    films: Sequence[Film], jurors: Sequence[Juror], group: NDArray[np.int64]
) -> NDArray[np.bool_]:
    regions: list[set[str]] = [set() for _ in range(int(group.max(initial=-1)) + 1)]
    for juror, number in zip(jurors, group, strict=True):
        regions[number].add(juror.region)
    row_of = {
        region: np.array([region not in held and "" not in held for held in regions], np.bool_)
        for region in {film.region for film in films}
    }
    return _stack([row_of[film.region] for film in films], len(regions))


def _may_follow(films: Sequence[Film], jurors: Sequence[Juror]) -> NDArray[np.bool_]:
    row_of = {
        key: np.array([_follows(juror, *key) for juror in jurors], np.bool_)
        for key in {(film.category, film.language, film.subtitles) for film in films}
    }
    rows = [row_of[film.category, film.language, film.subtitles] for film in films]
    return _stack(rows, len(jurors))


def _follows(juror: Juror, category: str, language: str, subtitles: frozenset[str]) -> bool:
    judges = not juror.categories or category in juror.categories
    understands = (
        not juror.languages
        or not language
        or language in juror.languages
        or not subtitles.isdisjoint(juror.languages)
    )
    return judges and understands


def _stack(rows: list[NDArray[np.bool_]], width: int) -> NDArray[np.bool_]:
    return np.array(rows, np.bool_).reshape(len(rows), width)
