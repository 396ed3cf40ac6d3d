"""The gates that the ranking has to pass wherever the truth is known."""

from dataclasses import dataclass
from statistics import fmean

import pytest

from judging import intervals
from judging.calibration import calibrate
from judging.rounds import Pair
from judging.simulation import MODELS, hit_rate, simulate, tau, true_ranks

SEEDS = range(6)
SIZE = {"films": 240, "jurors": 30, "reviews": 5}


@dataclass(frozen=True)
class Measured:
    calibrated: float
    raw: float
    coverage: float


def measure(name):
    """Means over the seeds."""
    runs = [measure_once(name, str(seed)) for seed in SEEDS]
    return Measured(*(fmean(column) for column in zip(*runs, strict=True)))


def measure_once(name, seed):
    world = simulate(MODELS[name], seed=seed, **SIZE)
    calibration = calibrate(world.observations)
    values = {}
    for row in world.observations:
        values.setdefault(row.film_id, []).append(row.value)
    film_ids = sorted(world.quality)
    certainty = intervals.draw(
        world.observations,
        calibration,
        film_ids=film_ids,
        groups=dict.fromkeys(film_ids, ""),
        sizes={"": 12},
        seed=seed,
    )
    truth = true_ranks(world.quality)
    covered = [
        certainty.rank_low[film] <= truth[film] <= certainty.rank_high[film] for film in film_ids
    ]
    raw = {film: fmean(given) for film, given in values.items()}
    return tau(calibration.official, world.quality), tau(raw, world.quality), fmean(covered)


@pytest.fixture(scope="module")
def measured():
    kept = {}

    def get(name):
        if name not in kept:
            kept[name] = measure(name)
        return kept[name]

    return get


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"sorted_by_quality"}))
def test_90_percent_intervals_cover_the_truth_as_often_as_they_say(measured, name):
    assert 0.87 <= measured(name).coverage <= 0.93


def test_biased_jurors_cost_the_raw_mean_much_more_than_the_calibrated_score(measured):
    assert measured("biased").calibrated >= measured("biased").raw + 0.05


def test_without_bias_calibrating_costs_next_to_nothing(measured):
    assert measured("unbiased").calibrated >= measured("unbiased").raw - 0.03


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"sorted_by_quality", "unbiased"}))
def test_it_is_better_than_the_raw_mean_under(measured, name):
    assert measured(name).calibrated > measured(name).raw


def test_films_sorted_by_quality_among_jurors_are_beyond_repair(measured):
    """Why the assignment mixes: what was not mixed cannot be calibrated."""
    assert measured("sorted_by_quality").calibrated < measured("biased").calibrated - 0.1


def test_a_round_may_be_simulated_on_given_pairs():
    pairs = [Pair("film00000", "juror001"), Pair("film00001", "juror000")]
    world = simulate(MODELS["biased"], seed="1", films=2, jurors=2, pairs=pairs)
    assert [Pair(row.film_id, row.juror_id) for row in world.observations] == pairs


def test_the_same_seed_simulates_the_same_round():
    one, other = (simulate(MODELS["biased"], seed="1", **SIZE) for _ in range(2))
    assert one == other


def test_the_hit_rate_counts_the_best_twentieth():
    quality = {f"f{n:02}": float(n) for n in range(40)}
    assert hit_rate(quality, quality) == 1.0
    assert hit_rate({film: -value for film, value in quality.items()}, quality) == 0.0
    assert hit_rate({**quality, "f39": 0.0}, quality) == 0.5
