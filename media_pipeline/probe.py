"""What ffprobe tells about a file, read into plain data. Nothing is decoded to judge it here."""

import json
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from media_pipeline import sandbox
from media_pipeline.source import Audio, Colour, Hdr

_HDR_TRANSFERS: dict[str, Hdr] = {"smpte2084": "pq", "arib-std-b67": "hlg"}
_ALPHA_FORMAT = re.compile(r"^(yuva|gbrap|rgba|bgra|argb|abgr|ya\d|ayuv|vuya|pal8)")
_INTERLACED_ORDERS = ("tt", "bb", "tb", "bt")
_STANDARD_HEIGHTS, _WIDEST_STANDARD = (480, 486, 512, 576, 608), 1024
_HIGH_HEIGHTS = (1080, 1088)
_WITHOUT_FIELDS = (
    *("vp8", "vp9", "av1", "theora", "gif", "png", "apng", "webp", "flashsv", "flashsv2"),
    *("msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "flv1", "h263", "qtrle"),
)
"""What scrolls evenly looks woven: only where television is recorded is that believed."""
_HIGHEST_SANE_RATE = 300
_SANE_ASPECTS = (Fraction(1, 4), Fraction(4))
_OWN_CLOCK = ("mpegts", "mpeg")
_LOOK_INTO = ("-probesize", "50M", "-analyzeduration", "20M")


@dataclass(frozen=True)
class Picture:
    """The film's picture stream.

    `rotation` is clockwise, the nearest right angle of what the file says, and `askew_degrees` how
    far, at most 45, the file's own angle is from it; a mirrored picture is turned first, then
    mirrored left to right. `interlaced` is None where the file does not tell and it can be.
    """

    index: int
    codec: str
    coded_width: int
    coded_height: int
    width: int
    height: int
    rotation: int
    askew_degrees: float
    mirrored: bool
    average_rate: Fraction | None
    base_rate: Fraction | None
    pix_fmt: str
    colour: Colour
    interlaced: bool | None
    dolby_vision_profile: int | None
    alpha_beside: bool

    @property
    def alpha(self) -> bool:
        """Whether the pixels can be transparent, by their format or by a second picture beside."""
        return self.alpha_beside or bool(_ALPHA_FORMAT.match(self.pix_fmt))

    @property
    def hdr(self) -> Hdr | None:
        """The kind of high dynamic range, if any."""
        return _HDR_TRANSFERS.get(self.colour.transfer or "")


@dataclass(frozen=True)
class Probed:
    """A file as ffprobe sees it. `duration_s` is what the file declares, None if it does not.

    `start_s` is the time in the file that ffmpeg makes the beginning of the film.
    """

    demuxer: str
    streams: int
    duration_s: float | None
    start_s: float
    picture: Picture | None
    audio: Audio | None
    audio_index: int | None

    @property
    def has_own_clock(self) -> bool:
        """Whether it is of a format made for broadcasting."""
        return has_own_clock(self.demuxer)


def has_own_clock(demuxer: str) -> bool:
    """Whether films of this format follow a clock that may begin at any time, and anew."""
    return demuxer in _OWN_CLOCK


def probe(path: Path, demuxer: str, *, niceness: int = 0) -> Probed:
    """Ask ffprobe about one file, opened as one format; ProcessFailed if it cannot be opened."""
    done = sandbox.run(
        "ffprobe",
        [
            *("-v", "error", "-of", "json", "-show_streams", "-show_format", *_LOOK_INTO),
            *sandbox.source_arguments(path, demuxer),
        ],
        readable=[path],
        bounds=sandbox.Bounds(wall_s=60, cpu_s=60, niceness=niceness),
    )
    told = json.loads(done.stdout)
    streams, container = told.get("streams", []), told.get("format", {})
    picture = next((each for each in streams if _is_picture(each)), None)
    sounds = [each for each in streams if each.get("codec_type") == "audio"]
    sound = sounds[0] if sounds else None
    return Probed(
        demuxer=demuxer,
        streams=len(streams),
        duration_s=_positive(container.get("duration")),
        start_s=_start_s(demuxer, container, [each for each in (picture, sound) if each]),
        picture=_picture(picture) if picture else None,
        audio=_audio(sound, _has_sides_apart(demuxer, sounds)) if sound else None,
        audio_index=int(sound["index"]) if sound else None,
    )


def _start_s(demuxer: str, container: dict[str, Any], read: list[dict[str, Any]]) -> float:
    """As ffmpeg counts: from the streams that it reads if the film has a clock, else from all."""
    asked = read if has_own_clock(demuxer) else [container]
    starts = [seconds(each.get("start_time")) for each in asked]
    return min((start for start in starts if start is not None), default=0.0)


def _is_picture(stream: dict[str, Any]) -> bool:
    covers = ("attached_pic", "timed_thumbnails")
    disposition = stream.get("disposition", {})
    return stream.get("codec_type") == "video" and not any(disposition.get(each) for each in covers)


def _picture(stream: dict[str, Any]) -> Picture:
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    matrix = _side_data(stream, "Display Matrix")
    angle, mirrored = _orientation(matrix.get("displaymatrix", ""))
    rotation = round(angle / 90) * 90 % 360
    display = (round(width * _pixel_aspect(stream)), height)
    turned = rotation in (90, 270)
    profile = _side_data(stream, "DOVI configuration record").get("dv_profile")
    return Picture(
        index=int(stream["index"]),
        codec=stream.get("codec_name", "unknown"),
        coded_width=width,
        coded_height=height,
        width=display[1] if turned else display[0],
        height=display[0] if turned else display[1],
        rotation=rotation,
        askew_degrees=abs(angle - round(angle / 90) * 90),
        mirrored=mirrored,
        average_rate=_rate(stream.get("avg_frame_rate")),
        base_rate=_rate(stream.get("r_frame_rate")),
        pix_fmt=stream.get("pix_fmt", "unknown"),
        colour=_colour(stream),
        interlaced=_interlaced(stream),
        dolby_vision_profile=profile,
        alpha_beside=stream.get("tags", {}).get("alpha_mode") == "1",
    )


def _colour(stream: dict[str, Any]) -> Colour:
    def told(name: str) -> str | None:
        value = stream.get(name)
        return value if value not in (None, "unknown", "reserved", "unspecified") else None

    return Colour(
        space=told("color_space"),
        primaries=told("color_primaries"),
        transfer=told("color_transfer"),
        range=told("color_range"),
    )


def _has_sides_apart(demuxer: str, sounds: list[dict[str, Any]]) -> bool:
    """Whether it has a track for each channel, as cameras and editing programs write.

    Elsewhere two tracks of one channel are two languages, or a film and what is said about it.
    """
    first_two = sounds[:2]
    alike = {
        (each.get("codec_name"), each.get("sample_rate"), each.get("tags", {}).get("language"))
        for each in first_two
    }
    single = len(first_two) == 2 and all(each.get("channels") == 1 for each in first_two)
    uncompressed = str(sounds[0].get("codec_name")).startswith("pcm_") if sounds else False
    return single and len(alike) == 1 and uncompressed and demuxer in ("mxf", "mov")


def _audio(stream: dict[str, Any], sides_apart: bool) -> Audio:
    return Audio(
        sides_apart=sides_apart,
        codec=stream.get("codec_name", "unknown"),
        channels=int(stream.get("channels", 0)),
        layout=stream.get("channel_layout"),
        sample_rate=int(stream.get("sample_rate", 0)),
    )


def _side_data(stream: dict[str, Any], kind: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = stream.get("side_data_list", [])
    return next((each for each in found if each.get("side_data_type") == kind), {})


def _pixel_aspect(stream: dict[str, Any]) -> Fraction:
    aspect = _fraction(stream.get("sample_aspect_ratio", "1:1").replace(":", "/"))
    lowest, highest = _SANE_ASPECTS
    return aspect if aspect is not None and lowest <= aspect <= highest else Fraction(1)


def _orientation(matrix: str) -> tuple[float, bool]:
    """Degrees clockwise, and whether it is mirrored afterwards, from ffprobe's rows of a matrix."""
    rows = [line.split(":")[1].split() for line in matrix.splitlines() if ":" in line]
    if len(rows) < 2:
        return 0.0, False
    (a, b, *_), (c, d, *_) = (map(int, row) for row in rows[:2])
    mirrored = a * d - b * c < 0
    if mirrored:
        a, c = -a, -c
    widths = math.hypot(a, c), math.hypot(b, d)
    if not all(widths):
        return 0.0, False
    return math.degrees(math.atan2(b / widths[1], a / widths[0])), mirrored


def _interlaced(stream: dict[str, Any]) -> bool | None:
    order = stream.get("field_order")
    if order == "progressive":
        return False
    if order in _INTERLACED_ORDERS:
        return True
    if stream.get("codec_name") in _WITHOUT_FIELDS:
        return False
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    narrow = height in _STANDARD_HEIGHTS and width <= _WIDEST_STANDARD
    return None if narrow or height in _HIGH_HEIGHTS else False


def _rate(text: str | None) -> Fraction | None:
    rate = _fraction(text)
    return rate if rate is not None and 0 < rate <= _HIGHEST_SANE_RATE else None


def _fraction(text: str | None) -> Fraction | None:
    try:
        return Fraction(text or "")
    except (ValueError, ZeroDivisionError):
        return None


def _positive(text: str | None) -> float | None:
    value = seconds(text)
    return value if value is not None and value > 0 else None


def seconds(text: str | None) -> float | None:
    """A time as ffmpeg and ffprobe write it; None where they do not know."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
