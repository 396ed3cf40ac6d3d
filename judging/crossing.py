"""Side rules that cross the organisations, as an integer programme.

"One young juror" and "one from outside the region" on the same film cannot be said in one flow: a
young juror may or may not be from outside. The flow decides how many reviews each film gets, so
that no side rule ever costs a review; this programme decides who gives them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from judging import flow
from judging.candidates import Question
from judging.rounds import Pair, Side

NEAR_ENOUGH = 1e-3
"""How far, as a share, the balance of loads may stay from the best; unmet wishes cost far more."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass
class _Rows:
    """Constraints `low <= sum of coefficient * variable <= high`, collected in blocks."""

    count: int = 0
    blocks: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)

    def open(self, low: Floats, high: Floats) -> Ints:
        """New rows; their numbers."""
        first, self.count = self.count, self.count + len(low)
        self.low.append(low)
        self.high.append(high)
        return np.arange(first, self.count)

    def add(self, row: Ints, variable: Ints, coefficient: float = 1.0) -> None:
        self.blocks.append((row, variable, np.full(len(row), coefficient)))

    def constraint(self, variables: int) -> LinearConstraint:
        row, variable, value = (np.concatenate(part) for part in zip(*self.blocks, strict=True))
        table = csr_array((value, (row, variable)), shape=(self.count, variables))
        return LinearConstraint(table, np.concatenate(self.low), np.concatenate(self.high))


def wanted(question: Question, sides: Sequence[Side], pairs: Iterable[Pair]) -> Ints:
    """[film, side]: how many reviews of that side a film lacks with these pairs."""
    given = Counter(
        (pair.film_id, number)
        for pair in pairs
        for number, side in enumerate(sides)
        if pair.juror_id in side.juror_ids
    )
    lacking = [
        [
            max(min(side.count, film.reviews_wanted) - given[film.id, number], 0)
            for number, side in enumerate(sides)
        ]
        for film in question.films
    ]
    return np.array(lacking, np.int64).reshape(len(question.films), len(sides))


def solve(
    question: Question, seed: str, sides: Sequence[Side], planned: Iterable[Pair], *, draw: bool
) -> frozenset[Pair]:
    """As many new pairs per film as `planned`, chosen so that the fewest wishes stay unmet."""
    member = np.array(
        [[juror.id in side.juror_ids for side in sides] for juror in question.jurors], np.bool_
    ).reshape(len(question.jurors), len(sides))
    films, jurors, chance = _candidates(question, seed, member, draw=draw)
    if not len(films):
        return frozenset()
    counted = Counter(pair.film_id for pair in planned)
    reviews = np.array([counted[film.id] for film in question.films], np.float64)
    taken = _solve(
        question, films, jurors, chance, reviews, member, wanted(question, sides, question.fixed)
    )
    return flow.named(question, films[taken], jurors[taken])


def _candidates(
    question: Question, seed: str, member: NDArray[np.bool_], *, draw: bool
) -> tuple[Ints, Ints, Ints]:
    """All pairs that may be added, or for each film those drawn from all jurors and each side."""
    films, jurors, chance = flow.candidates(question, seed)
    if not draw:
        return films, jurors, chance
    most = flow.CANDIDATES_PER_REVIEW * question.needed
    kept = np.zeros(len(films), np.bool_)
    kept[flow.lowest(films, chance, most)] = True
    for side in member.T:
        of_side = np.flatnonzero(side[jurors])
        kept[of_side[flow.lowest(films[of_side], chance[of_side], most)]] = True
    return films[kept], jurors[kept], chance[kept]


def _solve(
    question: Question,
    films: Ints,
    jurors: Ints,
    chance: Ints,
    reviews: Floats,
    member: NDArray[np.bool_],
    lacking: Ints,
) -> NDArray[np.bool_]:
    """Variables: the pairs, what is taken of each step of a load, what is unmet of each wish."""
    steps = flow.load_steps(question)
    prices = flow.price_wishes(steps, len(question.jurors))
    pairs = len(films)
    pair, step = np.arange(pairs), pairs + np.arange(len(steps.juror))
    rows = _Rows()
    rows.add(rows.open(reviews, reviews)[films], pair)
    _add_seats(rows, question, films, jurors)
    load = rows.open(np.zeros(len(question.jurors)), np.zeros(len(question.jurors)))
    rows.add(load[jurors], pair)
    rows.add(load[steps.juror], step, -1.0)

    unmet: list[Floats] = []
    for seen, lack in (
        (question.outside[films, question.group[jurors]], question.wants_outside.astype(np.int64)),
        *((member[jurors, side], lacking[:, side]) for side in range(member.shape[1])),
    ):
        wishing = np.flatnonzero(lack)
        row = np.full(len(lack), -1)
        row[wishing] = rows.open(lack[wishing].astype(np.float64), np.full(len(wishing), np.inf))
        counts = np.flatnonzero(seen & (row[films] >= 0))
        rows.add(row[films[counts]], pair[counts])
        rows.add(row[wishing], len(step) + pairs + sum(map(len, unmet)) + np.arange(len(wishing)))
        unmet.append(lack[wishing].astype(np.float64))
    wishes = np.concatenate(unmet)
    cost = np.concatenate(
        [chance, flow.price_steps(question, steps, prices), np.full(len(wishes), prices.outside)]
    )
    answer = milp(
        cost / flow.MIXING,
        integrality=np.concatenate([np.ones(pairs), np.zeros(len(cost) - pairs)]),
        bounds=Bounds(0.0, np.concatenate([np.ones(pairs), steps.width, wishes])),
        constraints=rows.constraint(len(cost)),
        # Presolving looks for long at the steps of the loads and finds nothing to remove.
        options={"mip_rel_gap": NEAR_ENOUGH, "presolve": False},
    )
    if answer.x is None:
        raise ArithmeticError(answer.message)
    chosen: NDArray[np.bool_] = np.asarray(answer.x[:pairs]) > 0.5
    return chosen


def _add_seats(rows: _Rows, question: Question, films: Ints, jurors: Ints) -> None:
    """One juror of an organisation on a film, where several could be."""
    seats = films * len(question.jurors) + question.group[jurors]
    _, seat = np.unique(seats, return_inverse=True)
    sizes = np.bincount(seat)
    shared = np.flatnonzero(sizes > 1)
    row = np.full(len(sizes), -1)
    row[shared] = rows.open(np.zeros(len(shared)), np.ones(len(shared)))
    several = np.flatnonzero(row[seat] >= 0)
    rows.add(row[seat[several]], several)
