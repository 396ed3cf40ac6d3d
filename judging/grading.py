"""Orders of candidates from the grades they were given; exact, so that ties are real ties."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

Grades = Mapping[str, Sequence[Fraction]]
"""Per candidate the grades given, sorted; a candidate nobody graded stands behind all others."""

Tiers = tuple[tuple[str, ...], ...]


def by_mean(grades: Grades) -> Tiers:
    """Score voting: the mean of the grades given; a missing grade is missing, not zero."""
    return _tiers(grades, lambda given: (1, sum(given, Fraction()) / len(given)) if given else (0,))


def by_majority(grades: Grades) -> Tiers:
    """Majority judgement (Balinski and Laraki, PNAS 104, 2007): the lower median decides; equals
    are compared by their next median once one median grade each is set aside, and so on.

    Setting medians aside looks outwards from the middle, below before above. Candidates with
    different numbers of grades are compared by shares, as if each grade had been given as often as
    makes the numbers equal: a grade that is missing lifts and lowers nobody.
    """
    counts = {len(given) for given in grades.values() if given}
    reaches = sorted(
        {Fraction(1, 2) - Fraction(n, count) for count in counts for n in range(count)}
    )
    inside = [(low + high) / 2 for low, high in pairwise([Fraction(), *_positive(reaches)])]
    return _tiers(grades, lambda given: tuple(_outwards(given, inside)))


def _positive(shares: Iterable[Fraction]) -> Iterable[Fraction]:
    return (share for share in shares if share > 0)


def _outwards(given: Sequence[Fraction], reaches: Iterable[Fraction]) -> Iterable[Fraction]:
    """The grades at these distances from the middle; nothing for somebody without a grade."""
    for reach in reaches if given else ():
        yield given[int((Fraction(1, 2) - reach) * len(given))]
        yield given[int((Fraction(1, 2) + reach) * len(given))]


def _tiers(grades: Grades, merit: Callable[[Sequence[Fraction]], tuple[Any, ...]]) -> Tiers:
    merits = {name: merit(given) for name, given in grades.items()}
    ordered = sorted(sorted(merits), key=lambda name: merits[name], reverse=True)
    return tuple(
        tuple(sorted(equals)) for _, equals in groupby(ordered, key=lambda name: merits[name])
    )
