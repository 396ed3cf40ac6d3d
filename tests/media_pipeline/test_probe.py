"""What ffprobe says, read with suspicion."""

import pytest

from media_pipeline import magic
from media_pipeline.probe import has_own_clock, probe, seconds


def picture_of(films, name):
    path = films.get(name)
    return probe(path, magic.demuxer_of(path)).picture


@pytest.mark.parametrize(
    ("name", "rotation", "mirrored"),
    [
        ("plain", 0, False),
        ("turned_90", 90, False),
        ("turned_180", 180, False),
        ("turned_270", 270, False),
        ("mirrored", 0, True),
        ("turned_and_mirrored", 90, True),
        ("askew", 0, False),
        ("nearly_turned", 90, False),
    ],
)
def test_any_angle_becomes_the_nearest_right_one(films, name, rotation, mirrored):
    picture = picture_of(films, name)
    assert (picture.rotation, picture.mirrored) == (rotation, mirrored)


def test_how_far_an_angle_is_from_a_right_one_is_told(films):
    off = {n: picture_of(films, n).askew_degrees for n in ("turned_90", "askew", "nearly_turned")}
    assert off == pytest.approx({"turned_90": 0.0, "askew": 10.0, "nearly_turned": 10.0}, abs=0.01)
    assert picture_of(films, "turned_and_mirrored").askew_degrees == pytest.approx(0.0, abs=0.01)


def test_a_rate_that_no_camera_has_is_not_believed(films):
    assert picture_of(films, "million").average_rate is None
    assert picture_of(films, "plain").average_rate == 25


def test_a_cover_before_the_film_is_passed_over(films):
    found = probe(films.get("cover_first"), "mov")
    assert (found.picture.codec, found.picture.index > 0, found.streams) == ("h264", True, 3)


def test_data_is_passed_over(films):
    found = probe(films.get("with_data"), "mov")
    assert (found.picture.codec, found.audio.codec, found.streams) == ("h264", "aac", 6)


def test_fields_are_told_where_the_file_tells_them(films):
    told = {
        n: picture_of(films, n).interlaced for n in ("plain", "interlaced", "interlaced_untold")
    }
    assert told == {"plain": False, "interlaced": True, "interlaced_untold": None}


@pytest.mark.parametrize(
    ("text", "expected"), [("1.5", 1.5), ("-2", -2.0), ("N/A", None), ("", None), ("inf", None)]
)
def test_times_are_numbers_or_unknown(text, expected):
    assert seconds(text) == expected


def test_broadcasting_has_a_clock_of_its_own():
    assert has_own_clock("mpegts")
    assert not has_own_clock("mov")
