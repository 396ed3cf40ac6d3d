"""The first look for flashes, on pictures of which every pixel is known."""

from collections.abc import Callable

import numpy as np
import pytest

from media_pipeline.flashes import HEIGHT, WIDTH, Span, find_flashes

RATE = 50.0
DARK, LIGHT = 40, 235


def film(
    value: Callable[[float], float], seconds: float = 4, area: float = 1.0, rest: int = DARK
) -> np.ndarray:
    """Pictures whose uppermost part has this luma at a time; the rest does not change."""
    pictures = np.full((int(seconds * RATE), HEIGHT, WIDTH), rest, np.uint8)
    for number in range(len(pictures)):
        pictures[number, : round(area * HEIGHT)] = round(value(number / RATE))
    return pictures


def blinking(
    per_s: float, dark: int = DARK, light: int = LIGHT, until_s: float = 9
) -> Callable[[float], float]:
    return lambda at_s: light if at_s < until_s and (at_s * per_s) % 1 >= 0.5 else dark


def test_five_flashes_a_second_are_found_where_they_are() -> None:
    (span,) = find_flashes(film(blinking(5, until_s=2)), RATE)
    assert span.start_s == pytest.approx(0.1, abs=0.03)
    assert span.end_s == pytest.approx(2.0, abs=0.03)


@pytest.mark.parametrize("per_s", [1, 2, 3])
def test_up_to_three_flashes_a_second_are_allowed(per_s: float) -> None:
    assert find_flashes(film(blinking(per_s)), RATE) == []


@pytest.mark.parametrize(("per_s", "rate"), [(4, 25.0), (4, 50.0), (12, 50.0), (12.5, 25.0)])
def test_more_than_three_are_found_at_every_picture_rate(per_s: float, rate: float) -> None:
    pictures = film(blinking(per_s))[:: round(RATE / rate)]
    assert len(find_flashes(pictures, rate)) == 1


@pytest.mark.parametrize(("area", "found"), [(0.2, 0), (0.3, 1)])
def test_a_quarter_of_the_picture_counts(area: float, found: int) -> None:
    assert len(find_flashes(film(blinking(6), area=area), RATE)) == found


def test_small_changes_and_changes_between_bright_pictures_do_not_count() -> None:
    assert find_flashes(film(blinking(6, dark=100, light=112)), RATE) == []
    assert find_flashes(film(blinking(6, dark=220, light=235)), RATE) == []


def test_flashes_that_swell_and_fade_count_as_well() -> None:
    middle, half = (DARK + LIGHT) / 2, (LIGHT - DARK) / 2
    swelling = film(lambda at_s: middle - half * np.cos(2 * np.pi * 5 * at_s))
    assert len(find_flashes(swelling, RATE)) == 1


def test_one_slow_fade_is_no_flash() -> None:
    assert find_flashes(film(lambda at_s: DARK + (LIGHT - DARK) * at_s / 4), RATE) == []


def test_flashes_apart_are_spans_apart() -> None:
    def value(at_s: float) -> float:
        return blinking(5)(at_s) if at_s % 4 < 1.5 else DARK

    spans = find_flashes(film(value, seconds=8), RATE)
    assert [round(span.start_s) for span in spans] == [0, 4]
    assert all(isinstance(span, Span) and span.end_s - span.start_s < 2 for span in spans)


def test_a_film_without_pictures_has_no_flashes() -> None:
    assert find_flashes(np.zeros((0, HEIGHT, WIDTH), np.uint8), RATE) == []
