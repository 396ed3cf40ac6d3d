"""The official order and the jurors' reports: the deterministic part of a ranking."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import fsum, inf, sqrt

from judging import seeding
from judging.calibration import DECIMALS, Calibration, Observation
from judging.conflicts import Conflict
from judging.errors import NothingScored, UnknownFilm
from judging.rounds import Score
from judging.rubric import Rubric, weighted_mean


class TieRule(StrEnum):
    """What parts films whose official scores are equal to 1e-9; declared before the round opens."""

    SHARED = "shared"
    RAW_MEAN = "raw mean"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Standing:
    """A film's place within its group, from scores 0..1 (see `rubric.weighted_mean`).

    A film without any review has neither score and stands behind all others.
    """

    film_id: str
    group: str
    rank: int
    official: float | None
    raw_mean: float | None
    reviews: int


@dataclass(frozen=True, slots=True)
class JurorStanding:
    """How a juror scored.

    `severity` is how much lower than others on the same films (negative: milder), `spread` the
    standard deviation of the juror's scores, `noise` that around what the model expects,
    `share_equal` the share of the most frequent score.
    """

    juror_id: str
    count: int
    severity: float
    spread: float
    noise: float
    share_equal: float


def observe(
    rubric: Rubric,
    scores: Iterable[Score],
    conflicts: Iterable[Conflict] = (),
    *,
    films: Collection[str],
) -> tuple[Observation, ...]:
    """The scores that count: abstentions and scores on a conflict do not; raises UnknownFilm."""
    barred = {(conflict.film_id, conflict.juror_id) for conflict in conflicts}
    counted = []
    for score in scores:
        if score.film_id not in films:
            raise UnknownFilm(score.film_id)
        value = _value(rubric, score)
        if value is not None and (score.film_id, score.juror_id) not in barred:
            counted.append(Observation(score.film_id, score.juror_id, value))
    return tuple(counted)


def _value(rubric: Rubric, score: Score) -> float | None:
    try:
        return weighted_mean(rubric, score.values)
    except NothingScored:
        return None


def stand(
    observations: Iterable[Observation],
    calibration: Calibration,
    group_of: Mapping[str, str],
    *,
    seed: str,
    tie_rule: TieRule,
) -> tuple[Standing, ...]:
    """Every film of `group_of` by group, rank, id."""
    values: dict[str, list[float]] = {film_id: [] for film_id in group_of}
    for observation in observations:
        values[observation.film_id].append(observation.value)
    by_group: dict[str, list[Standing]] = {}
    for film_id, given in values.items():
        standing = Standing(
            film_id=film_id,
            group=group_of[film_id],
            rank=0,
            official=calibration.official.get(film_id),
            raw_mean=round(fsum(given) / len(given), DECIMALS) if given else None,
            reviews=len(given),
        )
        by_group.setdefault(standing.group, []).append(standing)
    return tuple(
        placed for _, rows in sorted(by_group.items()) for placed in _place(rows, seed, tie_rule)
    )


def _place(rows: Iterable[Standing], seed: str, tie_rule: TieRule) -> list[Standing]:
    merits = {row.film_id: _merit(row, seed, tie_rule) for row in rows}
    ordered = sorted(rows, key=lambda row: (merits[row.film_id], row.film_id))
    first_place: dict[tuple[float, float], int] = {}
    for place, row in enumerate(ordered, 1):
        first_place.setdefault(merits[row.film_id], place)
    return [replace(row, rank=first_place[merits[row.film_id]]) for row in ordered]


def _merit(row: Standing, seed: str, tie_rule: TieRule) -> tuple[float, float]:
    """Lower is better."""
    if row.official is None or row.raw_mean is None:
        return inf, 0.0
    if tie_rule is TieRule.RAW_MEAN:
        return -row.official, -row.raw_mean
    if tie_rule is TieRule.LOT:
        return -row.official, seeding.number(seed, "lot", row.film_id)
    return -row.official, 0.0


def report(
    observations: Iterable[Observation], calibration: Calibration
) -> tuple[JurorStanding, ...]:
    """Every juror with a counted score, by id."""
    values: dict[str, list[float]] = {juror_id: [] for juror_id in sorted(calibration.leniency)}
    for observation in observations:
        values[observation.juror_id].append(observation.value)
    return tuple(
        JurorStanding(
            juror_id=juror_id,
            count=len(given),
            severity=0.0 - calibration.leniency[juror_id],
            spread=round(_deviation(given), DECIMALS),
            noise=calibration.noise[juror_id],
            share_equal=round(_most_frequent(given) / len(given), DECIMALS),
        )
        for juror_id, given in values.items()
    )


def _most_frequent(values: list[float]) -> int:
    """How often; the same score by way of other criteria may differ in its last bit."""
    return max(Counter(round(value, DECIMALS) for value in values).values())


def _deviation(values: list[float]) -> float:
    mean = fsum(values) / len(values)
    return sqrt(fsum((value - mean) * (value - mean) for value in values) / len(values))
