"""Outputs are held against what was promised: each test damages one in exactly one way."""

import shutil
import struct
from dataclasses import replace

import pytest

from media_pipeline import fragments
from media_pipeline.encode import make
from media_pipeline.errors import Damaged, NotAFilm, NotAsPromised
from media_pipeline.ladder import plan
from media_pipeline.packaging import stream_details
from media_pipeline.verify import check_playable, verify
from tests.media_pipeline.making import run_ffmpeg
from tests.seldom import seldom


@pytest.mark.parametrize(
    "name",
    [
        *("plain", "turned_90", "silent_film", "sixty", "uneven_rate", "short_sound", "cut", "pq"),
        *seldom("moving", "portrait", "small", "surround", "interlaced", "webm", "avi"),
        *seldom("late_start", "odd_size", "flipped_bits", "transparent"),
    ],
)
def test_everything_that_is_made_holds(passed, name):
    film = passed(name)
    made = list(film.made.values())
    assert set(film.made) == {output.name for output in plan(film.source)}
    for output in made:
        verify(output, film.source, made)


@pytest.fixture
def film(passed):
    return passed("moving")


def changed(made, tmp_path, data):
    path = tmp_path / made.name
    path.write_bytes(data)
    return replace(made, path=path)


def redone(made, tmp_path, *arguments):
    """The same output, made again by ffmpeg with other options."""
    path = tmp_path / made.name
    run_ffmpeg("-i", made.path, *arguments, path)
    return replace(made, path=path)


def refusal(made, source, others=()):
    with pytest.raises((NotAsPromised, Damaged)) as refused:
        verify(made, source, others)
    assert refused.value.data["name"] == made.name
    return refused.value.code


def test_the_digest_is_of_the_bytes_that_were_verified(film, tmp_path):
    made = film.made["poster.jpg"]
    verified = verify(made, film.source)
    assert verified.size_bytes == made.path.stat().st_size
    other = verify(changed(made, tmp_path, made.path.read_bytes() + b"\0"), film.source)
    assert other.sha256 != verified.sha256


def test_nothing_is_not_published(film, tmp_path):
    assert refusal(changed(film.made["240.mp4"], tmp_path, b""), film.source) == "nothing_made"


def test_an_index_at_the_end_is_not_published(film, tmp_path):
    late = redone(film.made["240.mp4"], tmp_path, "-c", "copy", "-movflags", "-faststart")
    assert refusal(late, film.source) == "moov_first"


@pytest.mark.parametrize(
    ("name", "details", "code"),
    [
        ("240.mp4", {"width": 428}, "size"),
        ("240.mp4", {"duration_s": 9.0}, "duration_s"),
        ("240.mp4", {"frame_rate": 50.0}, "frames"),
        ("240.mp4", {"codecs": "avc1.4d401e,mp4a.40.2"}, "codecs"),
        ("240.mp4", {"codecs": "avc1.640015,opus"}, "codecs"),
        ("hls-240.mp4", {"segments": []}, "segments"),
        ("hls-240.mp4", {"bandwidth": 1}, "bandwidth"),
        ("hls-audio.mp4", {"bandwidth": 9_000_000}, "bandwidth"),
        ("hls-240.mp4", {"average_bandwidth": 1}, "average_bandwidth"),
        ("hls-240.mp4", {"init": {"offset": 0, "length": 10}}, "init"),
        ("hls-audio.mp4", {"duration_s": 1.0}, "duration_s"),
        ("poster.jpg", {"height": 4}, "size"),
        ("still-320.webp", {"height": 4}, "size"),
    ],
)
def test_details_that_are_untrue_are_not_published(film, name, details, code):
    made = film.made[name]
    lying = replace(made, details={**made.details, **details})
    assert refusal(lying, film.source) == code


def test_a_film_that_lost_its_end_is_not_published(film, tmp_path):
    longer = replace(film.source, duration_s=8.0, picture_s=8.0)
    assert refusal(film.made["240.mp4"], longer) == "frames"
    assert refusal(film.made["audio.m4a"], longer) == "sound_end_s"


def test_three_pictures_too_few_are_not_published(film, tmp_path):
    fewer = redone(film.made["480.mp4"], tmp_path, *ENCODED, "-frames:v", "122")
    assert refusal(fewer, film.source) == "frames"


ENCODED = ("-c:a", "copy", "-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart")
TWO_SECONDS = ("-g", "50", "-keyint_min", "50", "-sc_threshold", "0")


def test_a_picture_missing_on_the_way_is_not_published(film, tmp_path):
    gap = ("-vf", "select='not(between(n,60,61))'", "-fps_mode", "vfr")
    gappy = redone(film.made["480.mp4"], tmp_path, *gap, *TWO_SECONDS, *ENCODED)
    assert refusal(gappy, film.source) == "frame_time_s"


@pytest.mark.parametrize("distance", [49, 33, 100])
def test_key_frames_elsewhere_are_not_published(film, tmp_path, distance):
    keys = ("-g", distance, "-keyint_min", distance, "-sc_threshold", "0")
    other = redone(film.made["480.mp4"], tmp_path, *keys, *ENCODED)
    assert refusal(other, film.source) == "key_frame_distance"


def test_open_groups_of_pictures_are_not_published(film, tmp_path):
    """Pictures that come after a key frame but are shown before it need the group before."""
    open_groups = ("-x264-params", "open-gop=1:keyint=50:min-keyint=50:scenecut=0:b-adapt=0")
    coded = ("-c:a", "copy", "-c:v", "libx264", "-bf", "2", "-movflags", "+faststart")
    other = redone(film.made["480.mp4"], tmp_path, *open_groups, *coded)
    assert refusal(other, film.source) == "group_not_closed"


def test_a_film_that_lost_its_sound_is_not_published(film, passed):
    mute = passed("silent_film")
    assert refusal(mute.made["240.mp4"], film.source) == "streams"


@pytest.mark.parametrize("name", ["480.mp4", "hls-audio.mp4", "audio.m4a"])
@pytest.mark.parametrize("gain", ["-3dB", "3dB"])
def test_sound_that_missed_its_loudness_is_not_published(film, tmp_path, name, gain):
    made = film.made[name]
    louder = ("-c:v", "copy", "-af", f"volume={gain}", "-movflags", "+faststart")
    other = redone(made, tmp_path, *louder)
    kind = "film" if name == "480.mp4" else "sound"
    told = replace(other, details={**made.details, "kind": kind})
    assert refusal(told, film.source) == "loudness"


def test_sound_of_one_channel_that_is_too_loud_is_not_published(film, tmp_path):
    louder = ("-c:v", "copy", "-af", "volume=3dB", "-movflags", "+faststart")
    other = redone(film.made["240.mp4"], tmp_path, *louder)
    assert refusal(other, film.source) == "loudness"


@pytest.mark.parametrize(("gain", "refused"), [("-9dB", False), ("6dB", True)])
def test_sound_under_a_changing_gain_may_stay_too_quiet_and_never_be_too_loud(
    film, tmp_path, gain, refused
):
    made = film.made["audio.m4a"]
    other = redone(made, tmp_path, "-af", f"volume={gain}", "-movflags", "+faststart")
    loudness = {**made.details["loudness"], "mode": "dynamic"}
    told = replace(other, details={**made.details, "kind": "sound", "loudness": loudness})
    if refused:
        assert refusal(told, film.source) == "loudness"
    else:
        verify(told, film.source)


def test_damaged_bytes_are_not_published(film, tmp_path):
    made = film.made["480.mp4"]
    data = bytearray(made.path.read_bytes())
    for at in range(len(data) // 2, len(data), 3001):
        data[at] ^= 0xFF
    assert refusal(changed(made, tmp_path, bytes(data)), film.source) == "damaged"


def test_one_bit_that_differs_between_film_and_stream_is_found(film, tmp_path):
    """In the middle of a picture that nothing refers to: it still decodes, to other pixels."""
    made, twin = film.made["hls-480.mp4"], film.made["480.mp4"]
    verify(made, film.source, [twin])
    data = bytearray(made.path.read_bytes())
    offset, size = min(
        fragments.read_layout(made.path).fragments[0].samples[1:], key=lambda s: s[1]
    )
    data[offset + size - 2] ^= 1
    assert refusal(changed(made, tmp_path, data), film.source, [twin]) == "other_pictures"


def test_a_stream_of_other_pictures_than_the_film_is_not_published(film, tmp_path):
    other = redone(film.made["480.mp4"], tmp_path, *TWO_SECONDS, *ENCODED)
    assert refusal(film.made["hls-480.mp4"], film.source, [other]) == "setup"


def test_segments_that_do_not_fit_together_are_not_published(film):
    made = film.made["hls-480.mp4"]
    first, second = made.details["segments"]

    def told(*segments):
        return replace(made, details={**made.details, "segments": list(segments)})

    shifted = {**second, "offset": second["offset"] + 1}
    assert refusal(told(first, shifted), film.source) == "segments"
    assert refusal(told(first), film.source) == "segments"
    halves = ({**first, "duration_s": 3.0}, {**second, "duration_s": 2.0})
    assert refusal(told(*halves), film.source) == "segment_duration_s"


def patched(made, tmp_path, at, data):
    whole = bytearray(made.path.read_bytes())
    whole[at : at + len(data)] = data
    return changed(made, tmp_path, bytes(whole))


def after(made, kind, number=0):
    """Where the payload of a box begins, the `number`th of its kind."""
    data, at = made.path.read_bytes(), 0
    for _ in range(number + 1):
        at = data.index(kind, at) + 4
    return at


def test_a_segment_that_needs_the_whole_file_is_not_published(film, tmp_path):
    """Without the flag, places of samples count from the fragment before (14496-12, 8.8.7)."""
    made = film.made["hls-480.mp4"]
    at = after(made, b"tfhd", 1)
    flags = struct.unpack_from(">I", made.path.read_bytes(), at)[0]
    other = patched(made, tmp_path, at, struct.pack(">I", flags & ~0x020000))
    assert refusal(other, film.source) == "segment_stands_alone"


def test_a_segment_at_another_time_is_not_published(film, tmp_path):
    made = film.made["hls-480.mp4"]
    at = after(made, b"tfdt", 1)
    wide = made.path.read_bytes()[at] == 1
    other = patched(made, tmp_path, at + 4, struct.pack(">Q" if wide else ">I", 1))
    assert refusal(other, film.source) == "segment_begin_s"


def test_a_segment_whose_samples_do_not_fill_it_is_not_published(film, tmp_path):
    made = film.made["hls-480.mp4"]
    at = after(made, b"trun", 1) + 8
    offset = struct.unpack_from(">i", made.path.read_bytes(), at)[0]
    other = patched(made, tmp_path, at, struct.pack(">i", offset + 5))
    assert refusal(other, film.source) == "damaged"


def test_a_segment_that_begins_with_no_idr_picture_is_not_published(film, tmp_path):
    """The container still calls it a key frame."""
    made = film.made["hls-480.mp4"]
    offset, size = fragments.read_layout(made.path).fragments[1].samples[0]
    sample, at = made.path.read_bytes()[offset : offset + size], 0
    while sample[at + 4] & 0x1F != 5:
        at += 4 + struct.unpack_from(">I", sample, at)[0]
    kind = bytes([sample[at + 4] & 0xE0 | 1])
    other = patched(made, tmp_path, offset + at + 4, kind)
    assert refusal(other, film.source) == "segment_begins_with_idr"


def test_segments_without_key_frames_are_not_published(film, tmp_path):
    made = film.made["hls-480.mp4"]
    path = tmp_path / made.name
    keys = (
        "-c:v",
        "libx264",
        "-bf",
        "0",
        "-g",
        "250",
        "-sc_threshold",
        "0",
        "-frag_duration",
        "1000000",
    )
    cmaf = ("-movflags", "+cmaf+delay_moov+global_sidx", "-an")
    run_ffmpeg("-i", made.path, *keys, *cmaf, path)
    other = replace(made, path=path, details={**made.details, **stream_details(path)})
    assert refusal(other, film.source) == "segment_begins_with_key"


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
