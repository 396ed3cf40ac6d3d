"""Orders of candidates from the grades they were given; exact, so that ties are real ties."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

Grades = Mapping[str, Sequence[Fraction]]
"""Per candidate the grades given, sorted; a candidate nobody graded stands behind all others."""

Tiers = tuple[tuple[str, ...], ...]


def by_mean(grades: Grades) -> Tiers:
    """Score voting: the mean of the grades given; a missing grade is missing, not zero."""
    return _tiers(grades, lambda given: (1, sum(given, Fraction()) / len(given)) if given else (0,))


def by_majority(grades: Grades) -> Tiers:
    """Majority judgement (Balinski and Laraki, PNAS 104, 2007): the lower median decides; equals
    are compared by their next median once one median grade each is set aside, and so on."""
    return _tiers(grades, lambda given: tuple(_medians(given)))


def _medians(given: Sequence[Fraction]) -> Iterable[Fraction]:
    rest = list(given)
    while rest:
        yield rest.pop((len(rest) - 1) // 2)


def _tiers(grades: Grades, merit: Callable[[Sequence[Fraction]], tuple[Any, ...]]) -> Tiers:
    merits = {name: merit(given) for name, given in grades.items()}
    ordered = sorted(sorted(merits), key=lambda name: merits[name], reverse=True)
    return tuple(
        tuple(sorted(equals)) for _, equals in groupby(ordered, key=lambda name: merits[name])
    )
