"""Why the floors of a shortlist cannot be met, and what would be needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from judging.bounds import Bound

IMPOSSIBLE = 2
"""The status by which `scipy.optimize.milp` says so."""

Profiles = Mapping[frozenset[Bound], int]
"""How many reviewed films count for exactly these bounds."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Floors, ceilings and perhaps the `size` that cannot hold together, though any of them could
    without the others. `size` is None where the number of places plays no part.

    What is left out is no part of it: a single floor alone means that too few films were reviewed.
    `remedies` each dissolve the clash alone.
    """

    floors: tuple[Bound, ...]
    ceilings: tuple[Bound, ...]
    size: int | None
    remedies: tuple["Remedy", ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """The least change that helps: one of a floor lowered, a ceiling raised (each as it would have
    to be) and more places."""

    floor: Bound | None = None
    ceiling: Bound | None = None
    size: int | None = None


@dataclass(frozen=True)
class _Rules:
    floors: tuple[Bound, ...]
    ceilings: tuple[Bound, ...]
    size: int | None


def explain(
    profiles: Profiles, size: int, floors: Sequence[Bound], ceilings: Sequence[Bound]
) -> tuple[Clash, ...]:
    """Clashes that share no floor, until what is left can be met; none if all can."""
    found = []
    rules = _Rules(tuple(floors), tuple(ceilings), size)
    while not _possible(profiles, rules):
        clash = _smallest(profiles, rules)
        found.append(Clash(clash.floors, clash.ceilings, clash.size, _remedies(profiles, clash)))
        left = tuple(floor for floor in rules.floors if floor not in clash.floors)
        rules = replace(rules, floors=left)
    return tuple(found)


def _smallest(profiles: Profiles, rules: _Rules) -> _Rules:
    """Rules that clash although any of them could go: those that can be spared are left out."""
    if not _possible(profiles, spared := replace(rules, size=None)):
        rules = spared
    for ceiling in rules.ceilings:
        fewer = tuple(other for other in rules.ceilings if other != ceiling)
        if not _possible(profiles, spared := replace(rules, ceilings=fewer)):
            rules = spared
    for floor in rules.floors:
        fewer = tuple(other for other in rules.floors if other != floor)
        if not _possible(profiles, spared := replace(rules, floors=fewer)):
            rules = spared
    return rules


def _remedies(profiles: Profiles, clash: _Rules) -> tuple[Remedy, ...]:
    remedies = []
    if clash.size is not None:
        needed = _least(profiles, replace(clash, size=None), None)
        remedies.append(Remedy(size=needed))
    for ceiling in clash.ceilings:
        others = tuple(other for other in clash.ceilings if other != ceiling)
        needed = _least(profiles, replace(clash, ceilings=others), ceiling)
        remedies.append(Remedy(ceiling=replace(ceiling, count=needed)))
    for floor in clash.floors:
        others = tuple(other for other in clash.floors if other != floor)
        reached = -_least(profiles, replace(clash, floors=others), floor, sign=-1)
        remedies.append(Remedy(floor=replace(floor, count=reached)))
    return tuple(remedies)


def _possible(profiles: Profiles, rules: _Rules) -> bool:
    return _solve(profiles, rules, np.zeros(len(profiles))) is not None


def _least(profiles: Profiles, rules: _Rules, bound: Bound | None, *, sign: int = 1) -> int:
    """The least number of films within the rules, of all or of those that count for a bound; with
    `sign` -1 the least of its negative."""
    counted = [bound is None or bound in profile for profile in profiles]
    answer = _solve(profiles, rules, sign * np.array(counted, np.float64))
    if answer is None:
        raise ArithmeticError("without one of its rules a clash is none")
    return round(answer)


def _solve(
    profiles: Profiles, rules: _Rules, cost: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> float | None:
    """The least cost of films chosen by profile within the rules; None if there is no choice."""
    lines = [
        *(([bound in p for p in profiles], bound.count, np.inf) for bound in rules.floors),
        *(([bound in p for p in profiles], 0, bound.count) for bound in rules.ceilings),
        ([True] * len(profiles), 0, np.inf if rules.size is None else rules.size),
    ]
    if not profiles:
        return None if any(low > 0 for _, low, _ in lines) else 0.0
    table, low, high = zip(*lines, strict=True)
    answer = milp(
        cost,
        integrality=np.ones(len(profiles), np.int64),
        bounds=Bounds(0.0, np.array([*profiles.values()], np.float64)),
        constraints=LinearConstraint(np.array(table, np.float64), np.array(low), np.array(high)),
        options={"mip_rel_gap": 0.0},
    )
    if answer.status == IMPOSSIBLE:
        return None
    if answer.x is None:
        raise ArithmeticError(answer.message)
    return float(cost @ answer.x)
