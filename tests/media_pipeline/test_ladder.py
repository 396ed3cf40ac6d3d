"""Which outputs a film gets."""

from dataclasses import replace
from fractions import Fraction

import pytest

from media_pipeline import ladder
from media_pipeline.ladder import plan, rate_of, rungs_for, size_within
from media_pipeline.source import Audio, Colour, Source, snapped_rate

FILM = Source(
    demuxer="mov",
    duration_s=300.0,
    picture_s=300.0,
    width=1920,
    height=1080,
    coded_width=1920,
    coded_height=1080,
    rotation=0,
    mirrored=False,
    frame_rate="25/1",
    average_frame_rate="25/1",
    variable_rate=False,
    pix_fmt="yuv420p",
    alpha=False,
    colour=Colour(),
    hdr=None,
    interlaced=False,
    video_codec="h264",
    audio=Audio("aac", 2, "stereo", 48000),
    loudness=None,
)


def sized(width, height):
    return replace(FILM, width=width, height=height)


def test_a_whole_film_gets_everything_and_the_playable_first():
    names = {group: [o.name for o in plan(FILM) if o.group == group] for group in ladder.GROUPS}
    assert names == {
        "first": [
            *("poster.jpg", "still-320.jpg", "still-320.webp", "still-640.jpg", "still-640.webp"),
            *("240.mp4", "hls-240.mp4", "480.mp4", "hls-480.mp4", "hls-audio.mp4"),
        ],
        "rest": [
            *("1080.mp4", "hls-1080.mp4", "720.mp4", "hls-720.mp4", "360.mp4", "hls-360.mp4"),
            *("storyboard.jpg", "storyboard.vtt", "audio.m4a"),
        ],
    }


@pytest.mark.parametrize(
    ("width", "height", "rungs"),
    [
        (3840, 2160, [240, 360, 480, 720, 1080]),
        (1080, 1920, [240, 360, 480, 720, 1080]),
        (1920, 800, [240, 360, 480, 720, 1080]),
        (1280, 720, [240, 360, 480, 720]),
        (1280, 730, [240, 360, 480, 720]),
        (640, 272, [240, 360]),
        (426, 240, [240]),
        (176, 144, [144]),
        (100, 81, [80]),
    ],
)
def test_rungs_bound_the_short_side_and_never_enlarge(width, height, rungs):
    film = sized(width, height)
    assert [rung.short_side for rung in rungs_for(film)] == rungs
    for output in plan(film):
        if output.rung and output.width and output.height:
            assert output.width <= width + 1
            assert output.height <= height + 1
            assert output.width % 2 == output.height % 2 == 0


@pytest.mark.parametrize(
    ("size", "bound", "expected"),
    [
        ((1920, 1080), 720, (1280, 720)),
        ((1080, 1920), 240, (240, 426)),
        ((427, 241), 240, (426, 240)),
        ((640, 272), 360, (640, 272)),
        ((7680, 100), 240, (7680, 100)),
    ],
)
def test_sizes_are_even_and_keep_the_shape(size, bound, expected):
    assert size_within(sized(*size), bound) == expected


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ((1920, 1080), ["240-av1.mp4", "480-av1.mp4", "1080-av1.mp4"]),
        ((1280, 720), ["240-av1.mp4", "480-av1.mp4"]),
        ((176, 144), []),
    ],
)
def test_modern_rungs_come_last_and_only_when_asked_for(size, names):
    film = sized(*size)
    assert [o.name for o in plan(film, modern=True) if o.group == "modern"] == names
    assert plan(film, modern=True)[: len(plan(film))] == plan(film)
    assert {o.group for o in plan(film)} == {"first", "rest"}


def test_a_film_without_sound_gets_no_sound_files():
    names = {output.name for output in plan(replace(FILM, audio=None))}
    assert {"hls-audio.mp4", "audio.m4a"}.isdisjoint(names)


def test_the_small_rung_halves_high_frame_rates():
    small, medium = rungs_for(FILM)[:2]
    fast = replace(FILM, frame_rate="60000/1001")
    assert rate_of(fast, small) == Fraction(30000, 1001)
    assert rate_of(fast, medium) == Fraction(60000, 1001)
    assert rate_of(FILM, small) == 25


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("SCALER", "bicubic"), {"1080.mp4", "1080-av1.mp4"}),
        (("REMUX", {"keyframe_s": 2}), {"1080.mp4"}),
        (("MODERN_ENCODER", {"codec": "libsvtav1", "preset": 1}), {"1080-av1.mp4"}),
    ],
)
def test_whatever_shapes_a_picture_is_part_of_its_recipe(monkeypatch, change, changed):
    def digests():
        return {o.name: o.recipe_digest for o in plan(FILM, modern=True)}

    before = digests()
    monkeypatch.setattr(ladder, *change)
    differing = {name for name, digest in digests().items() if digest != before[name]}
    assert differing & {"1080.mp4", "1080-av1.mp4", "audio.m4a"} == changed


def test_a_recipe_has_one_digest_whatever_the_film_and_another_when_it_changes(monkeypatch):
    before = {o.name: o.recipe_digest for o in plan(FILM)}
    assert before == {o.name: o.recipe_digest for o in plan(replace(FILM, duration_s=10.0))}
    assert len(set(before.values())) == len(before)
    monkeypatch.setitem(ladder.ENCODER, "preset", "slow")
    after = {o.name: o.recipe_digest for o in plan(FILM)}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {name for name in before if name.endswith("0.mp4")}


@pytest.mark.parametrize(
    ("average", "expected"),
    [
        ("25", "25"),
        ("24000/1001", "24000/1001"),
        ("2997/100", "30000/1001"),
        ("519168/19667", "30000/1001"),
        ("12", "24"),
        ("15", "30"),
        ("20", "60"),
        ("120", "60"),
        ("100", "50"),
        ("48", "50"),
        ("1000000", "60"),
        ("1/2", "24"),
        ("5994/100", "60000/1001"),
        ("5999/100", "60"),
    ],
)
def test_rates_snap_to_standard_ones(average, expected):
    assert snapped_rate(Fraction(average)) == Fraction(expected)


def test_a_storyboard_has_at_most_a_hundred_tiles():
    assert ladder.storyboard_grid(FILM) == (10, 10, 3.0)
    assert ladder.storyboard_grid(replace(FILM, duration_s=5.2)) == (5, 1, 1.0)
    assert ladder.storyboard_grid(replace(FILM, duration_s=0.4)) == (1, 1, 1.0)
