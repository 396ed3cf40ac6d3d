import random

import pytest

from judging.calibration import Calibration, Observation, calibrate
from judging.diagnostics import (
    Effect,
    Viewing,
    flat,
    order_effect,
    own_organisation_effect,
    too_fast,
    undecided,
)
from judging.ranking import RankedFilm


def test_viewings_shorter_than_the_film_are_named():
    viewings = [
        Viewing("f", "b", 100, 200, 1),
        Viewing("f", "a", 179, 200, 1),
        Viewing("g", "a", 180, 200, 2),
    ]
    assert too_fast(viewings) == (viewings[1], viewings[0])


def test_flat_scoring_is_named_from_five_films_on():
    observations = [Observation(f"f{n}", "flat", 0.7) for n in range(5)]
    observations += [Observation(f"f{n}", "few", 0.7) for n in range(4)]
    observations += [Observation(f"f{n}", "fair", 0.1 * n) for n in range(6)]
    assert flat(observations) == ("flat",)


def test_scores_that_differ_in_the_last_bit_are_flat():
    values = (0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 0.3)
    assert flat([Observation(f"f{n}", "j", value) for n, value in enumerate(values)]) == ("j",)


def jury(bonus):
    """Eight jurors score forty films; `bonus(film number, juror number)` is added."""
    chance = random.Random(7)
    return [
        Observation(
            f"f{film:02}",
            f"j{juror}",
            0.3 + film / 100 + juror / 50 + chance.gauss(0, 0.03) + bonus(film, juror),
        )
        for film in range(40)
        for juror in range(8)
        if (film + juror) % 2
    ]


def test_a_juror_who_favours_the_own_organisation_is_seen():
    def own(film, juror):
        return film % 8 == juror + 1

    entered_by = {f"f{n:02}": frozenset({f"o{n % 8}"}) for n in range(40)}
    works_for = {f"j{n}": frozenset({f"o{n + 1}"}) for n in range(8)}
    fair, unfair = jury(lambda *_: 0), jury(lambda f, j: 0.2 * own(f, j))
    seen, unseen = (
        own_organisation_effect(rows, calibrate(rows), entered_by=entered_by, works_for=works_for)
        for rows in (unfair, fair)
    )
    assert seen.estimate > 0.1
    assert seen.estimate > 5 * seen.standard_error
    assert abs(unseen.estimate) < 3 * unseen.standard_error
    assert seen.count == sum(own(f, j) and (f + j) % 2 for f in range(40) for j in range(8))


def test_order_effects_of_a_jury_that_tires_are_seen():
    places = {
        (film, juror): 1 + (film * 7 + juror * 11) % 40 for film in range(40) for juror in range(8)
    }
    viewings = [
        Viewing(f"f{film:02}", f"j{juror}", 1, 1, place) for (film, juror), place in places.items()
    ]
    tired, awake = jury(lambda *at: -0.1 * places[at] / 40), jury(lambda *_: 0)
    seen = order_effect(tired, calibrate(tired), viewings)
    unseen = order_effect(awake, calibrate(awake), viewings)
    assert seen.estimate == pytest.approx(-0.1, abs=0.03)
    assert abs(unseen.estimate) < 3 * unseen.standard_error
    assert seen.count == 160


def test_the_interval_of_an_effect_is_students():
    """A line through 0, 1 and 5 rises by 5 and leaves 1.5 over: the error is sqrt(3)."""
    rows = [Observation(f"f{n}", "j", value) for n, value in enumerate((0.0, 1.0, 5.0))]
    flat_calibration = Calibration(
        0.0, dict.fromkeys(("f0", "f1", "f2"), 0.0), {"j": 0.0}, {"j": 1.0}, 1.0, 1.0, 1.0, 8.0
    )
    effect = order_effect(
        rows, flat_calibration, [Viewing(f"f{n}", "j", 1, 1, n + 1) for n in (0, 1, 2)]
    )
    assert effect.estimate == pytest.approx(5)
    assert effect.standard_error == pytest.approx(3**0.5)
    assert effect.high - effect.estimate == pytest.approx(6.3138 * 3**0.5, abs=0.001)
    assert effect.estimate - effect.low == pytest.approx(6.3138 * 3**0.5, abs=0.001)


def test_nothing_is_estimated_from_too_little():
    rows = [Observation("f", "j", 0.5)]
    calibration = calibrate(rows)
    assert order_effect(rows, calibration, []) == Effect(None, None, 0)
    assert order_effect(rows, calibration, [Viewing("f", "j", 1, 1, 1)]) == Effect(None, None, 0)
    assert own_organisation_effect(rows, calibration, entered_by={}, works_for={}) == Effect(
        None, None, 0
    )


def test_films_seen_at_one_and_the_same_place_tell_nothing_of_an_order():
    """A third, summed and divided again, is not a third: the slope would be made of rounding."""
    rows = [Observation("f", f"j{n}", value) for n, value in enumerate((0.1, 0.4, 0.8))]
    viewings = [Viewing("f", f"j{n}", 1, 1, 2) for n in range(3)]
    viewings += [Viewing("last", f"j{n}", 1, 1, 11) for n in range(3)]
    assert order_effect(rows, calibrate(rows), viewings) == Effect(None, None, 3)


def test_films_near_the_cut_are_undecided():
    chances = {"a": 1.0, "b": 0.9, "c": 0.89, "d": 0.5, "e": 0.1, "f": None}
    rows = [
        RankedFilm(film, "", place, 0.5, 0.5, 5, 1, 6, chance)
        for place, (film, chance) in enumerate(chances.items(), 1)
    ]
    assert undecided(rows[::-1]) == ("c", "d")
