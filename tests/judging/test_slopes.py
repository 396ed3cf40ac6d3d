"""Slopes are used where they are declared and true, and not where they are declared and false."""

from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import intervals
from judging.calibration import Observation, calibrate
from judging.errors import DuplicateScore
from judging.ranking import rank
from judging.rounds import Score
from judging.rubric import Criterion, Rubric
from judging.simulation import MODELS, Model, simulate, tau, true_ranks
from judging.slopes import calibrate_if_better, calibrate_with_slopes, compare

SIZE = {"films": 160, "jurors": 20, "reviews": 5}
PLAIN = Model(quality=0.08, leniency=0.04, noise=0.08)
"""No slopes, and nothing clipped at the ends of the scale, which looks like a slope."""
RUBRIC = Rubric((Criterion("story", minimum=0, maximum=1, step=0),))


@pytest.fixture(scope="module")
def sloped():
    return [simulate(MODELS["slopes"], seed=str(seed), **SIZE) for seed in range(3)]


def test_jurors_with_slopes_are_predicted_better_with_slopes(sloped):
    comparisons = [compare(world.observations, seed="s") for world in sloped]
    assert all(comparison.better for comparison in comparisons)
    assert fmean(c.with_slopes - c.without for c in comparisons) > 0.03
    assert comparisons[0].count == 800


def test_jurors_without_slopes_are_not_given_any():
    for seed in range(3):
        rows = simulate(PLAIN, seed=str(seed), **SIZE).observations
        calibration, comparison = calibrate_if_better(rows, seed="s")
        assert not comparison.better
        assert calibration == calibrate(rows)


def test_slopes_that_are_true_bring_the_ranking_nearer_to_the_truth(sloped):
    gains = [
        tau(calibrate_with_slopes(world.observations).official, world.quality)
        - tau(calibrate(world.observations).official, world.quality)
        for world in sloped
    ]
    assert fmean(gains) > 0.01


def test_90_percent_intervals_cover_the_truth_with_slopes_too(sloped):
    shares = []
    for seed, world in enumerate(sloped):
        films = sorted(world.quality)
        certainty = intervals.draw(
            world.observations,
            calibrate_with_slopes(world.observations),
            film_ids=films,
            groups=dict.fromkeys(films, ""),
            sizes={},
            seed=str(seed),
        )
        truth = true_ranks(world.quality)
        shares += [certainty.rank_low[f] <= truth[f] <= certainty.rank_high[f] for f in films]
    assert 0.87 <= fmean(shares) <= 0.93


def test_a_juror_who_spreads_films_apart_has_the_steeper_slope():
    films = [f"f{n:02}" for n in range(20)]
    flat = {film: 0.45 + 0.005 * n for n, film in enumerate(films)}
    steep = {film: 0.2 + 0.03 * n for n, film in enumerate(films)}
    usual = {film: 0.3 + 0.02 * n for n, film in enumerate(films)}
    scores = {"flat": flat, "steep": steep, "usual": usual, "other": usual}
    found = calibrate_with_slopes(
        Observation(film, juror, value)
        for juror, of in scores.items()
        for film, value in of.items()
    )
    assert found.slope["flat"] < found.slope["usual"] < found.slope["steep"]
    assert found.expected("f19", "steep") > found.expected("f19", "flat")


def test_slopes_are_used_only_where_they_were_declared(sloped):
    world = sloped[0]
    scores = [Score(o.film_id, o.juror_id, {"story": o.value}) for o in world.observations]
    silent, declared = (
        rank(RUBRIC, scores, films=world.quality, seed="s", slopes=slopes)
        for slopes in (False, True)
    )
    assert silent.comparison is None
    assert {juror.slope for juror in silent.jurors} == {1.0}
    assert declared.comparison.better
    assert len({juror.slope for juror in declared.jurors}) == 20
    assert [row.raw_mean for row in declared.rows] != [row.raw_mean for row in silent.rows]


@pytest.mark.parametrize("rows", [[], [Observation("f", "j", 0.5)]])
def test_too_little_to_compare_leaves_slopes_out(rows):
    calibration, comparison = calibrate_if_better(rows, seed="s")
    assert not comparison.better
    assert calibration == calibrate(rows)


def test_a_film_scored_twice_by_a_juror_is_refused():
    with pytest.raises(DuplicateScore):
        compare([Observation("f", "j", 0.5)] * 2, seed="s")


matrices = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("rstuv")),
    st.integers(0, 20).map(lambda steps: steps / 20),
    min_size=1,
)


@settings(max_examples=15, deadline=None)
@given(matrix=matrices, shuffle=st.randoms(use_true_random=False))
def test_row_order_changes_nothing_bit_for_bit(matrix, shuffle):
    rows = [Observation(film, juror, value) for (film, juror), value in matrix.items()]
    expected = compare(rows, seed="s"), calibrate_with_slopes(rows)
    shuffle.shuffle(rows)
    assert (compare(rows, seed="s"), calibrate_with_slopes(rows)) == expected
