"""What staff should look at before a round is frozen; reported, never corrected in silence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum, sqrt

from scipy.special import stdtrit

from judging.calibration import DECIMALS, Calibration, Observation
from judging.ranking import RankedFilm
from judging.rounds import Pair

UNDECIDED = (0.1, 0.9)
LEAST_SHARE = 0.9
"""Credits at the end may be left out."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """How long a juror had a film playing; `place` is the film's in the juror's queue, from 1."""

    film_id: str
    juror_id: str
    watched_s: float
    duration_s: float
    place: int


@dataclass(frozen=True, slots=True)
class Effect:
    """How much higher scores are, on the 0..1 scale, its standard error, and in how many scores it
    was seen. `low` to `high` holds the truth with 90 % probability, by Student's t. All but the
    count are None where nothing can be estimated."""

    estimate: float | None
    standard_error: float | None
    count: int
    low: float | None = None
    high: float | None = None


def too_fast(
    viewings: Iterable[Viewing], *, least_share: float = LEAST_SHARE
) -> tuple[Viewing, ...]:
    """Viewings shorter than `least_share` of the film, by juror and film."""
    short = (v for v in viewings if v.watched_s < least_share * v.duration_s)
    return tuple(sorted(short, key=lambda viewing: (viewing.juror_id, viewing.film_id)))


def flat(observations: Iterable[Observation], *, least_scores: int = 5) -> tuple[str, ...]:
    """Jurors who gave at least `least_scores` films one and the same score."""
    values: dict[str, list[float]] = {}
    for observation in observations:
        value = round(observation.value, DECIMALS)
        values.setdefault(observation.juror_id, []).append(value)
    return tuple(
        sorted(
            juror_id
            for juror_id, given in values.items()
            if len(given) >= least_scores and len(set(given)) == 1
        )
    )


def own_organisation_effect(
    observations: Iterable[Observation],
    calibration: Calibration,
    *,
    entered_by: Mapping[str, frozenset[str]],
    works_for: Mapping[str, frozenset[str]],
) -> Effect:
    """How much more jurors give films entered by an organisation of theirs than they give others.

    `entered_by` is by film id, `works_for` by juror id. The films' official scores contain the very
    scores in question, so the effect is rather larger than this.
    """
    none: frozenset[str] = frozenset()

    def own(observation: Observation) -> bool:
        entered = entered_by.get(observation.film_id, none)
        return not entered.isdisjoint(works_for.get(observation.juror_id, none))

    parts: dict[bool, list[float]] = {True: [], False: []}
    for observation in observations:
        parts[own(observation)].append(_residual(observation, calibration))
    count = len(parts[True])
    if count < 2 or len(parts[False]) < 2:
        return Effect(None, None, count)
    (mean, error), (other_mean, other_error) = (_mean_and_error(parts[k]) for k in (True, False))
    degrees = min(count, len(parts[False])) - 1
    return _effect(
        mean - other_mean, sqrt(error * error + other_error * other_error), count, degrees
    )


def order_effect(
    observations: Iterable[Observation], calibration: Calibration, viewings: Iterable[Viewing]
) -> Effect:
    """How much higher the last film of a queue is scored than the first.

    The slope of what the model leaves unexplained on the place, each queue running from 0 to 1.
    """
    place = {Pair(viewing.film_id, viewing.juror_id): viewing.place for viewing in viewings}
    last: dict[str, int] = {}
    for pair, number in place.items():
        last[pair.juror_id] = max(last.get(pair.juror_id, 1), number)
    points = [
        ((place[pair] - 1) / (last[o.juror_id] - 1), _residual(o, calibration))
        for o in observations
        if (pair := Pair(o.film_id, o.juror_id)) in place and last[o.juror_id] > 1
    ]
    return _slope(points)


def undecided(rows: Iterable[RankedFilm]) -> tuple[str, ...]:
    """Films that more reviews or a discussion should decide, best first.

    Those whose chance to belong on the shortlist is between 0.1 and 0.9.
    """
    low, high = UNDECIDED
    return tuple(
        row.film_id
        for row in sorted(rows, key=lambda row: (row.group, row.rank, row.film_id))
        if row.probability_shortlisted is not None and low < row.probability_shortlisted < high
    )


def _residual(observation: Observation, calibration: Calibration) -> float:
    return observation.value - calibration.expected(observation.film_id, observation.juror_id)


def _mean_and_error(values: list[float]) -> tuple[float, float]:
    mean = fsum(values) / len(values)
    squares = fsum((value - mean) * (value - mean) for value in values)
    return mean, sqrt(squares / (len(values) - 1) / len(values))


def _slope(points: list[tuple[float, float]]) -> Effect:
    count = len(points)
    if count < 3 or len({x for x, _ in points}) < 2:
        return Effect(None, None, count)
    x_mean = fsum(x for x, _ in points) / count
    y_mean = fsum(y for _, y in points) / count
    spread = fsum((x - x_mean) * (x - x_mean) for x, _ in points)
    slope = fsum((x - x_mean) * (y - y_mean) for x, y in points) / spread
    rest = fsum((y - y_mean - slope * (x - x_mean)) ** 2 for x, y in points)
    return _effect(slope, sqrt(rest / (count - 2) / spread), count, count - 2)


def _effect(estimate: float, error: float, count: int, degrees: int) -> Effect:
    reach = float(stdtrit(degrees, 0.95)) * error
    return Effect(estimate, error, count, estimate - reach, estimate + reach)
