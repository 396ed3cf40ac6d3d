"""How certain ranks are: Gibbs draws from the model of `calibration`, every step conjugate; also
from that of `slopes`, where the calibration has slopes.

Drawn by NumPy, whose streams may differ between versions; therefore outside every digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judging import seeding
from judging.calibration import LEAST_VARIANCE, PRIOR, Calibration, Observation, Prior
from judging.slopes import SLOPE_VARIANCE

DRAWS = 600
BURN_IN = 100
LOW, HIGH = 0.05, 0.95

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Certainty:
    """Per film the 5-95 % interval of the rank within its group and the chance of a rank within the
    group's size; per juror the 5-95 % interval of the leniency beside the jurors' mean."""

    rank_low: Mapping[str, int]
    rank_high: Mapping[str, int]
    probability: Mapping[str, float]
    leniency_low: Mapping[str, float]
    leniency_high: Mapping[str, float]


@dataclass(frozen=True)
class _Data:
    film: Ints
    juror: Ints
    value: Floats
    film_count: int
    juror_count: int
    scores_of: Floats

    def per_film(self, values: Floats) -> Floats:
        sums: Floats = np.bincount(self.film, values, self.film_count).astype(np.float64)
        return sums

    def per_juror(self, values: Floats) -> Floats:
        sums: Floats = np.bincount(self.juror, values, self.juror_count).astype(np.float64)
        return sums


@dataclass
class _State:
    mean: float
    leniency: Floats
    variance: Floats
    tau2: float
    beta2: float
    s2: float
    juror_weight: float
    slope: Floats | None
    alpha2: float = SLOPE_VARIANCE


def draw(
    observations: Iterable[Observation],
    calibration: Calibration,
    *,
    film_ids: Sequence[str],
    groups: Mapping[str, str],
    sizes: Mapping[str, int],
    seed: str,
    prior: Prior = PRIOR,
) -> Certainty:
    """Draw from the posterior and rank every draw; films without a score are drawn from the prior.

    `film_ids` are sorted; `groups` names each film's group, `sizes` each group's shortlist size.
    """
    juror_ids = sorted(calibration.leniency)
    data = _arrange(observations, film_ids, juror_ids)
    quality, leniency = _gibbs(data, _start(calibration, juror_ids), seed, prior)
    members: dict[str, list[int]] = {}
    for index, film_id in enumerate(film_ids):
        members.setdefault(groups[film_id], []).append(index)
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    probability: dict[str, float] = {}
    for group, indices in members.items():
        ranks = _ranks(quality[:, indices])
        ids = [film_ids[index] for index in indices]
        low.update(zip(ids, _quantile(ranks, LOW).tolist(), strict=True))
        high.update(zip(ids, _quantile(ranks, HIGH).tolist(), strict=True))
        if group in sizes:
            inside = (ranks <= sizes[group]).mean(axis=0)
            probability.update(zip(ids, inside.tolist(), strict=True))
    return Certainty(
        rank_low=low,
        rank_high=high,
        probability=probability,
        leniency_low=dict(zip(juror_ids, _quantile(leniency, LOW).tolist(), strict=True)),
        leniency_high=dict(zip(juror_ids, _quantile(leniency, HIGH).tolist(), strict=True)),
    )


def _arrange(
    observations: Iterable[Observation], film_ids: Sequence[str], juror_ids: Sequence[str]
) -> _Data:
    film_at = {film_id: index for index, film_id in enumerate(film_ids)}
    juror_at = {juror_id: index for index, juror_id in enumerate(juror_ids)}
    rows = sorted((film_at[o.film_id], juror_at[o.juror_id], o.value) for o in observations)
    juror = np.array([row[1] for row in rows], np.int64)
    return _Data(
        film=np.array([row[0] for row in rows], np.int64),
        juror=juror,
        value=np.array([row[2] for row in rows], np.float64),
        film_count=len(film_ids),
        juror_count=len(juror_ids),
        scores_of=np.bincount(juror, minlength=len(juror_ids)).astype(np.float64),
    )


def _start(calibration: Calibration, juror_ids: Sequence[str]) -> _State:
    return _State(
        mean=calibration.mean,
        leniency=np.array([calibration.leniency[juror_id] for juror_id in juror_ids]),
        variance=np.array([calibration.noise[juror_id] for juror_id in juror_ids]) ** 2,
        tau2=calibration.quality_variance,
        beta2=calibration.leniency_variance,
        s2=calibration.noise_variance,
        juror_weight=calibration.juror_weight,
        slope=np.array([calibration.slope[juror_id] for juror_id in juror_ids])
        if calibration.slope
        else None,
    )


def _gibbs(
    data: _Data, state: _State, seed: str, prior: Prior
) -> tuple[NDArray[np.float32], Floats]:
    """Kept draws as rows: qualities of the films, leniencies of the jurors."""
    generator = np.random.Generator(np.random.PCG64(seeding.number(seed, "intervals")))
    qualities = np.empty((DRAWS, data.film_count), np.float32)
    leniencies = np.empty((DRAWS, data.juror_count))
    for step in range(-BURN_IN, DRAWS):
        quality = _sweep(data, state, generator, prior)
        if step >= 0:
            qualities[step] = quality
            leniencies[step] = state.leniency - (
                state.leniency.mean() if len(state.leniency) else 0.0
            )
    return qualities, leniencies


def _sweep(data: _Data, state: _State, generator: np.random.Generator, prior: Prior) -> Floats:
    precision = (1.0 / state.variance)[data.juror]
    rest = data.value - state.mean - state.leniency[data.juror]
    quality = _draw_qualities(data, state, precision, rest, generator)
    effect = quality[data.film]
    if state.slope is not None:
        _draw_slopes(data, state, precision * effect, rest, effect, generator, prior)
        effect = state.slope[data.juror] * effect

    doubt = 1.0 / (1.0 / state.beta2 + data.scores_of / state.variance)
    rest = data.value - effect
    state.leniency = doubt * data.per_juror(precision * (rest - state.mean))
    state.leniency += np.sqrt(doubt) * generator.standard_normal(data.juror_count)

    rest -= state.leniency[data.juror]
    total = precision.sum()
    if total:
        state.mean = (precision * rest).sum() / total + generator.standard_normal() / total**0.5
    _draw_variances(data, state, quality, rest - state.mean, generator, prior)
    return quality


def _draw_qualities(
    data: _Data,
    state: _State,
    precision: Floats,
    rest: Floats,
    generator: np.random.Generator,
) -> Floats:
    pull, known = precision, precision
    if state.slope is not None:
        slope = state.slope[data.juror]
        pull, known = precision * slope, precision * slope * slope
    doubt = 1.0 / (1.0 / state.tau2 + data.per_film(known))
    quality: Floats = doubt * data.per_film(pull * rest)
    quality += np.sqrt(doubt) * generator.standard_normal(data.film_count)
    return quality


def _draw_slopes(
    data: _Data,
    state: _State,
    pull: Floats,
    rest: Floats,
    effect: Floats,
    generator: np.random.Generator,
    prior: Prior,
) -> None:
    own = 1.0 / state.alpha2
    doubt = 1.0 / (own + data.per_juror(pull * effect))
    slope = doubt * (own + data.per_juror(pull * rest))
    state.slope = slope + np.sqrt(doubt) * generator.standard_normal(data.juror_count)
    half = (prior.weight * SLOPE_VARIANCE + float(((state.slope - 1.0) ** 2).sum())) / 2.0
    shape = (prior.weight + data.juror_count) / 2.0
    state.alpha2 = half / generator.standard_gamma(shape)


def _draw_variances(
    data: _Data,
    state: _State,
    quality: Floats,
    noise: Floats,
    generator: np.random.Generator,
    prior: Prior,
) -> None:
    def scaled(weight: float, expected: float, effects: Floats) -> float:
        half = (weight * expected + float(effects @ effects)) / 2.0
        return half / generator.standard_gamma((weight + len(effects)) / 2.0)

    state.tau2 = scaled(prior.weight, prior.quality, quality)
    state.beta2 = scaled(prior.weight, prior.leniency, state.leniency)
    shapes = (state.juror_weight + data.scores_of) / 2.0
    halves = (state.juror_weight * state.s2 + data.per_juror(noise * noise)) / 2.0
    state.variance = np.maximum(halves / generator.standard_gamma(shapes), LEAST_VARIANCE)
    shape = (prior.weight + state.juror_weight * data.juror_count) / 2.0
    rate = (prior.weight / prior.noise + state.juror_weight * (1.0 / state.variance).sum()) / 2.0
    state.s2 = generator.standard_gamma(shape) / rate


def _ranks(quality: NDArray[np.float32]) -> NDArray[np.int32]:
    """Per draw (row) the rank of each film, 1 for the best."""
    order = np.argsort(-quality, axis=1)
    ranks = np.empty(order.shape, np.int32)
    places = np.arange(1, order.shape[1] + 1, dtype=np.int32)
    np.put_along_axis(ranks, order, places[None, :], axis=1)
    return ranks


def _quantile(draws: NDArray[Any], share: float) -> NDArray[Any]:
    """The smallest drawn value that `share` of the draws do not exceed."""
    position = max(int(np.ceil(share * len(draws))) - 1, 0)
    result: NDArray[Any] = np.partition(draws, position, axis=0)[position]
    return result
