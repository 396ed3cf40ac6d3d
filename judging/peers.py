"""Other ways to rank the same scores, to be measured against; each gives films a score, higher is
better. Written anew from the papers and descriptions named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, pstdev

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from judging.calibration import Observation

THRESHOLD_SHARE = 0.2
RIDGE = 0.05

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Peer = Callable[[Sequence[Observation]], dict[str, float]]


def raw_mean(observations: Iterable[Observation]) -> dict[str, float]:
    """The mean of a film's scores, as in most conference and festival tools."""
    return {film_id: fmean(values) for film_id, values in _by_film(observations).items()}


def raw_median(observations: Iterable[Observation]) -> dict[str, float]:
    """The median of a film's scores."""
    return {film_id: median(values) for film_id, values in _by_film(observations).items()}


def z_score(observations: Sequence[Observation]) -> dict[str, float]:
    """The mean of scores brought to mean 0 and deviation 1 per juror."""
    by_juror: dict[str, list[float]] = {}
    for observation in observations:
        by_juror.setdefault(observation.juror_id, []).append(observation.value)
    scale = {juror_id: (fmean(v), pstdev(v) or 1.0) for juror_id, v in by_juror.items()}
    return raw_mean(
        Observation(o.film_id, o.juror_id, (o.value - scale[o.juror_id][0]) / scale[o.juror_id][1])
        for o in observations
    )


def copeland(observations: Sequence[Observation]) -> dict[str, float]:
    """Films beaten less films beaten by, each pair decided by the jurors who scored both."""
    data = _compare(observations)
    wins = data.wins()
    balance = np.sign(wins - wins.T).sum(axis=1)
    return dict(zip(data.film_ids, balance.tolist(), strict=True))


def threshold_schulze(observations: Sequence[Observation]) -> dict[str, float]:
    """The fifth with the best means, in the order of their strongest paths (Schulze, Social Choice
    and Welfare 36, 2011); all others behind them by their means."""
    means = raw_mean(observations)
    best = sorted(means, key=lambda film_id: (-means[film_id], film_id))
    kept = set(best[: max(round(THRESHOLD_SHARE * len(best)), 1)])
    data = _compare([o for o in observations if o.film_id in kept])
    wins = data.wins()
    paths = np.where(wins > wins.T, wins, 0.0)
    for via in range(len(paths)):
        paths = np.maximum(paths, np.minimum(paths[:, via, None], paths[None, via, :]))
    beaten = (paths > paths.T).sum(axis=1)
    among = dict(zip(data.film_ids, beaten.tolist(), strict=True))
    return {f: means[f] + (1.0 + among[f] if f in among else 0.0) for f in means}


def bradley_terry(observations: Sequence[Observation]) -> dict[str, float]:
    """Bradley and Terry, Biometrika 39, 1952, with a ridge, from each juror's own comparisons."""
    data = _compare(observations)

    def loss(strength: Floats) -> tuple[float, Floats]:
        gap = strength[data.better] - strength[data.worse]
        slope = -1.0 / (1.0 + np.exp(gap))
        gradient = RIDGE * strength
        np.add.at(gradient, data.better, slope)
        np.add.at(gradient, data.worse, -slope)
        value = np.logaddexp(0.0, -gap).sum() + RIDGE / 2.0 * (strength @ strength)
        return float(value), gradient

    found = minimize(loss, np.zeros(len(data.film_ids)), jac=True, method="L-BFGS-B")
    return dict(zip(data.film_ids, found.x.tolist(), strict=True))


def crowd_bt(observations: Sequence[Observation]) -> dict[str, float]:
    """Chen, Bennett, Collins-Thompson, Horvitz, Pairwise Ranking Aggregation in a Crowdsourced
    Setting, WSDM 2013: Bradley-Terry where each juror tells the truth with a probability of the
    juror's own; a ridge stands for the paper's virtual node."""
    data = _compare(observations)
    films, jurors = len(data.film_ids), len(data.juror_ids)
    prior_truth = 2.0

    def loss(point: Floats) -> tuple[float, Floats]:
        strength, truth = point[:films], 1.0 / (1.0 + np.exp(-point[films:]))
        said = 1.0 / (1.0 + np.exp(-(strength[data.better] - strength[data.worse])))
        honest = truth[data.juror]
        likelihood = honest * said + (1.0 - honest) * (1.0 - said)
        by_gap = -(2.0 * honest - 1.0) * said * (1.0 - said) / likelihood
        by_truth = -(2.0 * said - 1.0) * honest * (1.0 - honest) / likelihood
        off = point[films:] - prior_truth
        gradient = np.concatenate([RIDGE * strength, off])
        np.add.at(gradient, data.better, by_gap)
        np.add.at(gradient, data.worse, -by_gap)
        np.add.at(gradient, films + data.juror, by_truth)
        ridges = RIDGE / 2.0 * (strength @ strength) + (off @ off) / 2.0
        return float(ridges - np.log(likelihood).sum()), gradient

    start = np.concatenate([np.zeros(films), np.full(jurors, prior_truth)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    return dict(zip(data.film_ids, found.x[:films].tolist(), strict=True))


PEERS: Mapping[str, Peer] = {
    "raw_mean": raw_mean,
    "median": raw_median,
    "z_score": z_score,
    "copeland": copeland,
    "threshold_schulze": threshold_schulze,
    "bradley_terry": bradley_terry,
    "crowd_bt": crowd_bt,
}


def _by_film(observations: Iterable[Observation]) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for observation in observations:
        values.setdefault(observation.film_id, []).append(observation.value)
    return values


@dataclass(frozen=True)
class _Comparisons:
    """Every pair of films that a juror scored differently."""

    film_ids: list[str]
    juror_ids: list[str]
    better: Ints
    worse: Ints
    juror: Ints

    def wins(self) -> Floats:
        table = np.zeros((len(self.film_ids), len(self.film_ids)))
        np.add.at(table, (self.better, self.worse), 1.0)
        return table


def _compare(observations: Sequence[Observation]) -> _Comparisons:
    film_ids = sorted({observation.film_id for observation in observations})
    film_at = {film_id: index for index, film_id in enumerate(film_ids)}
    by_juror: dict[str, list[tuple[int, float]]] = {}
    for observation in observations:
        scores = by_juror.setdefault(observation.juror_id, [])
        scores.append((film_at[observation.film_id], observation.value))
    juror_ids = sorted(by_juror)
    blocks = [_pairs(by_juror[juror_id], index) for index, juror_id in enumerate(juror_ids)]
    better, worse, juror = np.concatenate(blocks, axis=1)
    return _Comparisons(film_ids, juror_ids, better, worse, juror)


def _pairs(scores: list[tuple[int, float]], juror: int) -> Ints:
    film = np.array([index for index, _ in scores], np.int64)
    value = np.array([value for _, value in scores])
    better, worse = np.nonzero(value[:, None] > value[None, :])
    return np.stack([film[better], film[worse], np.full(len(better), juror, np.int64)])
