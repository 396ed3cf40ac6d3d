"""The minimum-cost flow behind an assignment, as arrays for OR-Tools."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.graph.python import min_cost_flow

from judging import seeding
from judging.candidates import Question
from judging.rounds import Pair

MIXING = 10_000
"""Pairs cost 0 to 9999 by chance, which mixes the jurors' graph."""
BALANCE = 2 * MIXING
"""A film more than a juror of the same bound has costs more than chance can save by it."""
CANDIDATES_PER_REVIEW = 5

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Prices:
    """What an unmet wish costs, each more than those before it can make up for."""

    reserve: int
    minimum: int
    outside: int
    missing: int


@dataclass
class _Arcs:
    """Arcs, collected in blocks."""

    blocks: list[tuple[Ints, Ints, Ints, Ints]] = field(default_factory=list)

    def add(self, tail: Ints, head: ArrayLike, capacity: ArrayLike, cost: ArrayLike) -> None:
        heads, capacities, costs = (
            np.broadcast_to(np.asarray(values, np.int64), tail.shape)
            for values in (head, capacity, cost)
        )
        self.blocks.append((tail, heads, capacities, costs))

    def columns(self) -> tuple[Ints, ...]:
        return tuple(np.concatenate(column) for column in zip(*self.blocks, strict=True))


def solve(question: Question, seed: str, *, draw: bool) -> frozenset[Pair]:
    """The pairs to add to the fixed ones.

    With `draw` each film is offered to some candidates only, drawn by chance: several times faster,
    and as good whenever no wish is left unmet.
    """
    films, jurors, chance = candidates(question, seed)
    if draw:
        drawn = lowest(films, chance, CANDIDATES_PER_REVIEW * question.needed)
        films, jurors, chance = films[drawn], jurors[drawn], chance[drawn]
    if not len(films):
        return frozenset()
    taken = _solve(question, films, jurors, chance)
    return named(question, films[taken], jurors[taken])


def candidates(question: Question, seed: str) -> tuple[Ints, Ints, Ints]:
    """The films, jurors and chances of all pairs that may be added."""
    wanting = question.eligible & (question.needed > 0)[:, None]
    films, jurors = (index.astype(np.int64) for index in np.nonzero(wanting))
    return films, jurors, _chance(question, seed)[films, jurors]


def named(question: Question, films: Ints, jurors: Ints) -> frozenset[Pair]:
    """Pairs by their ids."""
    return frozenset(
        Pair(question.films[film].id, question.jurors[juror].id)
        for film, juror in zip(films, jurors, strict=True)
    )


def lowest(films: Ints, chance: Ints, most: Ints) -> Ints:
    """Where the `most` candidates with the lowest chance of each film stand."""
    order = np.lexsort((chance, films))
    place = np.arange(len(films)) - np.searchsorted(films, films)
    return np.sort(order[place < most[films]])


def _chance(question: Question, seed: str) -> Ints:
    film_ids = [film.id for film in question.films]
    juror_ids = [juror.id for juror in question.jurors]
    numbers = seeding.table(seed, film_ids, juror_ids)
    return (numbers % np.uint64(MIXING)).astype(np.int64)


def _solve(question: Question, films: Ints, jurors: Ints, chance: Ints) -> NDArray[np.bool_]:
    """Nodes: each film, its way inside and its way outside the region, jurors, sink, seats."""
    film_count, juror_count = question.eligible.shape
    inside, outside = film_count, 2 * film_count
    first_juror = 3 * film_count
    sink = first_juror + juror_count
    steps = load_steps(question)
    prices = price_wishes(steps, juror_count)
    arcs = _Arcs()

    groups = question.group[jurors]
    way = films + np.where(question.outside[films, groups], outside, inside)
    seats, seat_of, rivals = np.unique(
        way * juror_count + groups, return_inverse=True, return_counts=True
    )
    shared = rivals > 1
    seat_node = np.where(shared, sink + np.cumsum(shared), seats // juror_count)
    arcs.add(seat_node[seat_of], first_juror + jurors, 1, chance)
    arcs.add((seats // juror_count)[shared], seat_node[shared], 1, 0)

    film = np.arange(film_count)
    last = np.minimum(question.needed, 1)
    arcs.add(film, outside + film, question.needed, 0)
    arcs.add(film, inside + film, question.needed - last, 0)
    arcs.add(film, inside + film, last, np.where(question.wants_outside, prices.outside, 0))
    _add_missing(arcs, question, sink, prices)
    steps_cost = price_steps(question, steps, prices)
    arcs.add(first_juror + steps.juror, sink, steps.width, steps_cost)

    supplies = np.zeros(sink + 1 + shared.sum(), np.int64)
    supplies[:film_count] = question.needed
    supplies[sink] = -question.needed.sum()
    return _run(arcs, supplies)[: len(films)] > 0


def _add_missing(arcs: _Arcs, question: Question, sink: int, prices: Prices) -> None:
    """A review more that a film misses costs more, so that shortfalls are spread over the films."""
    film = np.repeat(np.arange(len(question.films)), question.needed)
    first = np.cumsum(question.needed) - question.needed
    missing = np.arange(len(film)) - first[film] + 1
    arcs.add(film, sink, 1, missing * prices.missing)


@dataclass(frozen=True)
class Steps:
    """What a juror may still take: the juror, how many films, the load from there on, the price of
    each. Prices rise with the load as a share of the juror's bound, so that all bear alike."""

    juror: Ints
    width: Ints
    load: Ints
    price: Ints


def load_steps(question: Question) -> Steps:
    """Single films up to twice the fair share, then a quarter of the fair share at a time."""
    film_count = len(question.films)
    most = np.array([min(juror.load_max, film_count) for juror in question.jurors], np.int64)
    room = np.clip(most - question.load, 0, question.eligible.sum(axis=0))
    share = int(question.needed.sum() + question.load.sum()) // max(len(question.jurors), 1) + 1
    wide = max(share // 4, 1)
    singles = np.minimum(room, np.maximum(2 * share - question.load, 1))
    steps = singles + -(-(room - singles) // wide)
    juror = np.repeat(np.arange(len(room)), steps)
    place = np.arange(len(juror)) - (np.cumsum(steps) - steps)[juror]
    beyond = np.maximum(place - singles[juror], 0) * wide
    taken = np.minimum(place, singles[juror]) + beyond
    width = np.where(place < singles[juror], 1, np.minimum(wide, room[juror] - taken))
    load = question.load[juror] + taken + 1
    scale = BALANCE * most.max(initial=0) // np.maximum(most, 1)
    return Steps(juror, width, load, load * scale[juror])


def price_wishes(steps: Steps, juror_count: int) -> Prices:
    """A missing review outweighs whatever moving one film per juror can lose."""
    reserve = 2 * (int(steps.price.max(initial=0)) + MIXING)
    minimum = 2 * reserve
    outside = 2 * (reserve + minimum)
    return Prices(reserve, minimum, outside, (juror_count + 2) * 2 * outside)


def price_steps(question: Question, steps: Steps, prices: Prices) -> Ints:
    """What each step of a load costs, with that of using a reserve or passing over a minimum."""
    held_back = np.array([juror.reserve for juror in question.jurors], np.bool_)[steps.juror]
    least = np.array([juror.load_min for juror in question.jurors], np.int64)[steps.juror]
    price = steps.price + np.where(held_back, prices.reserve, 0)
    price += np.where(steps.load > least, prices.minimum, 0)
    return price


def _run(arcs: _Arcs, supplies: Ints) -> Ints:
    problem = min_cost_flow.SimpleMinCostFlow()
    added = problem.add_arcs_with_capacity_and_unit_cost(*arcs.columns())
    problem.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = problem.solve()
    if status != problem.OPTIMAL:
        raise ArithmeticError(status)
    flows: Ints = problem.flows(added)
    return flows
