"""What comes out of the pipeline, looked at and listened to."""

from itertools import pairwise

import numpy as np
import pytest

from media_pipeline import keyframes
from media_pipeline.contents import read_contents
from media_pipeline.encode import make
from media_pipeline.errors import Damaged
from media_pipeline.ladder import M4A, MP4, plan
from media_pipeline.listening import loudness_of
from media_pipeline.verdict import Limits, inspect
from media_pipeline.verify import verify
from tests.seldom import seldom

UPRIGHT = ["red", "lime", "blue", "white"]


@pytest.mark.parametrize(
    ("name", "size", "corners"),
    [
        ("plain", (426, 240), UPRIGHT),
        ("portrait", (240, 426), UPRIGHT),
        ("turned_90", (240, 426), ["blue", "red", "white", "lime"]),
        ("mirrored", (426, 240), ["lime", "red", "white", "blue"]),
        ("wide_pixels", (436, 240), UPRIGHT),
        *seldom(
            ("turned_180", (426, 240), ["white", "blue", "lime", "red"]),
            ("turned_270", (240, 426), ["lime", "white", "red", "blue"]),
            ("odd_size", (426, 240), UPRIGHT),
            ("with_cover", (426, 240), UPRIGHT),
            ("late_start", (426, 240), UPRIGHT),
        ),
    ],
)
def test_a_film_stands_as_its_maker_saw_it(passed, look, name, size, corners):
    made = passed(name).made
    assert look.size(made["240.mp4"].path) == size
    assert look.streams(made["240.mp4"].path)[0]["sample_aspect_ratio"] == "1:1"
    assert look.corners(made["240.mp4"].path) == corners
    assert look.corners(made["hls-240.mp4"].path) == corners
    assert look.corners(made["poster.jpg"].path, at_s=0) == corners


@pytest.mark.parametrize(
    "name",
    [
        *("plain", "uneven_rate", "late_start", "short_sound"),
        *seldom("surround", "mono", "sixty", "turned_90"),
    ],
)
def test_sound_and_picture_stay_together(passed, look, name):
    made = passed(name).made
    for film in ("240.mp4", "360.mp4" if "360.mp4" in made else "480.mp4"):
        assert abs(look.flash_s(made[film].path) - look.beep_s(made[film].path)) <= 0.04
    sound, picture = made["hls-audio.mp4"].path, made["hls-240.mp4"].path
    assert abs(look.flash_s(picture) - look.beep_s(sound)) <= 0.04
    assert abs(look.flash_s(picture) - 1.0) <= 0.05


def test_sound_that_ends_early_is_followed_by_silence_to_the_end(passed, look):
    film = passed("short_sound")
    wave = look.sound(film.made["240.mp4"].path)
    assert len(wave) / 48000 == pytest.approx(film.source.duration_s, abs=0.1)
    assert np.abs(wave[-24000:]).max() < 100


def test_a_film_without_sound_gets_no_sound_track(passed, look):
    film = passed("silent_film")
    assert "no_sound" in film.codes
    assert {"audio.m4a", "hls-audio.mp4"}.isdisjoint(film.made)
    assert [each["codec_type"] for each in look.streams(film.made["240.mp4"].path)] == ["video"]
    assert film.made["240.mp4"].details["codecs"].count(",") == 0


def test_silence_stays_silence(passed, look):
    film = passed("silence")
    assert "silent" in film.codes
    assert film.source.loudness is None
    assert film.made["240.mp4"].details["loudness"] is None
    assert np.abs(look.sound(film.made["audio.m4a"].path)).max() < 10


def test_the_small_rung_is_mono_and_the_others_stereo(passed, look):
    made = passed("surround").made
    channels = {
        name: look.streams(made[name].path)[-1]["channels"]
        for name in ("240.mp4", "360.mp4", "audio.m4a", "hls-audio.mp4")
    }
    assert channels == {"240.mp4": 1, "360.mp4": 2, "audio.m4a": 2, "hls-audio.mp4": 2}


@pytest.mark.parametrize("name", ["pq", "hlg"])
def test_high_dynamic_range_becomes_ordinary_colours(passed, look, name):
    film = passed(name)
    assert film.source.hdr == name
    out = film.made["240.mp4"].path
    assert look.corners(out) == UPRIGHT
    picture = look.streams(out)[0]
    assert {picture["color_transfer"], picture["color_primaries"], picture["color_space"]} == {
        "bt709"
    }
    assert picture["pix_fmt"] == "yuv420p"


@pytest.mark.parametrize("name", ["plain", "bt601", "full_range"])
def test_colours_are_those_of_the_source(passed, look, name):
    out = passed(name).made["240.mp4"].path
    height, width, _ = look.picture(out).shape
    picture = look.picture(out).astype(int)
    wanted = {(0.1, 0.1): (255, 0, 0), (0.1, 0.9): (0, 255, 0), (0.9, 0.1): (0, 0, 255)}
    wanted |= {(0.9, 0.9): (255, 255, 255), (0.5, 0.5): (128, 128, 128)}
    for (y, x), colour in wanted.items():
        found = picture[int(y * height), int(x * width)]
        assert np.abs(found - colour).max() <= 16, (name, colour, found)


@pytest.mark.parametrize("name", ["transparent", "transparent_vp9", *seldom("transparent_vp8")])
def test_transparent_parts_become_black(passed, look, name):
    film = passed(name)
    assert film.source.alpha
    picture = look.picture(film.made["240.mp4"].path).astype(int)
    assert picture[120, 60].max() < 20
    assert np.abs(picture[120, 260] - (0, 255, 0)).max() < 24


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("plain", {"240.mp4": "25/1", "360.mp4": "25/1"}),
        ("sixty", {"240.mp4": "30000/1001", "480.mp4": "60000/1001"}),
        ("uneven_rate", {"240.mp4": "30/1"}),
    ],
)
def test_frames_come_at_an_even_standard_rate(passed, look, name, rates):
    made = passed(name).made
    for film, rate in rates.items():
        picture = look.streams(made[film].path)[0]
        assert picture["r_frame_rate"] == picture["avg_frame_rate"] == rate


@pytest.mark.parametrize(
    "name",
    ["plain", "uneven_rate", *seldom("moving", "webm", "avi", "transport_stream")],
)
def test_length_is_kept(passed, look, name):
    film = passed(name)
    for output in film.made.values():
        if "duration_s" in output.details:
            assert output.details["duration_s"] == pytest.approx(film.source.duration_s, abs=0.2)


def test_a_small_film_is_not_enlarged(passed, look):
    film = passed("small")
    assert look.size(film.made["144.mp4"].path) == (176, 144)
    assert look.size(film.made["poster.jpg"].path) == (176, 144)


def test_outputs_carry_no_metadata_of_the_maker(passed, look):
    streams = look.streams(passed("plain").made["240.mp4"].path)
    tags = {key for stream in streams for key in stream.get("tags", {})}
    assert tags <= {"language", "handler_name", "vendor_id"}


def test_loud_and_quiet_films_come_out_equally_loud(passed, look):
    film = passed("moving")
    assert film.source.loudness.integrated < -30
    assert film.made["480.mp4"].details["loudness"]["mode"] == "linear"
    again = inspect(film.made["480.mp4"].path, Limits())
    assert again.source.loudness.integrated == pytest.approx(-16, abs=0.5)
    assert again.source.loudness.true_peak <= -1


def test_quiet_sound_with_a_clap_is_raised_by_a_changing_gain_and_recorded_so(passed):
    film = passed("thunder")
    measured = film.source.loudness
    assert measured.true_peak - 16 - measured.integrated > -1.5
    sounding = [each for each in film.made.values() if "loudness" in each.details]
    assert {each.name for each in sounding} == {"240.mp4", "hls-audio.mp4", "audio.m4a"}
    for each in sounding:
        assert each.details["loudness"]["mode"] == "dynamic", each.name
        verify(each, film.source, list(film.made.values()))
    assert measured.integrated < -30
    for name in ("hls-audio.mp4", "audio.m4a"):
        assert loudness_of(film.made[name].path, "mov") == pytest.approx(-16, abs=1.5)


def test_a_changing_gain_moves_nothing(passed, look):
    film = passed("thunder")
    wave = np.abs(look.sound(film.made["audio.m4a"].path))
    for clap_s in (2.0, 6.0):
        begin = int((clap_s - 0.2) * 48000)
        assert (begin + int(wave[begin : begin + 19200].argmax())) / 48000 == pytest.approx(
            clap_s, abs=0.04
        )


def test_the_storyboard_shows_the_film_in_order(passed, look):
    film = passed("moving")
    details = film.made["storyboard.jpg"].details
    assert (details["count"], details["columns"], details["rows"]) == (5, 5, 1)
    sheet = look.picture(film.made["storyboard.jpg"].path, at_s=0)
    assert sheet.shape == (90, 800, 3)
    tiles = [sheet[:, left : left + 160].astype(int) for left in range(0, 800, 160)]
    assert all(np.abs(a - b).mean() > 2 for a, b in pairwise(tiles))
    text = film.made["storyboard.vtt"].path.read_text()
    assert text.startswith("WEBVTT\n")
    assert "00:00:01.000 --> 00:00:02.000\nstoryboard.jpg#xywh=160,0,160,90" in text


def test_the_poster_is_neither_black_nor_blurred_nor_empty(passed):
    film = passed("mostly_black_or_blurred")
    assert 4 <= film.made["poster.jpg"].details["at_s"] <= 5
    assert film.made["still-320.jpg"].details["at_s"] == film.made["poster.jpg"].details["at_s"]


def test_a_film_that_is_black_throughout_still_gets_a_poster(films, tmp_path, look):
    path = films.marked("black", vf="drawbox=c=black:t=fill", seconds=2, sound=None)
    source = inspect(path, Limits()).source
    poster = [output for output in plan(source) if output.name in ("poster.jpg", "240.mp4")]
    made = make("first", poster, path, source, tmp_path, on_progress=lambda share: None)
    assert look.picture(made[1].path, at_s=0).max() < 20


def test_losing_the_lease_stops_the_work(films, judged, tmp_path):
    class LeaseLost(Exception):
        pass

    def renew(share):
        if share > 0:
            raise LeaseLost

    source = judged("moving").source
    with pytest.raises(LeaseLost):
        make("rest", plan(source), films.get("moving"), source, tmp_path, on_progress=renew)


def test_two_attempts_make_the_same_bytes(films, judged, passed, tmp_path):
    film = passed("plain")
    made = make(
        "first", plan(film.source), film.path, film.source, tmp_path, on_progress=lambda s: None
    )
    for output in made:
        assert output.path.read_bytes() == film.made[output.name].path.read_bytes()
        assert output.details == film.made[output.name].details


def test_key_frames_come_every_two_seconds_and_groups_of_pictures_are_closed(passed):
    film = passed("moving")
    for name in ("240.mp4", "480.mp4", "720.mp4"):
        scanned = keyframes.scan(film.made[name].path, "mov")
        assert scanned.profile == "High"
        assert scanned.idr_times == (0.0, 2.0, 4.0)
        assert scanned.is_closed(0.001)


def test_a_modern_rung_is_av1_with_opus(passed, look, tmp_path):
    film = passed("plain")
    planned = plan(film.source, modern=True)
    (made,) = make("modern", planned, film.path, film.source, tmp_path, on_progress=lambda s: None)
    verify(made, film.source)
    assert made.name == "240-av1.mp4"
    assert made.details["codecs"] == "av01.0.00M.08,opus"
    assert [each["codec_name"] for each in look.streams(made.path)] == ["av1", "opus"]
    assert look.size(made.path) == (426, 240)
    assert look.corners(made.path) == UPRIGHT
    assert abs(look.flash_s(made.path) - look.beep_s(made.path)) <= 0.04


def test_a_modern_rung_that_is_damaged_is_not_published(passed, tmp_path):
    film = passed("plain")
    planned = plan(film.source, modern=True)
    (made,) = make("modern", planned, film.path, film.source, tmp_path, on_progress=lambda s: None)
    data = bytearray(made.path.read_bytes())
    for at in range(len(data) // 2, len(data), 301):
        data[at] ^= 0xFF
    made.path.write_bytes(data)
    with pytest.raises(Damaged):
        verify(made, film.source)


def test_sound_that_was_made_before_is_copied_packet_by_packet(passed, tmp_path):
    film = passed("moving")
    shared = film.made["hls-audio.mp4"].path
    again = make(
        "rest",
        plan(film.source),
        film.path,
        film.source,
        tmp_path,
        on_progress=lambda s: None,
        shared_sound=shared,
    )
    names = {made.name for made in again if made.media_type in (MP4, M4A)}
    assert {"720.mp4", "audio.m4a"} <= names
    for made in again:
        if made.name in names:
            before = film.made[made.name]
            assert read_contents(made.path, "mov") == read_contents(before.path, "mov"), made.name
