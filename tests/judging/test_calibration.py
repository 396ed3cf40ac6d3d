import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.calibration import Observation, calibrate, recalibrate
from judging.errors import DuplicateScore, NotANumber


def seen(**scores):
    """Scores per juror as {film: value}."""
    return [
        Observation(film_id, juror_id, value)
        for juror_id, given_ in scores.items()
        for film_id, value in given_.items()
    ]


def test_without_scores_there_is_nothing():
    calibration = calibrate([])
    assert calibration.official == {}
    assert calibration.leniency == {}


def test_one_score_is_its_own_calibration():
    calibration = calibrate(seen(j={"f": 0.7}))
    assert calibration.official == {"f": 0.7}
    assert calibration.leniency == {"j": 0.0}


def test_a_harsh_juror_is_corrected():
    """Both films look equal to the raw mean; one of them met the harsh juror."""
    mild = {f"f{n}": 0.5 + 0.04 * n for n in range(8)}
    harsh = {film: value - 0.2 for film, value in mild.items() if film != "f3"}
    harsh["g"] = mild["f3"] - 0.2
    calibration = calibrate(seen(a=mild, b={**mild, "g": mild["f3"]}, c=harsh))
    assert calibration.leniency["c"] < -0.1
    assert calibration.leniency["a"] > 0.05
    assert calibration.official["g"] == pytest.approx(calibration.official["f3"], abs=0.02)


def test_a_noisy_juror_weighs_less():
    films = [f"f{n:02}" for n in range(20)]
    truth = {film: 0.3 + 0.02 * n for n, film in enumerate(films)}
    noisy = {film: truth[film] + (0.3 if n % 2 else -0.3) for n, film in enumerate(films)}
    calibration = calibrate(seen(a=truth, b=truth, c=noisy))
    assert calibration.noise["c"] > 1.5 * calibration.noise["a"]
    raw_gap = (noisy["f11"] - noisy["f10"] + 2 * (truth["f11"] - truth["f10"])) / 3
    assert calibration.official["f11"] - calibration.official["f10"] < raw_gap / 2


def test_a_juror_who_gives_everything_the_same_changes_no_order():
    films = {f"f{n}": 0.2 + 0.1 * n for n in range(6)}
    constant = dict.fromkeys(films, 0.9)
    calibration = calibrate(seen(a=films, b=films, c=constant))
    assert sorted(films, key=lambda film: calibration.official[film]) == list(films)
    assert calibration.leniency["c"] > calibration.leniency["a"]


def test_a_juror_with_one_score_is_believed_with_care():
    """The score of 1 lifts the film less than the raw mean does: it may be leniency or chance."""
    base = {f"f{n}": 0.5 for n in range(10)}
    calibration = calibrate(seen(a=base, b=base, c={"f0": 1.0}))
    assert 0.5 < calibration.official["f0"] < (0.5 + 0.5 + 1.0) / 3
    assert 0 < calibration.leniency["c"] < 0.5


def test_a_disconnected_graph_is_calibrated_within_what_is_known():
    """Nothing links the halves; shrinkage shares the difference between quality and leniency."""
    low = {f"l{n}": 0.3 + 0.02 * n for n in range(5)}
    high = {f"h{n}": 0.7 + 0.02 * n for n in range(5)}
    calibration = calibrate(seen(a=low, b=low, c=high, d=high))
    assert calibration.leniency["c"] > 0 > calibration.leniency["a"]
    assert calibration.official["h0"] > calibration.official["l0"]
    assert calibration.official["h0"] - calibration.official["l0"] < 0.4


def test_a_film_with_fewer_reviews_is_drawn_nearer_the_middle():
    base = {f"f{n}": 0.3 + 0.04 * n for n in range(10)}
    calibration = calibrate(seen(a={**base, "x": 0.9, "y": 0.9}, b={**base, "x": 0.9}))
    assert calibration.official["y"] < calibration.official["x"] < 0.9


def test_everybody_giving_the_same_gives_the_same():
    films = dict.fromkeys(("f", "g", "h"), 0.6)
    calibration = calibrate(seen(a=films, b=films))
    assert set(calibration.official.values()) == {0.6}


def test_a_film_scored_twice_by_a_juror_is_refused():
    with pytest.raises(DuplicateScore) as refused:
        calibrate([Observation("f", "j", 0.5), Observation("f", "j", 0.6)])
    assert (refused.value.film_id, refused.value.juror_id) == ("f", "j")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_refused_and_named(value):
    with pytest.raises(NotANumber) as refused:
        calibrate([Observation("f", "j", 0.5), Observation("g", "j", value)])
    assert (refused.value.film_id, refused.value.juror_id) == ("g", "j")


def test_ids_of_any_length_and_script_are_only_names():
    huge = "فيلم " * 100_000
    calibration = calibrate(seen(j={huge: 0.7, "f": 0.3}))
    assert calibration.official[huge] > calibration.official["f"]


def test_parts_that_agree_perfectly_and_share_nothing_are_carried_to_the_fixed_point():
    """The slowest case: what is quality and what is leniency is decided by the priors alone."""
    scores = seen(
        **{
            f"{part}{juror}": {
                f"{part}{n}": 0.3 + 0.4 * (part == "h") + 0.01 * n for n in range(30)
            }
            for part in "lh"
            for juror in range(5)
        }
    )
    again = recalibrate(scores, found := calibrate(scores))
    assert max(abs(again.official[f] - found.official[f]) for f in found.official) < 1e-7


def test_official_scores_satisfy_the_equations_of_the_model():
    """At the fixed point each quality is its precision-weighted, shrunk mean residual."""
    scores = seen(
        a={"f": 0.5, "g": 0.7, "h": 0.2}, b={"f": 0.6, "g": 0.9}, c={"g": 0.4, "h": 0.1, "i": 0.8}
    )
    found = calibrate(scores)
    for film_id, official in found.official.items():
        own = [row for row in scores if row.film_id == film_id]
        weights = [1 / found.noise[row.juror_id] ** 2 for row in own]
        residuals = [row.value - found.mean - found.leniency[row.juror_id] for row in own]
        expected = math.fsum(w * r for w, r in zip(weights, residuals, strict=True)) / (
            1 / found.quality_variance + math.fsum(weights)
        )
        assert official - found.mean == pytest.approx(expected, abs=1e-7)


values = st.integers(0, 20).map(lambda steps: steps / 20)
matrices = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("rstuv")), values, min_size=1
)


@settings(max_examples=60, deadline=None)
@given(matrix=matrices, shuffle=st.randoms(use_true_random=False))
def test_row_order_changes_nothing_bit_for_bit(matrix, shuffle):
    rows = [Observation(film, juror, value) for (film, juror), value in matrix.items()]
    expected = calibrate(rows)
    shuffle.shuffle(rows)
    assert calibrate(rows) == expected


@settings(max_examples=60, deadline=None)
@given(matrix=matrices, films=st.permutations("abcdefgh"), jurors=st.permutations("rstuv"))
def test_other_names_change_nothing_bit_for_bit(matrix, films, jurors):
    film_name = dict(zip("abcdefgh", films, strict=True))
    juror_name = dict(zip("rstuv", jurors, strict=True))
    one = calibrate(Observation(f, j, value) for (f, j), value in matrix.items())
    other = calibrate(
        Observation(film_name[f], juror_name[j], value) for (f, j), value in matrix.items()
    )
    assert {film_name[f]: value for f, value in one.official.items()} == other.official
    assert {juror_name[j]: value for j, value in one.leniency.items()} == other.leniency


@settings(max_examples=60, deadline=None)
@given(matrix=matrices)
def test_scores_stay_within_reach(matrix):
    found = calibrate(Observation(f, j, value) for (f, j), value in matrix.items())
    assert all(-0.5 < official < 1.5 for official in found.official.values())


@settings(max_examples=300, deadline=None)
@given(matrix=matrices, data=st.data())
def test_a_better_score_never_worsens_a_films_rank_at_fixed_variances(matrix, data):
    film, _ = at = data.draw(st.sampled_from(sorted(matrix)))
    better = data.draw(st.integers(0, 20)) / 20
    raised = {**matrix, at: max(matrix[at], better)}
    rows, others = (
        [Observation(f, j, value) for (f, j), value in m.items()] for m in (matrix, raised)
    )
    variances = calibrate(rows)
    before, after = (recalibrate(r, variances).official for r in (rows, others))
    assert all(
        after[film] - after[other] >= before[film] - before[other] - 3e-9
        for other in before
        if other != film
    )


def test_the_same_variances_give_the_same_scores():
    rows = seen(a={"f": 0.5, "g": 0.7, "h": 0.2}, b={"f": 0.6, "g": 0.9}, c={"g": 0.4, "h": 0.1})
    found = calibrate(rows)
    assert recalibrate(rows, found).official == pytest.approx(found.official, abs=1e-7)
    stranger = recalibrate(seen(z={"f": 0.5, "g": 0.7}), found)
    assert stranger.noise["z"] == pytest.approx(found.noise_variance**0.5, abs=1e-9)
