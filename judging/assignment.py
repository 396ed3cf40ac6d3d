"""Who reviews which film, as a minimum-cost flow that names every shortfall.

film -> (film, organisation) with room for one -> juror -> sink, where each further film of a juror
costs more. Reviews nobody can take flow past the jurors at a price above every other, so that the
answer is never just "infeasible".
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from judging import connectedness, crossing
from judging.candidates import Question, ask
from judging.conflicts import Conflict
from judging.errors import DuplicateId, UnknownJuror
from judging.flow import solve
from judging.rounds import Film, Juror, Pair, Side

ATTEMPTS = 3
EIGENVALUE_FLOOR = 0.1


@dataclass(frozen=True, slots=True, order=True)
class Shortfall:
    film_id: str
    missing: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Every pair of the round, fixed ones included, and how good the whole is.

    `loads` counts films per juror. `below_minimum` are jurors under their `load_min`,
    `without_outside` films with reviews but none from outside their region, `without_side` names
    per side the films with reviews but too few from it, `void` fixed pairs on a conflict: these are
    in none of the other fields. `mixed` is false when no mixture that was tried brought the jurors'
    graph to the floor.
    """

    pairs: tuple[Pair, ...]
    shortfalls: tuple[Shortfall, ...]
    loads: Mapping[str, int]
    connected: bool
    second_eigenvalue: float
    components: tuple[tuple[str, ...], ...] = ()
    below_minimum: tuple[str, ...] = ()
    without_outside: tuple[str, ...] = ()
    void: tuple[Pair, ...] = ()
    without_side: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mixed: bool = True


def assign(
    films: Iterable[Film],
    jurors: Iterable[Juror],
    conflicts: Iterable[Conflict] = (),
    *,
    seed: str,
    pinned: Iterable[Pair] = (),
    finished: Iterable[Pair] = (),
    outside_region: bool = True,
    sides: Iterable[Side] = (),
    eigenvalue_floor: float = EIGENVALUE_FLOOR,
) -> Assignment:
    """Give every film its reviews; the same seed and rows, in any order, give the same answer.

    Finished and pinned pairs stay and count, also beyond bounds, unless a conflict voids them. On
    each film at most one juror per organisation; organisations that share a juror count as one.
    With `outside_region` each film gets one review from outside its region where that can be had,
    and likewise with each of the `sides`; neither ever costs a review. If the jurors' graph falls
    apart or its second eigenvalue is below the floor, other mixtures are tried and the best is
    returned.

    Raises DuplicateId (also for a side's name), UnknownFilm, UnknownJuror, LoadsImpossible.
    """
    question = ask(films, jurors, conflicts, {*pinned, *finished}, outside_region)
    wishes = tuple(sorted(sides, key=lambda side: side.name))
    _check_sides(question, wishes)
    best = _attempt(question, seed, wishes)
    for attempt in range(1, ATTEMPTS):
        if _is_mixed(best, eigenvalue_floor):
            break
        best = max(best, _attempt(question, f"{seed}/{attempt}", wishes), key=_mixture)
    return replace(best, mixed=_is_mixed(best, eigenvalue_floor))


def _check_sides(question: Question, sides: Sequence[Side]) -> None:
    known = {juror.id for juror in question.jurors}
    for side in sides:
        for juror_id in sorted(side.juror_ids - known):
            raise UnknownJuror(juror_id)
    for first, second in pairwise(sides):
        if first.name == second.name:
            raise DuplicateId(first.name)


def _is_mixed(assignment: Assignment, floor: float) -> bool:
    """One juror alone, or none, has nobody to be mixed with."""
    seated = sum(load > 0 for load in assignment.loads.values())
    return seated < 2 or assignment.second_eigenvalue >= floor


def _mixture(assignment: Assignment) -> tuple[int, float]:
    return -len(assignment.components), assignment.second_eigenvalue


def _attempt(question: Question, seed: str, sides: Sequence[Side]) -> Assignment:
    """From some candidates per film, drawn by chance, and from all where that leaves a wish."""
    for draw in (True, False):
        added = solve(question, seed, draw=draw)
        if sides:
            added = crossing.solve(question, seed, sides, added, draw=draw)
        found = _describe(question, added, sides)
        if _content(question, found):
            break
    return found


def _content(question: Question, assignment: Assignment) -> bool:
    """Is every wish met?"""
    loads = zip(question.jurors, question.load.tolist(), strict=True)
    reserve_used = any(juror.reserve and assignment.loads[juror.id] > load for juror, load in loads)
    unmet = assignment.shortfalls or assignment.below_minimum or assignment.without_outside
    return not (unmet or reserve_used or any(assignment.without_side.values()))


def _describe(question: Question, added: frozenset[Pair], sides: Sequence[Side]) -> Assignment:
    pairs = tuple(sorted(question.fixed | added))
    loads = Counter(pair.juror_id for pair in pairs)
    graph = connectedness.measure(pairs)
    return Assignment(
        pairs=pairs,
        shortfalls=_shortfalls(question, pairs),
        loads={juror.id: loads[juror.id] for juror in question.jurors},
        connected=graph.connected,
        second_eigenvalue=graph.second_eigenvalue,
        components=graph.components,
        below_minimum=tuple(j.id for j in question.jurors if loads[j.id] < j.load_min),
        without_outside=_without_outside(question, pairs),
        void=tuple(sorted(question.void)),
        without_side=_without_side(question, pairs, sides),
    )


def _without_side(
    question: Question, pairs: Sequence[Pair], sides: Sequence[Side]
) -> dict[str, tuple[str, ...]]:
    reviewed = {pair.film_id for pair in pairs}
    lacking = crossing.wanted(question, sides, pairs)
    return {
        side.name: tuple(
            film.id
            for film, lack in zip(question.films, lacking[:, number], strict=True)
            if lack and film.id in reviewed
        )
        for number, side in enumerate(sides)
    }


def _shortfalls(question: Question, pairs: Iterable[Pair]) -> tuple[Shortfall, ...]:
    reviews = Counter(pair.film_id for pair in pairs)
    missing = ((film.id, film.reviews_wanted - reviews[film.id]) for film in question.films)
    return tuple(Shortfall(film_id, count) for film_id, count in missing if count > 0)


def _without_outside(question: Question, pairs: Iterable[Pair]) -> tuple[str, ...]:
    film_at = {film.id: index for index, film in enumerate(question.films)}
    group_of = {j.id: question.group[index] for index, j in enumerate(question.jurors)}
    seen: dict[str, bool] = {}
    for pair in pairs:
        outside = bool(question.outside[film_at[pair.film_id], group_of[pair.juror_id]])
        seen[pair.film_id] = seen.get(pair.film_id, False) or outside
    regional = {film.id for film in question.films if film.region}
    return tuple(
        sorted(film_id for film_id, any_ in seen.items() if film_id in regional and not any_)
    )
