"""Times of pictures and sounds, read without decoding."""

from fractions import Fraction

import pytest

from media_pipeline.packets import read_packets
from media_pipeline.probe import probe


@pytest.fixture
def packets(films, judged):
    def read(name):
        path = films.get(name)
        probed = probe(path, judged(name).source.demuxer)
        return read_packets(path, probed, probed.picture)

    return read


def test_a_film_with_an_even_rate(packets):
    found = packets("plain")
    assert len(found.picture_times) == 75
    assert found.picture_times[:3] == pytest.approx((0, 0.04, 0.08))
    assert (found.picture_end_s, found.sound_end_s) == (
        pytest.approx(3),
        pytest.approx(3, abs=0.03),
    )
    assert (found.variable_rate, found.average_rate, found.jumps) == (False, Fraction(25), False)
    assert found.key_times[0] == 0


def test_pictures_that_are_left_out_make_a_rate_variable(packets):
    found = packets("uneven_rate")
    assert found.variable_rate
    assert found.average_rate < 30


def test_one_late_picture_does_not(packets):
    assert not packets("avi").variable_rate


@pytest.mark.parametrize("name", ["late_start", "clock_wraps", "early"])
def test_times_are_counted_from_the_beginning_of_the_film(packets, name):
    assert packets(name).picture_times[0] == pytest.approx(0, abs=0.05)


def test_pictures_before_an_edit_are_not_counted(packets):
    found = packets("edited")
    assert found.picture_times[0] >= 0
    assert found.picture_end_s == pytest.approx(2.5, abs=0.05)


def test_a_clock_that_is_set_anew_goes_on(packets):
    found = packets("clock_jumps")
    assert found.jumps
    assert found.picture_end_s == pytest.approx(6, abs=0.1)
    assert len(found.picture_times) == 150


def test_sound_that_ends_early_ends_early(packets):
    found = packets("short_sound")
    assert (found.picture_end_s, found.sound_end_s) == (3, pytest.approx(1.6, abs=0.05))
    assert packets("silent_film").sound_end_s == 0
