"""Criteria, what values they allow, and the weighted mean of a score."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from judging.errors import NothingScored, RubricInvalid, ScoreOutsideRubric

STEP_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question to the juror, answered by `minimum`, `minimum + step` ... `maximum`.

    A `step` of 0 allows every value between. A `weight` of 0 asks without counting. Empty
    `categories` apply to every film, else only to films of these.
    """

    key: str
    weight: float = 1.0
    minimum: float = 1.0
    maximum: float = 10.0
    step: float = 1.0
    optional: bool = False
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rubric:
    """The criteria of a round.

    Raises RubricInvalid when nothing can be scored with it: no criterion, a key used twice, an
    empty range, a step or weight below zero or not finite, or no weight at all.
    """

    criteria: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        keys = [criterion.key for criterion in self.criteria]
        for criterion in self.criteria:
            _check(criterion)
            if keys.count(criterion.key) > 1:
                raise RubricInvalid(criterion.key, "repeated")
        weights = [criterion.weight for criterion in self.criteria]
        if not any(weights):
            raise RubricInvalid("", "no weight")
        if not math.isfinite(sum(weights)):
            raise RubricInvalid("", "not a number")

    def for_category(self, category: str) -> "Rubric":
        """The criteria that apply to films of a category."""
        applying = (c for c in self.criteria if not c.categories or category in c.categories)
        return replace(self, criteria=tuple(applying))


def _check(criterion: Criterion) -> None:
    reach = criterion.weight * (criterion.maximum - criterion.minimum)
    numbers = (criterion.weight, criterion.minimum, criterion.maximum, criterion.step, reach)
    if not all(math.isfinite(number) for number in numbers):
        raise RubricInvalid(criterion.key, "not a number")
    if criterion.weight < 0:
        raise RubricInvalid(criterion.key, "weight below zero")
    if criterion.step < 0:
        raise RubricInvalid(criterion.key, "step below zero")
    if criterion.minimum >= criterion.maximum:
        raise RubricInvalid(criterion.key, "empty range")


def validate(rubric: Rubric, values: Mapping[str, float | None]) -> None:
    """Pass only what a finished score may say; raises ScoreOutsideRubric for the first fault."""
    known = {criterion.key for criterion in rubric.criteria}
    for key in sorted(values):
        if key not in known:
            raise ScoreOutsideRubric(key, "unknown", values[key])
    for criterion in rubric.criteria:
        _validate_value(criterion, values.get(criterion.key))


def _validate_value(criterion: Criterion, value: float | None) -> None:
    if value is None:
        if not criterion.optional:
            raise ScoreOutsideRubric(criterion.key, "missing")
        return
    if not math.isfinite(value):
        raise ScoreOutsideRubric(criterion.key, "not a number")
    if value < criterion.minimum:
        raise ScoreOutsideRubric(criterion.key, "below", value)
    if value > criterion.maximum:
        raise ScoreOutsideRubric(criterion.key, "above", value)
    if not _on_step(criterion, value):
        raise ScoreOutsideRubric(criterion.key, "step", value)


def _on_step(criterion: Criterion, value: float) -> bool:
    if not criterion.step:
        return True
    steps = (value - criterion.minimum) / criterion.step
    return abs(steps - round(steps)) <= STEP_TOLERANCE


def weighted_mean(rubric: Rubric, values: Mapping[str, float | None]) -> float:
    """The score as a share of what was possible: 0.0 (all minima) to 1.0 (all maxima).

    Each criterion is first brought to 0..1 by its own range, so that ranges may differ. A missing
    criterion takes its weight with it. Raises NothingScored if no value carries weight.
    """
    given = [(c, v) for c in rubric.criteria if (v := values.get(c.key)) is not None]
    weight = math.fsum(criterion.weight for criterion, _ in given)
    if not weight:
        raise NothingScored
    shares = (c.weight * (v - c.minimum) / (c.maximum - c.minimum) for c, v in given)
    return math.fsum(shares) / weight
