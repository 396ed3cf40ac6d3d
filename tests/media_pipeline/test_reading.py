"""Every kind of file that goes in, looked at and listened to when it has come out."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from media_pipeline import examination
from media_pipeline.encode import make
from media_pipeline.ladder import plan
from media_pipeline.probe import probe
from media_pipeline.sampling import sample
from media_pipeline.verdict import Limits, inspect
from media_pipeline.verify import verify
from tests.media_pipeline.conftest import Passed
from tests.media_pipeline.making import FLASH_S, Shared, run_ffmpeg
from tests.media_pipeline.strange_films import HDR_PATCHES
from tests.seldom import seldom

UPRIGHT = ["red", "lime", "blue", "white"]
SOUND = "hls-audio.mp4"
WIDE, HIGH = (426, 240), (240, 426)


@pytest.fixture(scope="session")
def small(films, judged, run_folder):
    """Films after inspection, with one small rung only, each made once per test run."""
    shared = Shared(run_folder / "small")

    def make_one(name, output):
        source = judged(name).source
        planned = [each for each in plan(source) if each.name == output]
        folder = shared.folder(f"{name}-{output}-made")
        return make(
            "first", planned, films.get(name), source, folder, on_progress=lambda share: None
        )

    def pass_through(name, output="240.mp4"):
        (made,) = shared.once(f"{name}-{output}", lambda: make_one(name, output))
        return Passed(films.get(name), judged(name), {made.name: made})

    return pass_through


@pytest.mark.parametrize(
    ("name", "size", "corners"),
    [
        ("turned_and_mirrored", HIGH, ["red", "blue", "lime", "white"]),
        ("nearly_turned", HIGH, ["blue", "red", "white", "lime"]),
        ("cover_first", WIDE, UPRIGHT),
        ("edited", WIDE, UPRIGHT),
        ("ten_bit", WIDE, UPRIGHT),
        *seldom(
            ("askew", WIDE, UPRIGHT),
            ("with_data", WIDE, UPRIGHT),
            ("million", WIDE, UPRIGHT),
            ("early", WIDE, UPRIGHT),
            ("clock_wraps", WIDE, UPRIGHT),
            ("four_two_two", WIDE, UPRIGHT),
        ),
    ],
)
def test_a_film_stands_as_its_maker_saw_it(small, look, name, size, corners):
    made = small(name).made["240.mp4"].path
    assert look.size(made) == size
    assert look.corners(made) == corners


@pytest.mark.parametrize("name", ["turned_90", "turned_180", "turned_and_mirrored", "mirrored"])
def test_a_right_angle_is_turned_as_players_turn_it(films, small, look, name, tmp_path):
    played = tmp_path / "played.mp4"
    run_ffmpeg("-i", films.get(name), "-t", 1, played)
    assert look.corners(small(name).made["240.mp4"].path) == look.corners(played)


@pytest.mark.parametrize(
    ("name", "flash_s", "length_s"),
    [
        ("edited", 0.5, 2.5),
        ("early", 0.7, 2.7),
        ("late_sound", 1.0, 3.0),
        ("late_picture", 1.0, 3.0),
        ("clock_wraps", 1.0, 3.0),
        ("clock_jumps", 1.0, 6.0),
        ("million", 1.0, 3.0),
        ("with_data", 1.0, 3.0),
        ("cover_first", 1.0, 3.0),
        ("ten_bit", 1.0, 2.0),
    ],
)
def test_sound_and_picture_stay_together_and_whole(small, look, name, flash_s, length_s):
    film = small(name)
    made = film.made["240.mp4"]
    assert abs(look.flash_s(made.path) - look.beep_s(made.path)) <= 0.04
    assert look.flash_s(made.path) == pytest.approx(flash_s, abs=0.05)
    assert film.source.duration_s == pytest.approx(length_s, abs=0.1)
    assert made.details["duration_s"] == pytest.approx(length_s, abs=0.15)


@pytest.mark.parametrize(
    ("name", "rate", "frames"),
    [
        ("held_end", "25/1", 174),
        ("slides", "24/1", 240),
        ("one_picture", "24/1", 144),
        ("moment", "25/1", 1),
    ],
)
def test_a_last_picture_that_is_held_is_shown_as_long_as_the_file_says(
    films, judged, small, look, name, rate, frames
):
    film = small(name)
    made = film.made["240.mp4"].path
    assert [each.code for each in judged(name).findings if each.severity == "refused"] == []
    assert "truncated" not in {each.code for each in judged(name).findings}
    assert film.source.frame_rate == rate
    assert look.streams(made)[0]["nb_frames"] == str(frames)
    length_s = frames * float(1 / film.source.rate)
    assert film.source.picture_s == pytest.approx(length_s, abs=0.001)
    found = examination.examine(films.get(name), film.source, on_progress=lambda share: None)
    assert found.findings == ()
    assert found.duration_s == pytest.approx(film.source.duration_s, abs=0.03)


@pytest.mark.parametrize("name", ["moment", "outlasted", *seldom("held_end", "one_picture")])
def test_what_is_made_of_a_film_that_stands_still_holds(passed, name):
    film = passed(name)
    for made in film.made.values():
        verify(made, film.source, tuple(film.made.values()))


def test_what_comes_from_the_centre_alone_is_heard_from_both_sides(small, look):
    """Each side gets it 3 dB lower (ITU-R BS.775), then all is brought to its loudness."""
    film, plain = small("centre_only", SOUND), small("plain", SOUND)
    assert (film.source.audio.layout, plain.source.audio.layout) == ("5.1", "stereo")
    quieter = film.source.loudness.integrated - plain.source.loudness.integrated
    assert quieter == pytest.approx(-3.0, abs=0.3)
    heard, wanted = (level_of_beep(look.sides(each.made[SOUND].path)) for each in (film, plain))
    assert wanted.min() > 3000
    assert 20 * np.log10(heard / wanted) == pytest.approx([0.0, 0.0], abs=0.5)
    assert abs(look.beep_s(film.made[SOUND].path) - 1.0) <= 0.04


def test_sides_that_lie_in_a_track_each_are_heard_from_their_sides(films, small, look):
    film = small("sides_apart", SOUND)
    assert film.source.loudness is not None
    assert "silent" not in film.codes
    left, right = level_of_beep(look.sides(film.made[SOUND].path))
    assert right > 3000
    assert left < right / 1000
    found = examination.examine(films.get("sides_apart"), film.source, on_progress=lambda _: None)
    assert found.findings == ()


def test_of_two_languages_the_first_is_heard(judged):
    assert judged("two_languages").source.audio.sides_apart is False
    assert "silent" in {each.code for each in judged("two_languages").findings}


def test_sound_whose_channels_change_on_the_way_is_measured_and_levelled_as_one(films, small):
    """EBU R128 leaves the quiet half out: all of it is as loud as its loud half."""
    film = small("layout_changes")
    loud_half = inspect(films.path("layout_changes-1.ts"), Limits()).source
    assert loud_half.audio.layout.startswith("5.1")
    assert film.source.duration_s == pytest.approx(8.0, abs=0.1)
    assert film.source.loudness.integrated == pytest.approx(loud_half.loudness.integrated, abs=0.3)
    made = film.made["240.mp4"]
    verify(made, film.source, (made,))


def level_of_beep(sides):
    """The root mean square of each side in the middle of the beep."""
    begin, end = (int(48000 * (FLASH_S + after_s)) for after_s in (0.1, 0.2))
    return np.sqrt((sides[begin:end] ** 2).mean(axis=0))


def test_a_file_without_a_sane_rate_is_made_at_the_rate_of_its_pictures(small, look):
    film = small("million")
    assert (film.source.frame_rate, film.source.average_frame_rate) == ("25/1", "25/1")
    picture = look.streams(film.made["240.mp4"].path)[0]
    assert (picture["r_frame_rate"], picture["nb_frames"]) == ("25/1", "75")


@pytest.mark.parametrize(
    ("name", "pix_fmt"), [("ten_bit", "yuv422p10le"), ("four_two_two", "yuv422p")]
)
def test_deep_and_dense_colours_are_those_of_the_source(small, look, name, pix_fmt):
    film = small(name)
    made = film.made["240.mp4"].path
    assert film.source.pix_fmt == pix_fmt
    assert look.streams(made)[0]["pix_fmt"] == "yuv420p"
    picture = look.picture(made).astype(int)
    for (y, x), colour in patches(picture, 255, 128).items():
        assert np.abs(picture[y, x] - colour).max() <= 16, (name, colour, picture[y, x])


@pytest.mark.parametrize("name", ["pq", "hlg"])
def test_bars_in_high_dynamic_range_have_the_colours_that_the_formula_gives(small, look, name):
    """White at 203 nits becomes what the Mobius curve makes of it; what is darker stays.

    The tolerance of 0.04 of white in
    linear light is four codes of eight bits at the brightest: one for each rounding of picture and
    colour, in the source and in what is made.
    """
    white = mobius(1.0)
    picture = look.picture(small(name).made["240.mp4"].path).astype(int)
    for (y, x), colour in patches(picture, 255 * white ** (1 / 2.4), 128).items():
        error = (picture[y, x] / 255) ** 2.4 - (np.array(colour) / 255) ** 2.4
        assert np.abs(error).max() <= 0.04, (name, colour, picture[y, x])


@pytest.mark.parametrize("name", ["pq_bright", "hlg_bright"])
def test_light_above_white_stays_brighter_and_keeps_its_hue(small, look, name):
    """Within 0.05 of white: of HLG, the converter applies the gamma of the system per channel."""
    film = small(name)
    picture = look.picture(film.made["240.mp4"].path).astype(int)
    height, width, _ = picture.shape
    middles = ((np.arange(len(HDR_PATCHES)) + 0.5) * width / len(HDR_PATCHES)).astype(int)
    seen = dict(zip(HDR_PATCHES, picture[height // 2, middles], strict=True))
    assert film.source.hdr == name.removesuffix("_bright")
    light = {patch: (colour / 255) ** 2.4 for patch, colour in seen.items()}
    for patch, nits in HDR_PATCHES.items():
        wide = np.array(nits) / 203 @ BT2020_TO_BT709.T
        wanted = np.maximum(wide, 0) * mobius(wide.max()) / wide.max()
        assert np.abs(light[patch] - wanted).max() <= 0.05, (patch, wanted, light[patch])
    rising = [light[patch].mean() for patch in ("grey", "white", "lamp", "sun")]
    assert all(after > before + 0.05 for before, after in pairwise(rising))
    assert light["sun"].max() < 1.0
    for hue in ("green", "orange"):
        usual, bright = light[hue], light[f"bright {hue}"]
        assert bright.max() > usual.max() + 0.1
        assert np.abs(bright / bright.max() - usual / usual.max()).max() <= 0.06
    assert light["green"][0] == light["green"][2] == 0.0


BT2020_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)
"""Of linear light (ITU-R BT.2087, inverted)."""


def mobius(light):
    """What becomes of the brightest of a colour's parts; 1 is white at 203 nits.

    A Mobius transform that is linear below 0.3 and meets 1 at the peak, which ffmpeg takes for 10
    where a film does not tell.
    """
    knee, peak = 0.3, 10.0
    if light <= knee:
        return light
    a = -(knee**2) * (peak - 1) / (knee**2 - 2 * knee + peak)
    b = (knee**2 - 2 * knee * peak + peak) / (peak - 1)
    return (b**2 + 2 * b * knee + knee**2) / (b - a) * (light + a) / (light + b)


def patches(picture, full, grey):
    """Where the marks and the grey between them lie, and their colours."""
    height, width, _ = picture.shape
    top, bottom = int(height * 0.1), int(height * 0.9)
    left, right = int(width * 0.1), int(width * 0.9)
    return {
        (top, left): (full, 0, 0),
        (top, right): (0, full, 0),
        (bottom, left): (0, 0, full),
        (bottom, right): (full, full, full),
        (height // 2, width // 2): (grey, grey, grey),
    }


@pytest.mark.parametrize(
    ("name", "first_field"),
    [("interlaced", None), ("interlaced_bottom_first", None), ("interlaced_untold", "bottom")],
)
def test_woven_fields_are_taken_apart(small, look, name, first_field):
    film = small(name, "480.mp4")
    assert (film.source.interlaced, film.source.first_field) == (True, first_field)
    assert "interlaced" in film.codes
    made = film.made["480.mp4"].path
    assert look.streams(made)[0]["field_order"] == "progressive"
    at_s = 1 if film.source.duration_s < 3 else 4
    assert combing(look.picture(made, at_s)) < combing(look.picture(film.path, at_s)) * 0.8


def test_a_page_that_scrolls_is_not_taken_for_woven_fields(films, judged):
    """Its pictures differ from line to line as fields do: the filter that tells them would err."""
    path, source = films.get("scrolling"), judged("scrolling").source
    probed = probe(path, source.demuxer)
    seen = sample(path, probed, replace(probed.picture, interlaced=None))
    assert seen.fields.interlaced
    assert not source.interlaced


def combing(picture):
    """How much each line differs from the mean of its neighbours."""
    luma = picture.astype(int).mean(axis=2)
    return np.abs(2 * luma[1:-1] - luma[:-2] - luma[2:]).mean()
