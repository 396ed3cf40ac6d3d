"""The shortlist: the best films that satisfy declared floors and ceilings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from judging import clashes
from judging.bounds import TRAITS
from judging.bounds import Bound as Bound
from judging.clashes import Clash as Clash
from judging.clashes import Remedy as Remedy
from judging.errors import UnknownFilm, UnknownTrait
from judging.rounds import Film

FINE = 10_000.0
"""Scores differ by 1e-9, and the solver takes what is within 1e-6 of the best for as good."""


class Row(Protocol):
    """What is read of a ranked film."""

    @property
    def film_id(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def official(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Unmet:
    """A floor that these films cannot meet within the size and the ceilings; `got` films do."""

    bound: Bound
    got: int


@dataclass(frozen=True, slots=True)
class Shortlist:
    """`film_ids` from best to worst. `moved_in` and `moved_out` differ from the plain top of the
    ranking because of a bound. `tied_at_cut` are films, in or out, that have the same score as one
    on the other side and could change places with it: people decide that, or the declared lot.
    `places_left` counts places that a ceiling leaves empty. `clashes` tell why floors are unmet and
    what would help.
    """

    film_ids: tuple[str, ...]
    moved_in: tuple[str, ...]
    moved_out: tuple[str, ...]
    unmet: tuple[Unmet, ...]
    tied_at_cut: tuple[str, ...] = ()
    places_left: int = 0
    clashes: tuple[Clash, ...] = ()


def choose(
    rows: Iterable[Row],
    size: int,
    *,
    films: Iterable[Film] = (),
    floors: Iterable[Bound] = (),
    ceilings: Iterable[Bound] = (),
) -> Shortlist:
    """Choose up to `size` reviewed films with the greatest sum of official scores.

    Ceilings always hold. Floors that cannot all be met are met as far as possible and named in
    `unmet`. `films` tell the traits and are needed when there is a bound. Raises UnknownTrait, and
    UnknownFilm when a row's film is not told.
    """
    size = max(size, 0)
    scored = sorted(
        (row for row in rows if row.official is not None),
        key=lambda row: (-(row.official or 0.0), row.rank, row.film_id),
    )
    low, high = tuple(sorted(set(floors))), tuple(sorted(set(ceilings)))
    profiles = _profiles(scored, {film.id: film for film in films}, (*low, *high))
    chosen = _best(scored, size, profiles, low, high) if scored and (low or high) else scored[:size]
    ids = tuple(row.film_id for row in chosen)
    top = tuple(row.film_id for row in scored[:size])
    unmet = _unmet(ids, profiles, low)
    return Shortlist(
        film_ids=ids,
        moved_in=tuple(film_id for film_id in ids if film_id not in set(top)),
        moved_out=tuple(film_id for film_id in top if film_id not in set(ids)),
        unmet=unmet,
        tied_at_cut=_tied(scored, set(ids), profiles),
        places_left=max(min(size, len(scored)) - len(ids), 0),
        clashes=clashes.explain(Counter(profiles.values()), size, low, high) if unmet else (),
    )


def _profiles(
    rows: Sequence[Row], films: Mapping[str, Film], bounds: Iterable[Bound]
) -> dict[str, frozenset[Bound]]:
    """Per film the bounds that it counts for."""
    profiles: dict[str, frozenset[Bound]] = {}
    known = tuple(bounds)
    for bound in known:
        if bound.trait not in TRAITS:
            raise UnknownTrait(bound.trait)
    for row in rows:
        if known and row.film_id not in films:
            raise UnknownFilm(row.film_id)
        profiles[row.film_id] = frozenset(
            bound for bound in known if getattr(films[row.film_id], bound.trait) == bound.value
        )
    return profiles


def _best(
    rows: Sequence[Row],
    size: int,
    profiles: Mapping[str, frozenset[Bound]],
    floors: Sequence[Bound],
    ceilings: Sequence[Bound],
) -> list[Row]:
    """Solve for how many films of each profile are in; within a profile the best are."""
    counts: dict[frozenset[Bound], int] = {}
    for row, taken in zip(rows, _solve(rows, size, profiles, floors, ceilings), strict=True):
        profile = profiles[row.film_id]
        counts[profile] = counts.get(profile, 0) + taken
    chosen = []
    for row in rows:
        profile = profiles[row.film_id]
        if counts[profile]:
            counts[profile] -= 1
            chosen.append(row)
    return chosen


def _solve(
    rows: Sequence[Row],
    size: int,
    profiles: Mapping[str, frozenset[Bound]],
    floors: Sequence[Bound],
    ceilings: Sequence[Bound],
) -> list[int]:
    """Per film 0 or 1: the fewest films missing from floors, then the fewest empty places, then the
    greatest sum of scores.

    Variables are the films and, per floor, how many films it misses.
    """
    count = len(rows)
    films = np.arange(count + len(floors)) < count
    table = np.zeros((1 + len(floors) + len(ceilings), len(films)))
    table[0] = films
    for line, bound in enumerate((*floors, *ceilings), 1):
        table[line, :count] = [bound in profiles[row.film_id] for row in rows]
    table[1 : 1 + len(floors), count:] = np.eye(len(floors))
    low = np.array([-np.inf, *(bound.count for bound in floors), *(-np.inf for _ in ceilings)])
    high = np.array([size, *(np.inf for _ in floors), *(bound.count for bound in ceilings)])
    wishes = np.where(films, -1.0, size + 1.0)
    possible = _minimise(wishes, films, LinearConstraint(table, low, high))
    granted = float(np.round(wishes @ possible))
    scores = np.array([row.official or 0.0 for row in rows] + [0.0] * len(floors))
    best = _minimise(
        -FINE * scores,
        films,
        LinearConstraint(
            np.vstack([table, wishes]), np.append(low, -np.inf), np.append(high, granted)
        ),
    )
    return [round(value) for value in best[:count]]


def _minimise(
    cost: NDArray[np.float64], films: NDArray[np.bool_], constraint: LinearConstraint
) -> NDArray[np.float64]:
    answer = milp(
        cost,
        integrality=np.ones(len(cost), np.int64),
        bounds=Bounds(0.0, np.where(films, 1.0, np.inf)),
        constraints=constraint,
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None:
        raise ArithmeticError(answer.message)
    return np.asarray(answer.x, np.float64)


def _unmet(
    chosen: Sequence[str], profiles: Mapping[str, frozenset[Bound]], floors: Iterable[Bound]
) -> tuple[Unmet, ...]:
    got = {bound: sum(bound in profiles[film_id] for film_id in chosen) for bound in floors}
    return tuple(Unmet(bound, count) for bound, count in got.items() if count < bound.count)


def _tied(
    rows: Sequence[Row], chosen: set[str], profiles: Mapping[str, frozenset[Bound]]
) -> tuple[str, ...]:
    """Equal in score, place and profile, but on different sides of the cut."""
    sides: dict[tuple[object, ...], set[bool]] = {}
    keys = {row.film_id: (row.official, row.rank, profiles[row.film_id]) for row in rows}
    for film_id, key in keys.items():
        sides.setdefault(key, set()).add(film_id in chosen)
    return tuple(row.film_id for row in rows if len(sides[keys[row.film_id]]) == 2)
