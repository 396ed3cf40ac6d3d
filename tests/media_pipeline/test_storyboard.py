"""The sheet of small pictures and its map."""

import re

import numpy as np
import pytest

from media_pipeline.graph import Sheet
from media_pipeline.storyboard import storyboard_webvtt, timestamp

CUE = re.compile(r"(\S+) --> (\S+)\nstoryboard\.jpg#xywh=(\d+),(\d+),(\d+),(\d+)")


def test_the_map_names_a_tile_for_every_moment():
    text = storyboard_webvtt(Sheet((160, 90), 3, 2, 10.0), 47.5)
    cues = CUE.findall(text)
    assert [(begin, end) for begin, end, *_ in cues] == [
        ("00:00:00.000", "00:00:10.000"),
        ("00:00:10.000", "00:00:20.000"),
        ("00:00:20.000", "00:00:30.000"),
        ("00:00:30.000", "00:00:47.500"),
    ]
    assert [tuple(map(int, place)) for _, _, *place in cues] == [
        (0, 0, 160, 90),
        (160, 0, 160, 90),
        (320, 0, 160, 90),
        (0, 90, 160, 90),
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00:00.000"), (59.9996, "00:01:00.000"), (3661.5, "01:01:01.500")]
)
def test_times_are_written_as_webvtt_has_them(seconds, text):
    assert timestamp(seconds) == text


@pytest.mark.parametrize(("name", "tile"), [("moving", (160, 90)), ("portrait", (90, 160))])
def test_tiles_keep_the_shape_of_the_film_and_the_map_fits_the_sheet(passed, look, name, tile):
    made = passed(name).made
    details = made["storyboard.jpg"].details
    assert (details["tile_width"], details["tile_height"]) == tile
    width, height = look.size(made["storyboard.jpg"].path)
    cues = CUE.findall(made["storyboard.vtt"].path.read_text())
    assert len(cues) == details["count"]
    for _, _, *place in cues:
        left, top, tile_width, tile_height = map(int, place)
        assert (tile_width, tile_height) == tile
        assert left + tile_width <= width
        assert top + tile_height <= height


def test_a_tile_of_a_portrait_film_stands_upright(passed, look):
    """Its four corners are those of the film, not of a picture pressed into another shape."""
    made = passed("portrait").made
    sheet = look.picture(made["storyboard.jpg"].path, at_s=0)
    tile = sheet[:160, :90].astype(int)
    corners = {(8, 5): (255, 0, 0), (8, 84): (0, 255, 0), (150, 5): (0, 0, 255)}
    for (y, x), colour in corners.items():
        assert np.abs(tile[y, x] - colour).max() < 60


def test_sound_that_outlasts_the_pictures_has_the_last_of_them(passed, look):
    made = passed("outlasted").made["storyboard.jpg"]
    middles = tile_middles(look.picture(made.path, at_s=0).astype(int), made.details)
    assert middles == pytest.approx([126] * 8, abs=6)


def test_each_tile_shows_a_moment_of_its_own_seconds(passed, look):
    """Of a film that grows brighter evenly for eight seconds, from black to white."""
    made = passed("brightening").made["storyboard.jpg"]
    middles = tile_middles(look.picture(made.path, at_s=0).astype(int), made.details)
    seconds = [middle / 255 * 8 for middle in middles]
    assert len(seconds) == 8
    assert [int(second) for second in seconds] == list(range(8))


def tile_middles(sheet, details):
    width, height = details["tile_width"], details["tile_height"]
    places = [divmod(index, details["columns"]) for index in range(details["count"])]
    return [
        float(sheet[row * height + height // 2, column * width + width // 2].mean())
        for row, column in places
    ]
