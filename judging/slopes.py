"""Jurors who spread films apart more or less than others: one slope each, if it predicts better.

    y[film, juror] = mean + slope[juror] * quality[film] + leniency[juror] + noise
    slope ~ N(1, alpha2),  all else as in `calibration`

Mean-field variational updates, in the same arithmetic as `calibration`: sums by `math.fsum`, plain
IEEE operations in a fixed sequence, logarithms in decimal arithmetic, so that every machine takes
the same decision. Used only where a round has declared it, and only if it beats the model without
slopes on scores that neither has seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from math import fsum, sqrt

from judging import seeding
from judging.calibration import (
    DECIMALS,
    LEAST_VARIANCE,
    PRIOR,
    Arranged,
    Calibration,
    Observation,
    Prior,
    arrange,
    calibrate,
    pooled,
    square,
    weigh_common,
)

SLOPE_VARIANCE = 0.04
"""Expected before any score is seen: a deviation of 0.2."""
VARIANCE_ROUNDS = 40
MEAN_ROUNDS = 400
STILL = 1e-11
FOLDS = 5
LOGARITHM = Context(prec=25)
TWO_PI = 6.283185307179586


@dataclass(frozen=True, slots=True)
class Comparison:
    """The mean logarithm of the density that each model gave to `count` scores it had not seen.

    Slopes are `better` if they gain more per score than the standard error of that gain.
    """

    without: float
    with_slopes: float
    standard_error: float
    count: int

    @property
    def better(self) -> bool:
        return self.with_slopes - self.without > self.standard_error


@dataclass
class _State:
    """What is known of every effect: its mean, and the variance left in it (its doubt)."""

    mean: float
    quality: list[float]
    quality_doubt: list[float]
    leniency: list[float]
    leniency_doubt: list[float]
    slope: list[float]
    slope_doubt: list[float]
    variance: list[float]
    tau2: float
    beta2: float
    alpha2: float
    s2: float
    juror_weight: float


def calibrate_if_better(
    observations: Iterable[Observation], *, seed: str, prior: Prior = PRIOR
) -> tuple[Calibration, Comparison]:
    """The scores with slopes if these predict better, else without, and what was compared.

    Raises what `calibration.calibrate` raises.
    """
    rows = tuple(observations)
    comparison = compare(rows, seed=seed, prior=prior)
    if comparison.better:
        return calibrate_with_slopes(rows, prior=prior), comparison
    return calibrate(rows, prior=prior), comparison


def calibrate_with_slopes(
    observations: Iterable[Observation], *, prior: Prior = PRIOR
) -> Calibration:
    """The scores of the model with slopes; raises what `calibration.calibrate` raises."""
    data = arrange(observations)
    return _rounded(data, _fit(data, prior, slopes=True))


def compare(observations: Iterable[Observation], *, seed: str, prior: Prior = PRIOR) -> Comparison:
    """Let both models predict every score from the four fifths of the scores it is not part of.

    Which fifth a score belongs to follows from the seed and its ids. Raises what `calibrate`
    raises.
    """
    rows = sorted(observations, key=lambda row: (row.film_id, row.juror_id))
    arrange(rows)
    parts: list[list[Observation]] = [[] for _ in range(FOLDS)]
    for row in rows:
        parts[seeding.number(seed, "fold", row.film_id, row.juror_id) % FOLDS].append(row)
    without: list[float] = []
    with_slopes: list[float] = []
    for held_out in parts:
        rest = arrange([row for part in parts if part is not held_out for row in part])
        for slopes, scores in ((False, without), (True, with_slopes)):
            state = _fit(rest, prior, slopes=slopes)
            scores.extend(_log_scores(held_out, rest, state))
    gains = [b - a for a, b in zip(without, with_slopes, strict=True)]
    return Comparison(
        round(_mean(without), DECIMALS),
        round(_mean(with_slopes), DECIMALS),
        round(_standard_error(gains), DECIMALS),
        len(rows),
    )


def _fit(data: Arranged, prior: Prior, *, slopes: bool) -> _State:
    state = _start(data, prior)
    for _ in range(VARIANCE_ROUNDS):
        _update_means(data, state, slopes=slopes)
        _update_variances(data, state, prior)
    for _ in range(MEAN_ROUNDS):
        before = [*state.quality, *state.leniency]
        _update_means(data, state, slopes=slopes)
        after = [*state.quality, *state.leniency]
        if all(abs(a - b) <= STILL for a, b in zip(before, after, strict=True)):
            break
    return state


def _start(data: Arranged, prior: Prior) -> _State:
    films, jurors = len(data.film_ids), len(data.juror_ids)
    return _State(
        mean=_mean([value for scores in data.by_film for _, value in scores]),
        quality=[0.0] * films,
        quality_doubt=[prior.quality] * films,
        leniency=[0.0] * jurors,
        leniency_doubt=[prior.leniency] * jurors,
        slope=[1.0] * jurors,
        slope_doubt=[0.0] * jurors,
        variance=[prior.noise] * jurors,
        tau2=prior.quality,
        beta2=prior.leniency,
        alpha2=SLOPE_VARIANCE,
        s2=prior.noise,
        juror_weight=prior.juror_weight,
    )


def _update_means(data: Arranged, state: _State, *, slopes: bool) -> None:
    """One round: all qualities, all slopes, all leniencies and their centre."""
    precision = [1.0 / variance for variance in state.variance]
    _update_qualities(data, state, precision)
    if slopes:
        _update_slopes(data, state, precision)
    _update_leniencies(data, state, precision)


def _update_qualities(data: Arranged, state: _State, precision: list[float]) -> None:
    offset = [state.mean + leniency for leniency in state.leniency]
    pull = [p * slope for p, slope in zip(precision, state.slope, strict=True)]
    known = [
        p * (slope * slope + doubt)
        for p, slope, doubt in zip(precision, state.slope, state.slope_doubt, strict=True)
    ]
    own = 1.0 / state.tau2
    state.quality_doubt = [
        1.0 / (own + fsum([known[j] for j, _ in scores])) for scores in data.by_film
    ]
    state.quality = [
        doubt * fsum([pull[j] * (y - offset[j]) for j, y in scores])
        for doubt, scores in zip(state.quality_doubt, data.by_film, strict=True)
    ]


def _update_slopes(data: Arranged, state: _State, precision: list[float]) -> None:
    squares = [q * q + doubt for q, doubt in zip(state.quality, state.quality_doubt, strict=True)]
    own = 1.0 / state.alpha2
    state.slope_doubt = [
        1.0 / (own + p * fsum([squares[e] for e, _ in scores]))
        for p, scores in zip(precision, data.by_juror, strict=True)
    ]
    offset = [state.mean + leniency for leniency in state.leniency]
    state.slope = [
        doubt * (own + p * fsum([state.quality[e] * (y - start) for e, y in scores]))
        for doubt, p, start, scores in zip(
            state.slope_doubt, precision, offset, data.by_juror, strict=True
        )
    ]


def _update_leniencies(data: Arranged, state: _State, precision: list[float]) -> None:
    own = 1.0 / state.beta2
    state.leniency_doubt = [
        1.0 / (own + p * len(scores)) for p, scores in zip(precision, data.by_juror, strict=True)
    ]
    found = [
        doubt * p * fsum([y - state.mean - slope * state.quality[e] for e, y in scores])
        for doubt, p, slope, scores in zip(
            state.leniency_doubt, precision, state.slope, data.by_juror, strict=True
        )
    ]
    centre = _mean(found)
    state.mean += centre
    state.leniency = [leniency - centre for leniency in found]


def _update_variances(data: Arranged, state: _State, prior: Prior) -> None:
    counts = [len(scores) for scores in data.by_juror]
    squares, totals = [], []
    for juror, scores in enumerate(data.by_juror):
        base, slope = state.mean + state.leniency[juror], state.slope[juror]
        square_sum = fsum([square(y - base - slope * state.quality[e]) for e, y in scores])
        slope_square = slope * slope + state.slope_doubt[juror]
        doubts = [
            slope_square * state.quality_doubt[e]
            + state.slope_doubt[juror] * square(state.quality[e])
            for e, _ in scores
        ]
        squares.append(square_sum)
        totals.append(square_sum + fsum(doubts) + len(scores) * state.leniency_doubt[juror])
    state.tau2 = pooled(state.quality, state.quality_doubt, prior.quality, prior.weight)
    state.beta2 = pooled(state.leniency, state.leniency_doubt, prior.leniency, prior.weight)
    beside = [slope - 1.0 for slope in state.slope]
    state.alpha2 = pooled(beside, state.slope_doubt, SLOPE_VARIANCE, prior.weight)
    state.s2 = (prior.weight * prior.noise + fsum(totals)) / (prior.weight + sum(counts))
    nu = state.juror_weight = weigh_common(squares, counts, prior)
    state.variance = [
        max((nu * state.s2 + total) / (nu + count), LEAST_VARIANCE)
        for total, count in zip(totals, counts, strict=True)
    ]


def _log_scores(held_out: Sequence[Observation], data: Arranged, state: _State) -> list[float]:
    """Log densities of a normal distribution with everything in its variance that is in doubt."""
    film_at = {film_id: index for index, film_id in enumerate(data.film_ids)}
    juror_at = {juror_id: index for index, juror_id in enumerate(data.juror_ids)}
    scores = []
    for row in held_out:
        quality, quality_doubt = 0.0, state.tau2
        leniency, leniency_doubt = 0.0, state.beta2
        slope, slope_doubt, variance = 1.0, 0.0, state.s2
        if (film := film_at.get(row.film_id)) is not None:
            quality, quality_doubt = state.quality[film], state.quality_doubt[film]
        if (juror := juror_at.get(row.juror_id)) is not None:
            leniency, leniency_doubt = state.leniency[juror], state.leniency_doubt[juror]
            slope, slope_doubt = state.slope[juror], state.slope_doubt[juror]
            variance = state.variance[juror]
        expected = state.mean + slope * quality + leniency
        doubt = variance + leniency_doubt + (slope * slope + slope_doubt) * quality_doubt
        doubt += slope_doubt * square(quality)
        scores.append(-0.5 * (_logarithm(TWO_PI * doubt) + square(row.value - expected) / doubt))
    return scores


def _logarithm(value: float) -> float:
    """Rounded once from 25 digits: a machine's own logarithm may round differently."""
    return float(Decimal(value).ln(LOGARITHM))


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values) if values else 0.0


def _standard_error(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = _mean(values)
    squares = fsum([square(value - mean) for value in values])
    return sqrt(squares / (len(values) - 1) / len(values))


def _rounded(data: Arranged, state: _State) -> Calibration:
    def by(ids: list[str], values: Iterable[float]) -> dict[str, float]:
        return {id_: round(value, DECIMALS) for id_, value in zip(ids, values, strict=True)}

    return Calibration(
        mean=round(state.mean, DECIMALS),
        official=by(data.film_ids, [state.mean + quality for quality in state.quality]),
        leniency=by(data.juror_ids, state.leniency),
        noise=by(data.juror_ids, map(sqrt, state.variance)),
        quality_variance=state.tau2,
        leniency_variance=state.beta2,
        noise_variance=state.s2,
        juror_weight=state.juror_weight,
        slope=by(data.juror_ids, state.slope),
    )
