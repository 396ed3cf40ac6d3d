"""Judgements on good, strange, broken and hostile files."""

import json
import subprocess
import zipfile
from dataclasses import replace

import pytest

from media_pipeline.digests import digests_of
from media_pipeline.source import Source
from media_pipeline.verdict import Limits, inspect


def codes(verdict):
    return {each.code for each in verdict.findings}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", {"width": 640, "height": 360, "rotation": 0, "mirrored": False}),
        ("portrait", {"width": 360, "height": 640, "portrait": True}),
        ("turned_90", {"width": 360, "height": 640, "rotation": 90, "coded_width": 640}),
        ("turned_180", {"width": 640, "height": 360, "rotation": 180}),
        ("turned_270", {"width": 360, "height": 640, "rotation": 270}),
        ("mirrored", {"width": 640, "height": 360, "mirrored": True}),
        ("wide_pixels", {"width": 524, "height": 288, "coded_width": 360}),
        ("odd_size", {"width": 427, "height": 241, "pix_fmt": "yuv444p"}),
        ("sixty", {"frame_rate": "60000/1001", "variable_rate": False}),
        ("uneven_rate", {"variable_rate": True, "demuxer": "matroska"}),
        ("interlaced", {"interlaced": True}),
        ("transparent", {"alpha": True}),
        ("pq", {"hdr": "pq", "pix_fmt": "yuv420p10le"}),
        ("hlg", {"hdr": "hlg"}),
        ("webm", {"demuxer": "matroska", "video_codec": "vp9"}),
        ("avi", {"demuxer": "avi", "video_codec": "mjpeg"}),
        ("transport_stream", {"demuxer": "mpegts", "width": 640}),
        ("with_cover", {"video_codec": "h264", "width": 640}),
    ],
)
def test_a_film_is_read_as_it_is(judged, name, expected):
    verdict = judged(name)
    assert verdict.accepted
    found = {each: getattr(verdict.source, each) for each in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("name", "channels", "layout"), [("surround", 6, "5.1"), ("mono", 1, "mono")]
)
def test_sound_is_read_as_it_is(judged, name, channels, layout):
    audio = judged(name).source.audio
    assert (audio.channels, audio.layout, audio.sample_rate) == (channels, layout, 48000)


def test_digests_are_those_of_the_bytes(films, judged):
    verdict, digests = judged("plain"), digests_of(films.get("plain"))
    assert (verdict.size_bytes, verdict.sha256, verdict.crc32) == (
        digests.size_bytes,
        digests.sha256,
        digests.crc32,
    )
    told = subprocess.run(["sha256sum", films.get("plain")], capture_output=True, check=True)
    assert told.stdout.decode().split()[0] == verdict.sha256


def test_a_source_survives_json(judged):
    for name in ("plain", "silent_film", "pq"):
        source = judged(name).source
        assert Source.from_data(json.loads(json.dumps(source.as_data()))) == source


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("silent_film", {"no_sound"}),
        ("silence", {"silent"}),
        ("pq", {"hdr", "low_resolution"}),
        ("interlaced", {"interlaced", "no_sound"}),
        ("interlaced_untold", {"interlaced", "no_sound"}),
        ("uneven_rate", {"variable_rate"}),
        ("million", set()),
        ("with_data", set()),
        ("plain", set()),
    ],
)
def test_what_is_good_to_know_is_told(judged, name, expected):
    verdict = judged(name)
    assert codes(verdict) == expected
    assert verdict.accepted


def test_length_rules_ask_for_a_fix_with_both_lengths(films):
    verdict = inspect(films.get("plain"), Limits(max_duration_s=2))
    (too_long,) = verdict.findings
    assert (too_long.code, too_long.severity) == ("too_long", "to_fix")
    assert too_long.data == {"duration_s": pytest.approx(3, abs=0.1), "max_duration_s": 2}
    assert verdict.accepted
    assert codes(inspect(films.get("plain"), Limits(min_duration_s=5))) == {"too_short"}


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_size_bytes=1000), "too_large_file"),
        (Limits(longest_duration_s=1), "endless"),
        (Limits(max_pixels=100 * 100), "too_large_picture"),
        (Limits(max_streams=1), "too_many_streams"),
    ],
)
def test_limits_refuse(films, limits, code):
    verdict = inspect(films.get("plain"), limits)
    assert codes(verdict) == {code}
    assert not verdict.accepted
    assert verdict.source is None


def test_a_flood_of_pixels_is_refused_by_its_header(films):
    assert codes(inspect(films.get("huge"), Limits())) == {"too_large_picture"}


def test_a_cut_film_is_told_with_what_is_left(judged):
    verdict = judged("cut")
    (cut,) = (each for each in verdict.findings if each.code == "truncated")
    assert cut.severity == "to_fix"
    assert cut.data["declared_s"] == 6
    assert 2 < cut.data["duration_s"] < 4


def test_a_film_whose_index_was_never_written_is_refused(judged):
    verdict = judged("without_index")
    assert codes(verdict) == {"no_index"}
    assert not verdict.accepted


def test_an_end_that_does_not_decode_is_told_with_what_is_left(judged):
    (cut,) = (each for each in judged("without_end").findings if each.code == "truncated")
    assert cut.data == {"declared_s": 6.0, "duration_s": pytest.approx(3.5, abs=0.1)}


def test_damage_on_the_way_is_left_to_the_examination(judged):
    for name in ("flipped_bits", "damaged_in_part", "mostly_damaged"):
        assert judged(name).accepted
        assert codes(judged(name)) <= {"no_sound", "low_resolution"}


def test_a_late_beginning_is_no_lost_end(judged):
    assert codes(judged("late_start")) == set()


def test_sound_alone_is_no_film(judged):
    assert codes(judged("sound_only")) == {"no_picture"}


CANARY = "canary-that-must-stay-in-its-cage"


def _playlist(canary):
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{canary}\n#EXT-X-ENDLIST\n".encode()


HOSTILE = {
    "playlist": _playlist,
    "playlist_by_url": lambda canary: _playlist(f"file://{canary}"),
    "concat": lambda canary: f"ffconcat version 1.0\nfile '{canary}'\n".encode(),
    "text": lambda canary: b"I am a film, believe me.\n" * 99,
    "sdp": lambda canary: b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    "dash": lambda canary: f'<?xml version="1.0"?><MPD><BaseURL>{canary}</BaseURL></MPD>'.encode(),
    "svg": lambda canary: f'<svg xmlns="x"><image href="{canary}"/></svg>'.encode(),
    "image": lambda canary: b"\x89PNG\r\n\x1a\n" + bytes(64),
    "script": lambda canary: b"#!/bin/sh\ncat " + str(canary).encode(),
    "zeros": lambda canary: bytes(5000),
    "one_byte": lambda canary: b"\x00",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_only_calls_itself_a_film_is_refused(tmp_path, kind):
    canary = tmp_path / "canary.ts"
    canary.write_text(CANARY)
    film = tmp_path / "film.mp4"
    film.write_bytes(HOSTILE[kind](canary))
    verdict = inspect(film, Limits())
    assert codes(verdict) == {"not_a_film"}
    assert CANARY not in repr(verdict)


def test_nothing_is_empty(tmp_path):
    film = tmp_path / "film.mp4"
    film.touch()
    assert codes(inspect(film, Limits())) == {"empty"}


@pytest.mark.parametrize(
    "beginning", [b"\x1a\x45\xdf\xa3", b"OggS", b"\x00\x00\x01\xba", b"FLV\x01"]
)
def test_a_good_beginning_alone_is_refused(tmp_path, beginning):
    film = tmp_path / "film.mp4"
    film.write_bytes(beginning + b"#EXTM3U\n/etc/hostname\n" * 200)
    verdict = inspect(film, Limits())
    assert not verdict.accepted
    assert codes(verdict) <= {"damaged", "no_picture"}


def test_a_zip_with_a_film_inside_is_no_film(films, tmp_path):
    archive = tmp_path / "film.mp4"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(films.get("plain"), "film.mp4")
    assert codes(inspect(archive, Limits())) == {"not_a_film"}


def test_a_reference_to_another_file_is_not_followed(films, tmp_path):
    """An MP4 whose data reference names another film: nothing of that film may be seen."""
    referring = tmp_path / "film.mov"
    data = films.get("plain").read_bytes()
    alias = b"url \x00\x00\x00\x00file:" + str(films.get("moving")).encode() + b"\x00"
    at = data.index(b"url \x00\x00\x00\x01")
    referring.write_bytes(data[:at] + alias[: len(data) - at] + data[at + len(alias) :])
    verdict = inspect(referring, Limits())
    assert verdict.source is None or verdict.source.width != 1280


@pytest.mark.parametrize("at", range(10))
def test_a_film_cut_anywhere_leads_to_findings_and_never_to_an_error(films, tmp_path, at):
    data = films.get("plain").read_bytes()
    film = tmp_path / "film.mp4"
    film.write_bytes(data[: len(data) * (at + 1) // 11])
    verdict = inspect(film, Limits())
    assert verdict.findings or at > 8


def test_the_share_that_was_seen_is_told_and_may_stop_the_work(films):
    class LeaseLost(Exception):
        pass

    def stop(share):
        raise LeaseLost

    shares = []
    inspect(films.get("moving"), Limits(), on_progress=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    with pytest.raises(LeaseLost):
        inspect(films.get("moving"), Limits(), on_progress=stop)


def test_limits_can_be_changed_one_by_one():
    assert replace(Limits(), max_duration_s=30).min_duration_s == 1.0
