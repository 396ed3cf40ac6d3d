"""Checks what came out before anybody may see it."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from media_pipeline import boxes, ladder, magic
from media_pipeline.decoding import Read, read_through
from media_pipeline.encode import MadeOutput
from media_pipeline.errors import Damaged, NotAFilm, NotAsPromised, ProcessFailed
from media_pipeline.probe import Probed, probe
from media_pipeline.source import Source

_LENGTH_TOLERANCE_S = 0.2
_TIME_TOLERANCE_S = 0.002


@dataclass(frozen=True)
class Playable:
    """A film that was decoded to its end."""

    duration_s: float
    width: int
    height: int
    video_codec: str
    audio_codec: str | None


def check_playable(path: Path) -> Playable:
    """Decode a film whole; NotAFilm if it is none, Damaged if anything in it cannot be decoded."""
    path = path.absolute()
    demuxer = magic.demuxer_of(path)
    if demuxer is None:
        raise NotAFilm(name=path.name)
    try:
        probed = probe(path, demuxer)
    except ProcessFailed as failure:
        raise Damaged(name=path.name, tail=failure.tail) from failure
    if probed.picture is None:
        raise NotAFilm(name=path.name)
    read = read_through(path, demuxer, "frames")
    if not read.picture_times:
        raise Damaged(name=path.name, tail="")
    return Playable(
        duration_s=probed.duration_s or max(read.picture_times[-1], *read.sound_times[-1:], 0.0),
        width=probed.picture.width,
        height=probed.picture.height,
        video_codec=probed.picture.codec,
        audio_codec=probed.audio.codec if probed.audio else None,
    )


def verify(made: MadeOutput, source: Source) -> None:
    """Hold an output against its film and its recipe; NotAsPromised or Damaged if it fails.

    Films are decoded whole; segmented files, which hold copies of the same streams, are read
    packet by packet; images are decoded.
    """
    if not made.path.is_file() or made.path.stat().st_size == 0:
        raise NotAsPromised("nothing_made", name=made.name)
    if made.media_type == ladder.JPEG:
        _verify_image(made)
    elif made.media_type in (ladder.MP4, ladder.M4A):
        _verify_film(made, source)


def _verify_image(made: MadeOutput) -> None:
    probed = probe(made.path, "jpeg_pipe")
    picture = probed.picture
    read = read_through(made.path, "jpeg_pipe", "frames")
    found = (picture.coded_width, picture.coded_height) if picture else None
    if not read.picture_times and found is None:
        raise NotAsPromised("no_picture", name=made.name)
    _expect(made, "size", (made.details["width"], made.details["height"]), found)


def _verify_film(made: MadeOutput, source: Source) -> None:
    segmented = made.details["kind"].startswith("hls")
    pictured = made.details["kind"] in ("film", "hls_video")
    sounding = source.has_sound and made.details["kind"] != "hls_video"
    _expect(made, "moov_first", True, boxes.moov_comes_first(made.path))
    probed = probe(made.path, "mov")
    _expect(made, "streams", pictured + sounding, probed.streams)
    read = read_through(made.path, "mov", "packets" if segmented else "frames")
    if pictured:
        _verify_pictures(made, source, probed, read)
    if sounding and not read.sound_times:
        raise NotAsPromised("no_sound", name=made.name)
    if segmented:
        _verify_segments(made, read if pictured else None)
    longest = source.duration_s if sounding else source.picture_s
    _expect_close(made, "duration_s", longest, made.details["duration_s"], _tolerance_s(made))


def _verify_pictures(made: MadeOutput, source: Source, probed: Probed, read: Read) -> None:
    picture = probed.picture
    details = made.details
    promised = (details["width"], details["height"])
    coded = (picture.coded_width, picture.coded_height) if picture else None
    shown = (picture.width, picture.height) if picture else None
    _expect(made, "size", (promised, promised), (coded, shown))
    rate = Fraction(details["frame_rate"]).limit_denominator(1001)
    expected_frames = source.picture_s * details["frame_rate"]
    few = 1 + _tolerance_s(made) * details["frame_rate"]
    _expect_close(made, "frames", expected_frames, len(read.picture_times), few)
    _verify_keys(made, read, float(round(rate * ladder.KEYFRAME_S) / rate))


def _verify_keys(made: MadeOutput, read: Read, distance_s: float) -> None:
    keys = read.key_times
    if not keys or abs(keys[0] - read.picture_times[0]) > _TIME_TOLERANCE_S:
        raise NotAsPromised("no_key_frame_first", name=made.name)
    for before, after in pairwise(keys):
        _expect_close(made, "key_frame_distance_s", distance_s, after - before, _TIME_TOLERANCE_S)
    if read.picture_times[-1] - keys[-1] > distance_s:
        raise NotAsPromised("key_frame_missing", name=made.name, after_s=keys[-1])


def _verify_segments(made: MadeOutput, pictures: Read | None) -> None:
    segments = made.details["segments"]
    if not segments:
        raise NotAsPromised("no_segments", name=made.name)
    for before, after in pairwise(segments):
        _expect(made, "segment_offset", before["offset"] + before["length"], after["offset"])
    data_end = max(box.end for box in boxes.top_boxes(made.path) if box.kind == "mdat")
    _expect(made, "segments_end", segments[-1]["offset"] + segments[-1]["length"], data_end)
    begin_s = pictures.picture_times[0] if pictures else 0.0
    for segment in segments if pictures else ():
        nearest = min(abs(key - begin_s) for key in pictures.key_times) if pictures else 0.0
        _expect_close(made, "segment_begins_with_key", 0.0, nearest, 2 * _TIME_TOLERANCE_S)
        begin_s += segment["duration_s"]


def _tolerance_s(made: MadeOutput) -> float:
    rate = made.details.get("frame_rate") or 25.0
    return max(_LENGTH_TOLERANCE_S, 2.0 / float(rate))


def _expect(made: MadeOutput, what: str, expected: object, found: object) -> None:
    if expected != found:
        raise NotAsPromised(what, name=made.name, expected=str(expected), found=str(found))


def _expect_close(
    made: MadeOutput, what: str, expected: float, found: float, tolerance: float
) -> None:
    if abs(expected - found) > tolerance:
        raise NotAsPromised(what, name=made.name, expected=expected, found=found)
