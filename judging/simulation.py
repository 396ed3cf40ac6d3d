"""Rounds whose truth is known, to measure how well a ranking finds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from judging import seeding
from judging.assignment import assign
from judging.calibration import Observation
from judging.rounds import Film, Juror, Pair

REGIONS = ("Africa", "Americas", "Arab States", "Asia", "Europe")
TOP_SHARE = 0.05
MIDDLE = 0.6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """How scores come about, on the 0..1 scale; all spreads are standard deviations.

    `noise_spread` is that of the logarithm of each juror's noise, `slope_spread` that of how far
    jurors spread films apart, beside 1. Shares are of the jurors:
    `clicking` score at random, `bloc` raise the films of their own (a tenth of all) and lower the
    rest, `dropped_out` deliver a third of their films. With `sorted_by_quality` the jurors of one
    end of the list get the best films, which no calibration can repair.
    """

    leniency: float = 0.17
    noise: float = 0.18
    noise_spread: float = 0.0
    slope_spread: float = 0.0
    clicking: float = 0.0
    bloc: float = 0.0
    dropped_out: float = 0.0
    sorted_by_quality: bool = False
    quality: float = 0.15
    step: float = 0.05


MODELS: Mapping[str, Model] = {
    "biased": Model(),
    "unbiased": Model(leniency=0.0),
    "unequal_noise": Model(noise_spread=0.5),
    "slopes": Model(slope_spread=0.4, noise=0.12),
    "strategic_bloc": Model(bloc=0.15),
    "random_clicking": Model(clicking=0.15),
    "drop_out": Model(dropped_out=0.2),
    "sorted_by_quality": Model(sorted_by_quality=True),
}


@dataclass(frozen=True, slots=True)
class World:
    """A simulated round: the true quality of every film and what the jurors said."""

    quality: Mapping[str, float]
    observations: tuple[Observation, ...]


def simulate(
    model: Model,
    *,
    seed: str,
    films: int,
    jurors: int,
    reviews: int = 0,
    pairs: Sequence[Pair] | None = None,
) -> World:
    """Simulate a round that `assignment.assign` has dealt out, or one of these pairs.

    Films are called "film00000" and on, jurors "juror000". One seed, one NumPy, one world.
    """
    chance = np.random.Generator(np.random.PCG64(seeding.number(seed, "simulation")))
    film_ids = [f"film{number:05}" for number in range(films)]
    juror_ids = [f"juror{number:03}" for number in range(jurors)]
    quality = MIDDLE + model.quality * chance.standard_normal(films)
    if model.sorted_by_quality:
        quality = np.sort(quality)
    if pairs is None:
        deal = _in_blocks if model.sorted_by_quality else _dealt
        pairs = deal(film_ids, juror_ids, reviews, seed)
    film_at = {film_id: index for index, film_id in enumerate(film_ids)}
    juror_at = {juror_id: index for index, juror_id in enumerate(juror_ids)}
    film = np.array([film_at[pair.film_id] for pair in pairs])
    juror = np.array([juror_at[pair.juror_id] for pair in pairs])
    values = _values(model, quality, film, juror, jurors, chance)
    kept = _delivered(model, juror, jurors, chance)
    return World(
        quality=dict(zip(film_ids, quality.tolist(), strict=True)),
        observations=tuple(
            Observation(pair.film_id, pair.juror_id, value)
            for pair, value, keep in zip(pairs, values.tolist(), kept.tolist(), strict=True)
            if keep
        ),
    )


def _dealt(film_ids: list[str], juror_ids: list[str], reviews: int, seed: str) -> list[Pair]:
    films = [
        Film(film_id, region=REGIONS[index % len(REGIONS)], reviews_wanted=reviews)
        for index, film_id in enumerate(film_ids)
    ]
    organisations = max(len(juror_ids) // 2, 1)
    jurors = [
        Juror(
            juror_id,
            f"organisation{index % organisations:03}",
            REGIONS[index % organisations % len(REGIONS)],
        )
        for index, juror_id in enumerate(juror_ids)
    ]
    return list(assign(films, jurors, seed=seed).pairs)


def _in_blocks(film_ids: list[str], juror_ids: list[str], reviews: int, _: str) -> list[Pair]:
    """Neighbouring films go to neighbouring jurors."""
    span = len(juror_ids) - reviews + 1
    return [
        Pair(film_id, juror_ids[index * span // len(film_ids) + place])
        for index, film_id in enumerate(film_ids)
        for place in range(reviews)
    ]


def _values(
    model: Model,
    quality: Floats,
    film: NDArray[np.int64],
    juror: NDArray[np.int64],
    jurors: int,
    chance: np.random.Generator,
) -> Floats:
    leniency = model.leniency * chance.standard_normal(jurors)
    noise = model.noise * np.exp(model.noise_spread * chance.standard_normal(jurors))
    seen = quality[film]
    if model.slope_spread:
        slope = np.maximum(1.0 + model.slope_spread * chance.standard_normal(jurors), 0.1)
        seen = MIDDLE + slope[juror] * (seen - MIDDLE)
    values = seen + leniency[juror] + noise[juror] * chance.standard_normal(len(film))
    order = chance.permutation(jurors)
    clicking = np.isin(juror, order[: round(model.clicking * jurors)])
    values = np.where(clicking, chance.random(len(film)), values)
    bloc = np.isin(juror, order[: round(model.bloc * jurors)])
    own = chance.random(len(quality)) < 0.1
    values = np.where(bloc, values + np.where(own[film], 0.4, -0.1), values)
    return np.clip(np.round(values / model.step) * model.step, 0.0, 1.0)


def _delivered(
    model: Model, juror: NDArray[np.int64], jurors: int, chance: np.random.Generator
) -> NDArray[np.bool_]:
    gone = np.isin(juror, chance.permutation(jurors)[: round(model.dropped_out * jurors)])
    return ~gone | (chance.random(len(juror)) < 1 / 3)


def tau(scores: Mapping[str, float], quality: Mapping[str, float]) -> float:
    """Kendall's tau-b between scores and truth, over the films that have a score."""
    films = sorted(scores)
    found = kendalltau([scores[film] for film in films], [quality[film] for film in films])
    return float(found.statistic)


def hit_rate(scores: Mapping[str, float], quality: Mapping[str, float]) -> float:
    """The share of the truly best 5 % that is among the best 5 % of the scores."""
    count = max(round(TOP_SHARE * len(quality)), 1)
    best = sorted(quality, key=lambda film: -quality[film])[:count]
    found = sorted(scores, key=lambda film: (-scores[film], film))[:count]
    return len(set(best) & set(found)) / count


def true_ranks(quality: Mapping[str, float]) -> dict[str, int]:
    """1 for the best."""
    ordered = sorted(quality, key=lambda film: -quality[film])
    return {film: place for place, film in enumerate(ordered, 1)}
