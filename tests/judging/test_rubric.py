import math

import pytest

from judging.errors import NothingScored, RubricInvalid, ScoreOutsideRubric
from judging.rubric import Criterion, Rubric, validate, weighted_mean

STORY = Criterion("story", weight=2, minimum=1, maximum=5, step=0.5)
CRAFT = Criterion("craft", weight=1, minimum=0, maximum=10)
THEME = Criterion("theme", weight=1, minimum=1, maximum=5, optional=True)
RUBRIC = Rubric((STORY, CRAFT, THEME))


def test_the_mean_weighs_each_criterion_by_its_own_range():
    # story 3 of 1..5 is .5 (twice), craft 10 of 0..10 is 1, theme 1 of 1..5 is 0
    assert weighted_mean(RUBRIC, {"story": 3, "craft": 10, "theme": 1}) == pytest.approx(0.5)


def test_a_missing_criterion_takes_its_weight_with_it_and_is_not_zero():
    assert weighted_mean(RUBRIC, {"story": 3, "craft": 5, "theme": None}) == pytest.approx(0.5)
    assert weighted_mean(RUBRIC, {"story": 3, "craft": 5}) == pytest.approx(0.5)


def test_a_criterion_without_a_weight_counts_once_and_no_number_is_refused():
    rubric = Rubric((Criterion("story", weight=3, maximum=5), Criterion("craft", maximum=5)))
    assert weighted_mean(rubric, {"story": 5, "craft": 1}) == 0.75
    with pytest.raises(RubricInvalid) as refused:
        Rubric((STORY, Criterion("craft", weight=float("nan"))))
    assert (refused.value.key, refused.value.problem) == ("craft", "not a number")


def test_a_criterion_of_zero_weight_is_asked_but_does_not_count():
    rubric = Rubric((STORY, Criterion("hope", weight=0)))
    validate(rubric, {"story": 5, "hope": 1})
    assert weighted_mean(rubric, {"story": 5, "hope": 1}) == 1.0


@pytest.mark.parametrize("values", [{}, {"story": None}, {"hope": 7}])
def test_abstaining_is_not_zero(values):
    rubric = Rubric((STORY, Criterion("hope", weight=0)))
    with pytest.raises(NothingScored):
        weighted_mean(rubric, values)


@pytest.mark.parametrize(
    ("values", "key", "problem"),
    [
        ({"story": 3, "craft": 5, "style": 1}, "style", "unknown"),
        ({"story": 3}, "craft", "missing"),
        ({"story": None, "craft": 5}, "story", "missing"),
        ({"story": 0.5, "craft": 5}, "story", "below"),
        ({"story": 5.5, "craft": 5}, "story", "above"),
        ({"story": 3.25, "craft": 5}, "story", "step"),
        ({"story": 3, "craft": 5.5}, "craft", "step"),
        ({"story": math.nan, "craft": 5}, "story", "not a number"),
        ({"story": math.inf, "craft": 5}, "story", "not a number"),
    ],
)
def test_a_score_outside_the_rubric_is_refused_and_named(values, key, problem):
    with pytest.raises(ScoreOutsideRubric) as refused:
        validate(RUBRIC, values)
    assert (refused.value.key, refused.value.problem) == (key, problem)


def test_half_points_pass_where_the_rubric_allows_them():
    validate(RUBRIC, {"story": 3.5, "craft": 7})


def test_steps_that_are_not_exact_in_binary_pass():
    rubric = Rubric((Criterion("light", minimum=0, maximum=1, step=0.1),))
    for tenth in range(11):
        validate(rubric, {"light": tenth / 10})


def test_a_step_of_zero_allows_every_value_between():
    validate(Rubric((Criterion("light", step=0),)), {"light": 3.14159})


@pytest.mark.parametrize(
    ("criteria", "problem"),
    [
        ((), "no weight"),
        ((Criterion("a", weight=0), Criterion("b", weight=0)), "no weight"),
        ((Criterion("a"), Criterion("a")), "repeated"),
        ((Criterion("a", weight=-1),), "weight below zero"),
        ((Criterion("a", weight=math.nan),), "not a number"),
        ((Criterion("a", minimum=5, maximum=5),), "empty range"),
        ((Criterion("a", step=-1),), "step below zero"),
        ((Criterion("a", minimum=-1e308, maximum=1e308),), "not a number"),
        ((Criterion("a", weight=1e308), Criterion("b", weight=1e308)), "not a number"),
    ],
)
def test_a_rubric_that_cannot_be_scored_is_refused(criteria, problem):
    with pytest.raises(RubricInvalid) as refused:
        Rubric(criteria)
    assert refused.value.problem == problem


def test_a_criterion_that_does_not_apply_to_a_category_is_not_asked_there():
    rubric = Rubric((STORY, Criterion("research", categories=frozenset({"18-25"}))))
    assert [c.key for c in rubric.for_category("18-25").criteria] == ["story", "research"]
    assert [c.key for c in rubric.for_category("13-17").criteria] == ["story"]
    validate(rubric.for_category("13-17"), {"story": 4})
