import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.conflicts import Conflict, Source
from judging.errors import DuplicateId, DuplicateScore, NotANumber, UnknownFilm
from judging.ranking import rank
from judging.rounds import Score
from judging.rubric import Criterion, Rubric, weighted_mean
from judging.standings import TieRule

RUBRIC = Rubric((Criterion("story", minimum=0, maximum=10), Criterion("craft", 1, 0, 10, 1, True)))


def scored(**scores):
    return [
        Score(film_id, juror_id, {"story": value})
        for juror_id, given_ in scores.items()
        for film_id, value in given_.items()
    ]


def places(ranking):
    return {row.film_id: row.rank for row in ranking.rows}


def test_the_best_film_is_first_and_the_raw_mean_stands_beside():
    ranking = rank(RUBRIC, scored(a={"f": 9, "g": 4}, b={"f": 8, "g": 5}), films="fg", seed="s")
    first, second = ranking.rows
    assert (first.film_id, first.rank, first.raw_mean, first.reviews) == ("f", 1, 0.85, 2)
    assert (second.film_id, second.rank, second.raw_mean, second.reviews) == ("g", 2, 0.45, 2)
    assert first.official > second.official


def test_a_film_with_0_reviews_has_no_score_and_stands_last_with_a_wide_interval():
    scores = scored(a={f"f{n}": n for n in range(9)}, b={f"f{n}": n for n in range(9)})
    films = [f"f{n}" for n in range(9)] + ["new", "other"]
    ranking = rank(RUBRIC, scores, films=films, seed="s", shortlist_size=5)
    row = {row.film_id: row for row in ranking.rows}["new"]
    assert (row.rank, row.official, row.raw_mean, row.reviews) == (10, None, None, 0)
    assert row.rank_high - row.rank_low >= 8
    assert 0.1 < row.probability_shortlisted < 0.9
    assert places(ranking)["other"] == 10


def test_a_film_with_1_review_stands_nearer_the_middle_and_is_less_certain():
    chance = random.Random(5)
    panel = {j: {f"f{n}": min(10, n + chance.randint(0, 2)) for n in range(1, 9)} for j in "abc"}
    for juror, seen in panel.items():
        seen |= {"thrice": 7} | ({"once": 7} if juror == "a" else {})
    films = sorted(panel["a"])
    ranking = rank(RUBRIC, scored(**panel), films=films, seed="s")
    rows = {row.film_id: row for row in ranking.rows}
    once, thrice = rows["once"], rows["thrice"]
    assert (once.reviews, thrice.reviews) == (1, 3)
    assert once.raw_mean == thrice.raw_mean == 0.7
    assert once.official < thrice.official
    assert once.rank_high - once.rank_low > thrice.rank_high - thrice.rank_low


def test_random_clicking_shows_in_a_jurors_noise_and_weighs_little():
    chance = random.Random(3)
    films = [f"f{n:02}" for n in range(30)]
    careful = {film: round(1 + n * 0.28) for n, film in enumerate(films)}
    clicking = {film: chance.randint(0, 10) for film in films}
    scores = scored(a=careful, b=careful, c=careful, clicking=clicking)
    ranking = rank(RUBRIC, scores, films=films, seed="s")
    noise = {juror.juror_id: juror.noise for juror in ranking.jurors}
    assert noise["clicking"] > 3 * noise["a"]
    merit = {row.film_id: row.official for row in ranking.rows}
    assert all(merit[a] <= merit[b] for a in films for b in films if careful[b] - careful[a] > 1)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_refused(value):
    with pytest.raises(NotANumber):
        rank(RUBRIC, scored(a={"f": value}), films="f", seed="s")


@pytest.mark.parametrize("value", [0, 7, 10])
def test_all_scores_equal_is_one_great_tie(value):
    scores = scored(**{juror: dict.fromkeys("fgh", value) for juror in "abc"})
    ranking = rank(RUBRIC, scores, films="fgh", seed="s", shortlist_size=1)
    assert {(row.rank, row.official) for row in ranking.rows} == {(1, value / 10)}
    assert {juror.severity for juror in ranking.jurors} == {0}


def test_one_film_and_one_juror_is_a_ranking():
    (row,) = rank(RUBRIC, scored(a={"f": 7}), films="f", seed="s", shortlist_size=1).rows
    assert (row.rank, row.rank_low, row.rank_high, row.probability_shortlisted) == (1, 1, 1, 1)


def test_nobody_scored_anything():
    ranking = rank(RUBRIC, [], films="fg", seed="s")
    assert places(ranking) == {"f": 1, "g": 1}
    assert ranking.jurors == ()


def test_no_films():
    assert rank(RUBRIC, [], films=[], seed="s").rows == ()


def test_an_abstention_is_not_a_zero():
    scores = [*scored(a={"f": 9, "g": 6}), Score("f", "b", {"story": None})]
    assert rank(RUBRIC, scores, films="fg", seed="s").rows[0].reviews == 1


def test_a_score_on_a_conflict_does_not_count():
    scores = scored(a={"f": 1, "g": 6}, b={"f": 10, "g": 6})
    late = [Conflict("f", "b", Source.DECLARED, "cousin")]
    ranking = rank(RUBRIC, scores, films="fg", seed="s", conflicts=late)
    assert places(ranking) == {"g": 1, "f": 2}
    assert {row.film_id: row.reviews for row in ranking.rows} == {"f": 1, "g": 2}


def test_a_withdrawn_film_is_refused_unless_its_scores_are_left_out():
    with pytest.raises(UnknownFilm):
        rank(RUBRIC, scored(a={"f": 9, "g": 4}), films="f", seed="s")


def test_a_score_sent_twice_is_refused():
    with pytest.raises(DuplicateScore):
        rank(RUBRIC, scored(a={"f": 9}) * 2, films="f", seed="s")


def test_a_film_given_twice_is_refused():
    with pytest.raises(DuplicateId):
        rank(RUBRIC, [], films="ff", seed="s")


TIED = scored(a={"f": 7, "g": 7, "h": 3}, b={"f": 7, "g": 7, "h": 3})


def test_equal_films_share_a_place_and_the_next_is_left_out():
    assert places(rank(RUBRIC, TIED, films="fgh", seed="s")) == {"f": 1, "g": 1, "h": 3}


def test_a_lot_parts_a_tie_by_the_seed_and_not_by_the_name():
    winners = {
        rank(RUBRIC, TIED, films="fgh", seed=str(n), tie_rule=TieRule.LOT).rows[0].film_id
        for n in range(20)
    }
    assert winners == {"f", "g"}


def test_the_raw_mean_parts_only_what_the_official_score_does_not():
    by_raw = rank(RUBRIC, TIED, films="fgh", seed="s", tie_rule=TieRule.RAW_MEAN)
    assert places(by_raw) == {"f": 1, "g": 1, "h": 3}


def test_a_tie_of_1_ulp_between_jurors_is_a_tie():
    """The same three scores, summed in another order of jurors, give the same official score."""
    values = {"a": 1, "b": 2, "c": 4}
    scores = [Score("f", juror, {"story": value}) for juror, value in values.items()]
    turned = {"a": 4, "b": 1, "c": 2}
    scores += [Score("g", juror, {"story": value}) for juror, value in turned.items()]
    third = {"a": 2, "b": 4, "c": 1}
    scores += [Score("h", juror, {"story": value}) for juror, value in third.items()]
    assert set(places(rank(RUBRIC, scores, films="fgh", seed="s")).values()) == {1}


def test_a_tie_of_1_ulp_between_criteria_is_a_tie():
    """Three tenths of one criterion are as much as one tenth of the other, but for the last bit."""
    rubric = Rubric((Criterion("story", 0.1, 0, 10), Criterion("craft", 0.3, 0, 10)))
    scores = [
        Score("f", "a", {"story": 6, "craft": 0}),
        Score("g", "a", {"story": 0, "craft": 2}),
    ]
    one, other = (weighted_mean(rubric, score.values) for score in scores)
    assert 0 < abs(one - other) < 1e-15
    assert places(rank(rubric, scores, films="fg", seed="s")) == {"f": 1, "g": 1}


def test_groups_are_ranked_apart_and_calibrated_together():
    scores = scored(
        a={"f": 9, "g": 8, "x": 3, "y": 2},
        b={"f": 9, "g": 7, "x": 4, "y": 2},
    )
    groups = {"f": "old", "g": "old", "x": "young", "y": "young"}
    ranking = rank(
        RUBRIC, scores, films=groups, seed="s", groups=groups, shortlist_size={"young": 1}
    )
    assert [(row.group, row.rank, row.film_id) for row in ranking.rows] == [
        ("old", 1, "f"),
        ("old", 2, "g"),
        ("young", 1, "x"),
        ("young", 2, "y"),
    ]
    probability = {row.film_id: row.probability_shortlisted for row in ranking.rows}
    assert probability["f"] is None
    assert probability["x"] + probability["y"] == pytest.approx(1)


def test_probabilities_of_the_shortlist_sum_to_its_size():
    scores = scored(a={f"f{n}": n for n in range(10)}, b={f"f{n}": 10 - n for n in range(10)})
    films = [f"f{n}" for n in range(10)]
    ranking = rank(RUBRIC, scores, films=films, seed="s", shortlist_size=3)
    assert sum(row.probability_shortlisted for row in ranking.rows) == pytest.approx(3)
    assert all(1 <= row.rank_low <= row.rank_high <= 10 for row in ranking.rows)


def test_jurors_are_described():
    scores = scored(
        mild={f"f{n}": 5 + n % 5 for n in range(20)},
        harsh={f"f{n}": 3 + n % 5 for n in range(20)},
        flat={f"f{n}": 6 for n in range(20)},
    )
    jurors = {
        juror.juror_id: juror
        for juror in rank(RUBRIC, scores, films=[f"f{n}" for n in range(20)], seed="s").jurors
    }
    assert list(jurors) == ["flat", "harsh", "mild"]
    assert jurors["harsh"].severity > 0 > jurors["mild"].severity
    assert jurors["harsh"].severity_low < jurors["harsh"].severity < jurors["harsh"].severity_high
    assert (jurors["flat"].spread, jurors["flat"].share_equal) == (0, 1)
    assert (jurors["mild"].count, jurors["mild"].share_equal) == (20, 0.2)
    assert jurors["mild"].spread == pytest.approx(0.2**0.5 * 10**-0.5, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(shuffle=st.randoms(use_true_random=False), tie_rule=st.sampled_from(TieRule))
def test_row_order_changes_nothing_bit_for_bit(shuffle, tie_rule):
    scores = scored(
        a={"f": 9, "g": 4, "h": 4, "i": 1}, b={"f": 8, "h": 5, "i": 7}, c={"g": 5, "i": 2}
    )
    films = list("fghij")
    expected = rank(RUBRIC, scores, films=films, seed="s", shortlist_size=2, tie_rule=tie_rule)
    shuffle.shuffle(scores)
    shuffle.shuffle(films)
    found = rank(RUBRIC, scores, films=films, seed="s", shortlist_size=2, tie_rule=tie_rule)
    assert found == expected


def test_an_optional_criterion_that_was_reweighted_makes_another_ranking():
    scores = [
        Score("f", "a", {"story": 8, "craft": 2}),
        Score("g", "a", {"story": 5, "craft": 9}),
    ]
    story_only = Rubric((Criterion("story", 1, 0, 10), Criterion("craft", 0, 0, 10)))
    craft_first = Rubric((Criterion("story", 1, 0, 10), Criterion("craft", 3, 0, 10)))
    assert places(rank(story_only, scores, films="fg", seed="s")) == {"f": 1, "g": 2}
    assert places(rank(craft_first, scores, films="fg", seed="s")) == {"g": 1, "f": 2}
