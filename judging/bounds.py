"""Declared floors and ceilings of a shortlist."""

from dataclasses import dataclass

TRAITS = ("category", "region", "language")


@dataclass(frozen=True, slots=True, order=True)
class Bound:
    """At least (floor) or at most (ceiling) `count` films whose `trait` is `value`; `trait` is
    "category", "region" or "language"."""

    trait: str
    value: str
    count: int
