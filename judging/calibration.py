"""Scores freed from the jurors' leniency: a shrunk additive model with one variance per juror.

    y[film, juror] = mean + quality[film] + leniency[juror] + noise,  noise ~ N(0, variance[juror])
    quality ~ N(0, tau2),  leniency ~ N(0, beta2),  variance ~ InvGamma(nu/2, nu s2/2)

Variances are estimated first (mean-field variational updates, Bishop, Pattern Recognition and
Machine Learning, 10.1), then the posterior mean of qualities and leniencies at these variances is
iterated to its fixed point. Every sum is `math.fsum`, which rounds once whatever the order, and
every step is a plain IEEE operation in a fixed sequence: the result is the same bit for bit on
every machine and for every naming of films and jurors.

Where a round has declared it, jurors may also differ in how far they spread films apart: `slopes`
has that model, and answers with a Calibration too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum, isfinite, sqrt

from judging.errors import DuplicateScore, NotANumber

DECIMALS = 9
VARIANCE_ROUNDS = 20
MEAN_ROUNDS = 10_000
"""Some ten suffice where the jurors share films; parts that share none need thousands."""
STILL = 1e-12
"""Fixed point reached: no leniency moves by more than this in a round."""
LEAST_VARIANCE = 0.0004
"""A deviation of 0.02: without it, jurors who happen to agree would seem to be certain."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one juror thought of one film, 0..1."""

    film_id: str
    juror_id: str
    value: float


@dataclass(frozen=True, slots=True)
class Prior:
    """Variances expected before any score is seen, on the 0..1 scale, and what they weigh.

    `weight` counts as so many films, jurors or scores. `juror_weight`, the model's nu, ties each
    juror's own variance to the common one by as many scores; it is estimated, and bounded above.
    """

    quality: float = 0.0225
    leniency: float = 0.0064
    noise: float = 0.0144
    weight: float = 4.0
    juror_weight: float = 8.0
    most_juror_weight: float = 100.0


PRIOR = Prior()


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores, leniencies and noise rounded to 1e-9; ids are those with at least one score.

    `official` is mean + quality; `leniency` is how much higher a juror scores than others would;
    `noise` a standard deviation; `juror_weight` the nu found. `slope` is how far a juror spreads
    films apart, beside 1 for what is usual; it is empty in a model without slopes.
    """

    mean: float
    official: Mapping[str, float]
    leniency: Mapping[str, float]
    noise: Mapping[str, float]
    quality_variance: float
    leniency_variance: float
    noise_variance: float
    juror_weight: float
    slope: Mapping[str, float] = field(default_factory=dict)

    def expected(self, film_id: str, juror_id: str) -> float:
        """What the model expects a juror to give a film; both must have a score."""
        quality = self.official[film_id] - self.mean
        return self.mean + self.slope.get(juror_id, 1.0) * quality + self.leniency[juror_id]


@dataclass
class _State:
    mean: float
    quality: list[float]
    leniency: list[float]
    variance: list[float]
    tau2: float
    beta2: float
    s2: float
    juror_weight: float


@dataclass(frozen=True)
class Arranged:
    """Scores by film and by juror, sorted by id: lists of (index on the other side, value)."""

    film_ids: list[str]
    juror_ids: list[str]
    by_film: list[list[tuple[int, float]]]
    by_juror: list[list[tuple[int, float]]]


def calibrate(observations: Iterable[Observation], *, prior: Prior = PRIOR) -> Calibration:
    """The official scores.

    Raises DuplicateScore if a juror scored a film twice, NotANumber for NaN and infinities.
    """
    data = arrange(observations)
    state = _start(data, prior)
    for _ in range(VARIANCE_ROUNDS):
        _update_means(data, state)
        _update_variances(data, state, prior)
    return _settled(data, state)


def recalibrate(observations: Iterable[Observation], variances: Calibration) -> Calibration:
    """The scores that follow from these rows with the variances of another calibration.

    So one score can be changed and everything else held: a film whose score rises then never falls
    behind another. (Estimated variances may change with it, and what a juror weighs.) Raises what
    `calibrate` raises.
    """
    data = arrange(observations)
    state = _start(data, PRIOR)
    state.variance = [
        square(variances.noise[juror_id])
        if juror_id in variances.noise
        else variances.noise_variance
        for juror_id in data.juror_ids
    ]
    state.tau2, state.beta2 = variances.quality_variance, variances.leniency_variance
    state.s2, state.juror_weight = variances.noise_variance, variances.juror_weight
    return _settled(data, state)


def _settled(data: Arranged, state: _State) -> Calibration:
    for _ in range(MEAN_ROUNDS):
        before = state.leniency
        _update_means(data, state)
        if all(abs(a - b) <= STILL for a, b in zip(before, state.leniency, strict=True)):
            break
    return _rounded(data, state)


def arrange(observations: Iterable[Observation]) -> Arranged:
    """Put rows of any order into one; raises DuplicateScore, NotANumber."""
    rows = sorted(observations, key=lambda row: (row.film_id, row.juror_id))
    for first, second in pairwise(rows):
        if (first.film_id, first.juror_id) == (second.film_id, second.juror_id):
            raise DuplicateScore(first.film_id, first.juror_id)
    for row in rows:
        if not isfinite(row.value):
            raise NotANumber(row.film_id, row.juror_id)
    film_ids = sorted({row.film_id for row in rows})
    juror_ids = sorted({row.juror_id for row in rows})
    film_at = {film_id: index for index, film_id in enumerate(film_ids)}
    juror_at = {juror_id: index for index, juror_id in enumerate(juror_ids)}
    by_film: list[list[tuple[int, float]]] = [[] for _ in film_ids]
    by_juror: list[list[tuple[int, float]]] = [[] for _ in juror_ids]
    for row in rows:
        film, juror = film_at[row.film_id], juror_at[row.juror_id]
        by_film[film].append((juror, row.value))
        by_juror[juror].append((film, row.value))
    return Arranged(film_ids, juror_ids, by_film, by_juror)


def _start(data: Arranged, prior: Prior) -> _State:
    values = [value for scores in data.by_film for _, value in scores]
    return _State(
        mean=fsum(values) / len(values) if values else 0.0,
        quality=[0.0] * len(data.film_ids),
        leniency=[0.0] * len(data.juror_ids),
        variance=[prior.noise] * len(data.juror_ids),
        tau2=prior.quality,
        beta2=prior.leniency,
        s2=prior.noise,
        juror_weight=prior.juror_weight,
    )


def _update_means(data: Arranged, state: _State) -> None:
    """One round of block updates: all qualities, their centre, all leniencies, their centre.

    Moving the centre into the mean is the exact optimum along that direction, and what lets the
    rounds converge quickly.
    """
    precision = [1.0 / variance for variance in state.variance]
    offset = [state.mean + leniency for leniency in state.leniency]
    own = 1.0 / state.tau2
    state.quality = [
        fsum([precision[j] * (y - offset[j]) for j, y in scores])
        / (own + fsum([precision[j] for j, _ in scores]))
        for scores in data.by_film
    ]
    _centre(state, state.quality)
    base = [state.mean + quality for quality in state.quality]
    own = 1.0 / state.beta2
    state.leniency = [
        p * fsum([y - base[e] for e, y in scores]) / (own + p * len(scores))
        for p, scores in zip(precision, data.by_juror, strict=True)
    ]
    _centre(state, state.leniency)


def _centre(state: _State, effects: list[float]) -> None:
    if effects:
        shift = fsum(effects) / len(effects)
        state.mean += shift
        effects[:] = [effect - shift for effect in effects]


def _doubts(data: Arranged, state: _State) -> tuple[list[float], list[float]]:
    """The variance left in each quality and in each leniency, the others held fixed."""
    precision = [1.0 / variance for variance in state.variance]
    film_doubt = [
        1.0 / (1.0 / state.tau2 + fsum([precision[j] for j, _ in scores]))
        for scores in data.by_film
    ]
    juror_doubt = [
        1.0 / (1.0 / state.beta2 + p * len(scores))
        for p, scores in zip(precision, data.by_juror, strict=True)
    ]
    return film_doubt, juror_doubt


def _update_variances(data: Arranged, state: _State, prior: Prior) -> None:
    film_doubt, juror_doubt = _doubts(data, state)
    base = [state.mean + quality for quality in state.quality]
    squares = [
        fsum([square(y - base[e] - leniency) for e, y in scores])
        for leniency, scores in zip(state.leniency, data.by_juror, strict=True)
    ]
    doubts = [
        fsum([film_doubt[e] for e, _ in scores]) + len(scores) * doubt
        for doubt, scores in zip(juror_doubt, data.by_juror, strict=True)
    ]
    counts = [len(scores) for scores in data.by_juror]
    totals = [square + doubt for square, doubt in zip(squares, doubts, strict=True)]
    state.tau2 = pooled(state.quality, film_doubt, prior.quality, prior.weight)
    state.beta2 = pooled(state.leniency, juror_doubt, prior.leniency, prior.weight)
    state.s2 = (prior.weight * prior.noise + fsum(totals)) / (prior.weight + sum(counts))
    nu = state.juror_weight = weigh_common(squares, counts, prior)
    state.variance = [
        max((nu * state.s2 + total) / (nu + count), LEAST_VARIANCE)
        for total, count in zip(totals, counts, strict=True)
    ]


def weigh_common(squares: list[float], counts: list[int], prior: Prior) -> float:
    """Nu from how unequal the jurors' noise is, by moments.

    The squared coefficient of variation of InvGamma(nu/2, .) is 2 / (nu - 4); n scores add about
    2 / n by chance. Moments, because logarithms may round differently on another machine.
    """
    seen = [
        (total / count, 2.0 / count)
        for total, count in zip(squares, counts, strict=True)
        if count > 2
    ]
    common = fsum([variance for variance, _ in seen])
    unequal = prior.weight * 2.0 / (prior.juror_weight - 4.0)
    if common:
        common /= len(seen)
        chance = fsum([by_chance for _, by_chance in seen]) / len(seen)
        found = fsum([square(variance / common - 1.0) for variance, _ in seen]) / len(seen)
        unequal += len(seen) * max(found - chance, 0.0) / (1.0 + chance)
    unequal /= prior.weight + len(seen)
    weight = 4.0 + 2.0 / max(unequal, 1e-9)
    return min(weight, prior.most_juror_weight)


def square(value: float) -> float:
    """By multiplication: a power function may round differently on another machine."""
    return value * value


def pooled(effects: list[float], doubts: list[float], expected: float, weight: float) -> float:
    """The variance of effects that are known up to their doubts, drawn towards the expected."""
    seen = fsum(map(square, effects)) + fsum(doubts)
    return (weight * expected + seen) / (weight + len(effects))


def _rounded(data: Arranged, state: _State) -> Calibration:
    return Calibration(
        mean=round(state.mean, DECIMALS),
        official={
            film_id: round(state.mean + quality, DECIMALS)
            for film_id, quality in zip(data.film_ids, state.quality, strict=True)
        },
        leniency={
            juror_id: round(leniency, DECIMALS)
            for juror_id, leniency in zip(data.juror_ids, state.leniency, strict=True)
        },
        noise={
            juror_id: round(sqrt(variance), DECIMALS)
            for juror_id, variance in zip(data.juror_ids, state.variance, strict=True)
        },
        quality_variance=state.tau2,
        leniency_variance=state.beta2,
        noise_variance=state.s2,
        juror_weight=state.juror_weight,
    )
