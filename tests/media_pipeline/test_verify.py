"""Outputs are held against what was promised."""

import shutil
from dataclasses import replace

import pytest

from media_pipeline.encode import make
from media_pipeline.errors import Damaged, NotAFilm, NotAsPromised
from media_pipeline.ladder import plan
from media_pipeline.verify import check_playable, verify


@pytest.mark.parametrize(
    "name",
    [
        *("plain", "moving", "portrait", "turned_90", "silent_film", "small", "sixty", "surround"),
        *("uneven_rate", "interlaced", "webm", "avi", "late_start", "short_sound", "odd_size"),
        *("cut", "flipped_bits", "transparent", "pq"),
    ],
)
def test_everything_that_is_made_holds(passed, name):
    film = passed(name)
    assert set(film.made) == {output.name for output in plan(film.source)}
    for output in film.made.values():
        verify(output, film.source)


@pytest.fixture
def film(passed):
    return passed("moving")


def changed(made, tmp_path, data):
    path = tmp_path / made.name
    path.write_bytes(data)
    return replace(made, path=path)


def refusal(made, source):
    with pytest.raises((NotAsPromised, Damaged)) as refused:
        verify(made, source)
    assert refused.value.data["name"] == made.name
    return refused.value.code


def test_nothing_is_not_published(film, tmp_path):
    assert refusal(changed(film.made["240.mp4"], tmp_path, b""), film.source) == "nothing_made"


def test_an_index_at_the_end_is_not_published(film, tmp_path):
    assert refusal(replace(film.made["240.mp4"], path=film.path), film.source) == "moov_first"


@pytest.mark.parametrize(
    ("name", "details", "code"),
    [
        ("240.mp4", {"width": 428}, "size"),
        ("240.mp4", {"duration_s": 9.0}, "duration_s"),
        ("240.mp4", {"frame_rate": 50.0}, "frames"),
        ("hls-240.mp4", {"segments": []}, "no_segments"),
        ("hls-audio.mp4", {"duration_s": 1.0}, "duration_s"),
        ("poster.jpg", {"height": 4}, "size"),
    ],
)
def test_details_that_are_untrue_are_not_published(film, name, details, code):
    made = film.made[name]
    lying = replace(made, details={**made.details, **details})
    assert refusal(lying, film.source) == code


def test_a_film_that_lost_its_end_is_not_published(film):
    longer = replace(film.source, duration_s=8.0, picture_s=8.0)
    assert refusal(film.made["240.mp4"], longer) == "frames"
    assert refusal(film.made["audio.m4a"], longer) == "duration_s"


def test_a_film_that_lost_its_sound_is_not_published(film, passed):
    mute = passed("silent_film")
    assert refusal(mute.made["240.mp4"], film.source) == "streams"


def test_damaged_bytes_are_not_published(film, tmp_path):
    made = film.made["480.mp4"]
    data = bytearray(made.path.read_bytes())
    for at in range(len(data) // 2, len(data), 3001):
        data[at] ^= 0xFF
    assert refusal(changed(made, tmp_path, bytes(data)), film.source) == "damaged"


def test_key_frames_elsewhere_are_not_published(film, tmp_path):
    """The source has its key frames ten seconds apart, and an index at the front here."""
    from media_pipeline import sandbox

    path = tmp_path / "480.mp4"
    sandbox.run(
        "ffmpeg",
        [
            *("-v", "error", *sandbox.source_arguments(film.made["480.mp4"].path, "mov")),
            *("-c:v", "libx264", "-g", "33", "-c:a", "copy", "-movflags", "+faststart"),
            sandbox.address("480.mp4"),
        ],
        readable=[film.made["480.mp4"].path],
        folder=tmp_path,
    )
    made = replace(film.made["480.mp4"], path=path)
    assert refusal(made, film.source) == "key_frame_distance_s"


def test_segments_that_do_not_fit_together_are_not_published(film):
    made = film.made["hls-480.mp4"]
    first, second = made.details["segments"]
    shifted = [first, {**second, "offset": second["offset"] + 1}]
    assert refusal(replace(made, details={**made.details, "segments": shifted}), film.source) == (
        "segment_offset"
    )
    halves = [{**first, "duration_s": 3.0}, {**second, "duration_s": 2.0}]
    assert refusal(replace(made, details={**made.details, "segments": halves}), film.source) == (
        "segment_begins_with_key"
    )


def test_only_what_is_missing_is_made(films, passed, tmp_path):
    film = passed("plain")
    missing = [output for output in plan(film.source) if output.name == "hls-360.mp4"]
    shares = []
    (made,) = make("first", missing, film.path, film.source, tmp_path, on_progress=shares.append)
    verify(made, film.source)
    assert made.details["codecs"] == film.made["hls-360.mp4"].details["codecs"]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert made.cpu_s > 0.05


def test_a_playable_film_is_described(films, passed):
    playable = check_playable(passed("plain").made["240.mp4"].path)
    assert playable.duration_s == pytest.approx(3, abs=0.1)
    assert (playable.width, playable.height) == (426, 240)
    assert (playable.video_codec, playable.audio_codec) == ("h264", "aac")
    assert check_playable(films.get("turned_90")).width == 360


def test_what_does_not_play_is_told(films, tmp_path):
    text = tmp_path / "film.mp4"
    text.write_text("no film at all")
    with pytest.raises(NotAFilm):
        check_playable(text)
    with pytest.raises(NotAFilm):
        check_playable(films.get("sound_only"))
    for name in ("without_index", "cut", "flipped_bits"):
        with pytest.raises(Damaged):
            check_playable(films.get(name))
    shutil.copy(films.get("plain"), text)
    assert check_playable(text).audio_codec == "aac"
