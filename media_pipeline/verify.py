"""Checks what came out before anybody may see it.

A rung's film and its segmented file hold copies of the same pictures. Where both are at hand, every
packet is compared between them by its digest and only key pictures are decoded, but for small
rungs, which are decoded whole: that is what makes the check cheap. A file that stands alone is
decoded whole.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from media_pipeline import boxes, hls, ladder, listening, magic, sandbox
from media_pipeline.contents import Contents, Held, read_contents
from media_pipeline.decoding import decode_through, read_through
from media_pipeline.digests import Digests, digests_of
from media_pipeline.encode import MadeOutput
from media_pipeline.errors import Damaged, NotAFilm, NotAsPromised, ProcessFailed
from media_pipeline.packaging import SOUND_CODEC
from media_pipeline.probe import probe
from media_pipeline.source import Source

_LENGTH_TOLERANCE_S = 0.2
_TIME_TOLERANCE_S = 0.002
_MOST_FRAMES_OFF = 2
_DECODED_WHOLE_SHORT_SIDE = 360
_LOUDNESS_TOLERANCE_LU = {"linear": 1.0, "dynamic": 3.0}
_SHORTEST_MEASURED_S = 3.0
"""The measure of loudness needs some blocks of 0.4 s that are not silence."""


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


def verify(
    made: MadeOutput,
    source: Source,
    others: Sequence[MadeOutput] = (),
    *,
    patient: bool = False,
) -> Digests:
    """Hold an output against its film and its recipe; NotAsPromised or Damaged if it fails.

    `others` were made together with it. `patient` work gives way to all other. Returns the digests
    of the bytes that were verified.
    """
    if not made.path.is_file() or made.path.stat().st_size == 0:
        raise NotAsPromised("nothing_made", name=made.name)
    niceness = sandbox.PATIENT if patient else 0
    before = digests_of(made.path)
    if made.media_type in ladder.IMAGES:
        _verify_image(made, niceness)
    elif made.media_type in (ladder.MP4, ladder.M4A):
        _Film(made, source, _twin(made, others), niceness).verify()
    return before


def _twin(made: MadeOutput, others: Sequence[MadeOutput]) -> MadeOutput | None:
    """The other file that holds copies of the same pictures."""
    names = (made.name.removeprefix("hls-"), f"hls-{made.name}")
    return next((each for each in others if each.name in names and each.name != made.name), None)


def _verify_image(made: MadeOutput, niceness: int) -> None:
    demuxer = ladder.IMAGES[made.media_type]
    picture = probe(made.path, demuxer, niceness=niceness).picture
    read = read_through(made.path, demuxer, "frames", niceness=niceness)
    found = (picture.coded_width, picture.coded_height) if picture else None
    if not read.picture_times and found is None:
        raise NotAsPromised("no_picture", name=made.name)
    _expect(made, "size", (made.details["width"], made.details["height"]), found)


class _Film:
    """The checks of one film, one sound or one segmented file."""

    def __init__(
        self, made: MadeOutput, source: Source, twin: MadeOutput | None, niceness: int
    ) -> None:
        self._made = made
        self._source = source
        self._twin = twin
        self._niceness = niceness
        kind = made.details["kind"]
        self._segmented = kind.startswith("hls")
        self._pictured = kind in ("film", "hls_video")
        self._sounding = source.has_sound and kind != "hls_video"
        self._modern = str(made.details.get("codecs", "")).startswith("av01")

    def verify(self) -> None:
        made, source = self._made, self._source
        _expect(made, "moov_first", True, boxes.moov_comes_first(made.path))
        contents = read_contents(made.path, "mov", niceness=self._niceness)
        kinds = ["video"] * self._pictured + ["audio"] * self._sounding
        _expect(made, "streams", kinds, [held.kind for held in contents.streams])
        if self._segmented:
            hls.check(made.path, made.details, h264=self._pictured)
        if self._pictured:
            self._verify_pictures(contents.first("video"))
        self._decode(contents)
        if self._sounding:
            self._verify_sound(contents.first("audio"))
        self._verify_codecs(contents)
        longest = source.duration_s if self._sounding else source.picture_s
        found = made.details["duration_s"]
        _expect_close(made, "duration_s", longest, found, _tolerance_s(made))

    def _verify_pictures(self, held: Held | None) -> None:
        made, details = self._made, self._made.details
        if held is None or not held.packets:
            raise NotAsPromised("no_pictures", name=made.name)
        promised = (details["width"], details["height"])
        _expect(made, "size", (promised, promised), self._sizes())
        rate = Fraction(details["frame_rate"]).limit_denominator(1001)
        expected = float(self._source.picture_s * rate)
        _expect_close(made, "frames", expected, len(held.packets), _MOST_FRAMES_OFF)
        _verify_times(made, held, rate)
        _verify_keys(made, held, rate)

    def _sizes(self) -> tuple[object, object]:
        """Width and height of the picture as it is stored and as it is shown."""
        picture = probe(self._made.path, "mov", niceness=self._niceness).picture
        if picture is None:
            return None, None
        return (picture.coded_width, picture.coded_height), (picture.width, picture.height)

    def _decode(self, contents: Contents) -> None:
        """Decode all of it, or its key pictures where its twin holds the same packets."""
        made = self._made
        if self._modern:
            decode_through(made.path, "mov", niceness=self._niceness)
        elif not self._pictured or self._twin is None or not self._twin.path.is_file():
            read_through(made.path, "mov", "frames", niceness=self._niceness)
        elif self._segmented:
            _expect_same_pictures(
                made, contents, read_contents(self._twin.path, "mov", niceness=self._niceness)
            )
        elif min(made.details["width"], made.details["height"]) <= _DECODED_WHOLE_SHORT_SIDE:
            read_through(made.path, "mov", "frames", niceness=self._niceness)
        else:
            decode_through(made.path, "mov", keys_only=True, niceness=self._niceness)

    def _verify_sound(self, held: Held | None) -> None:
        made = self._made
        if held is None or not held.packets:
            raise NotAsPromised("no_sound", name=made.name)
        _expect_close(made, "sound_end_s", self._source.duration_s, held.end_s, _LENGTH_TOLERANCE_S)
        normalised = made.details.get("loudness")
        if normalised is None or self._source.duration_s < _SHORTEST_MEASURED_S:
            return
        found = listening.loudness_of(made.path, "mov", niceness=self._niceness)
        tolerance = _LOUDNESS_TOLERANCE_LU[normalised["mode"]]
        # The two sides of a stereo sound may cancel each other in the middle, and claps over near
        # silence stay too quiet under any gain that spares them.
        if made.details["channels"] == 1 or normalised["mode"] == "dynamic":
            _expect(made, "loudness", True, found <= normalised["target"] + tolerance)
        else:
            _expect_close(made, "loudness", normalised["target"], found, tolerance)

    def _verify_codecs(self, contents: Contents) -> None:
        made, names = self._made, list[str]()
        if self._pictured:
            name_of = boxes.av1_codec if self._modern else boxes.avc_codec
            names.append(name_of(made.path))
        sound = contents.first("audio")
        names += [{"aac": SOUND_CODEC}.get(sound.codec, sound.codec)] if sound else []
        _expect(made, "codecs", ",".join(names), made.details["codecs"])


def _verify_times(made: MadeOutput, held: Held, rate: Fraction) -> None:
    """Pictures come at exactly the rate, none missing on the way."""
    shown = sorted(packet.shown_s for packet in held.packets)
    for index, time_s in enumerate(shown):
        _expect_close(
            made, "frame_time_s", shown[0] + float(index / rate), time_s, _TIME_TOLERANCE_S
        )


def _verify_keys(made: MadeOutput, held: Held, rate: Fraction) -> None:
    """Key pictures come first and at exact distances; what follows one refers to nothing before."""
    shown = sorted(packet.shown_s for packet in held.packets)
    places = {time_s: place for place, time_s in enumerate(shown)}
    keys = [places[packet.shown_s] for packet in held.packets if packet.key]
    if not keys or keys[0] != 0 or not held.packets[0].key:
        raise NotAsPromised("no_key_frame_first", name=made.name)
    distance = round(rate * ladder.KEYFRAME_S)
    if made.details.get("copied"):
        distance = math.floor(rate * ladder.REMUX["keyframe_s"])
    for before, after in pairwise([*keys, len(shown)]):
        copied_or_last = made.details.get("copied") or after == len(shown)
        if not (copied_or_last and after - before <= distance):
            _expect(made, "key_frame_distance", distance, after - before)
    begin_s = 0.0
    for packet in held.packets:
        begin_s = packet.shown_s if packet.key else begin_s
        if packet.shown_s < begin_s:
            raise NotAsPromised("group_not_closed", name=made.name, at_s=packet.shown_s)


def _expect_same_pictures(made: MadeOutput, contents: Contents, twin: Contents) -> None:
    own, other = contents.first("video"), twin.first("video")
    _expect(made, "setup", other and other.setup_digest, own and own.setup_digest)
    if own is None or other is None or len(own.packets) != len(other.packets):
        raise NotAsPromised("other_pictures", name=made.name)
    for ours, theirs in zip(own.packets, other.packets, strict=True):
        same = (ours.digest, ours.key) == (theirs.digest, theirs.key)
        if not same or abs(ours.shown_s - theirs.shown_s) > _TIME_TOLERANCE_S:
            raise NotAsPromised("other_pictures", name=made.name, at_s=ours.shown_s)


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
