"""The judgement on a file that came in: what it is, and what stands in the way of taking it."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from media_pipeline import magic
from media_pipeline.codes import Finding, finding
from media_pipeline.digests import digests_of
from media_pipeline.errors import ProcessFailed
from media_pipeline.probe import Picture, Probed, probe
from media_pipeline.source import Source, snapped_rate
from media_pipeline.watching import Watched, watch

__all__ = ["Finding", "Limits", "Source", "Verdict", "inspect"]

_LOST_END_S = 2.0
_KEEPS_ITS_LENGTH = ("mov", "matroska", "avi", "mxf", "asf")
_LOW_SHORT_SIDE = 360
_FALLBACK_RATE = Fraction(25)


@dataclass(frozen=True)
class Limits:
    """What is taken. The rules' lengths lead to `to_fix`, everything else to refusal."""

    min_duration_s: float = 1.0
    max_duration_s: float = 300.0
    longest_duration_s: float = 3 * 3600.0
    max_size_bytes: int = 8_000_000_000
    max_pixels: int = 8192 * 4320
    max_streams: int = 64


@dataclass(frozen=True)
class Verdict:
    """The judgement; `source` is None when the file cannot be a film."""

    source: Source | None
    findings: tuple[Finding, ...]
    size_bytes: int
    sha256: str
    crc32: str

    @property
    def accepted(self) -> bool:
        """Whether nothing that was found refuses it."""
        return all(each.severity != "refused" for each in self.findings)


class _Refused(Exception):
    def __init__(self, code: str, **data: object) -> None:
        self.finding = finding(code, **data)


def _unheard(share: float) -> None:
    """Nobody wants to know."""


def inspect(
    path: Path, limits: Limits, *, on_progress: Callable[[float], None] = _unheard
) -> Verdict:
    """Probe, decode and hash a file.

    `on_progress` gets the share that is decoded, 0 to 1, about every half second; an exception
    raised in it ends the work and passes through. Bad files lead to findings, not to errors;
    ProcessTimedOut, ProcessStalled or ProcessKilled mean that no judgement was reached.
    """
    path = path.absolute()
    digests = digests_of(path)
    source: Source | None = None
    try:
        source, findings = _judge(path, digests.size_bytes, limits, on_progress)
    except _Refused as refusal:
        findings = (refusal.finding,)
    return Verdict(source, findings, digests.size_bytes, digests.sha256, digests.crc32)


def _judge(
    path: Path, size_bytes: int, limits: Limits, on_progress: Callable[[float], None]
) -> tuple[Source, tuple[Finding, ...]]:
    probed = _probe(path, size_bytes, limits)
    picture = _take_picture(probed, limits)
    watched = _watch(path, probed, picture, limits, on_progress)
    source = _source(probed, picture, watched)
    return source, (*_rule_findings(source, limits), *_notes(source, probed, watched))


def _probe(path: Path, size_bytes: int, limits: Limits) -> Probed:
    if size_bytes == 0:
        raise _Refused("empty")
    if size_bytes > limits.max_size_bytes:
        raise _Refused(
            "too_large_file", size_bytes=size_bytes, max_size_bytes=limits.max_size_bytes
        )
    demuxer = magic.demuxer_of(path)
    if demuxer is None:
        raise _Refused("not_a_film")
    try:
        return probe(path, demuxer)
    except ProcessFailed as failure:
        code = "no_index" if "moov atom not found" in failure.tail else "damaged"
        raise _Refused(code) from failure


def _take_picture(probed: Probed, limits: Limits) -> Picture:
    picture = probed.picture
    if probed.streams > limits.max_streams:
        raise _Refused("too_many_streams", streams=probed.streams, max_streams=limits.max_streams)
    if picture is None:
        raise _Refused("no_picture")
    width, height = picture.coded_width, picture.coded_height
    if not width or not height or picture.pix_fmt == "unknown":
        raise _Refused("damaged")
    if max(width * height, picture.width * picture.height) > limits.max_pixels:
        raise _Refused(
            "too_large_picture", width=width, height=height, max_pixels=limits.max_pixels
        )
    if picture.dolby_vision_profile == 5:
        raise _Refused("unsupported_dolby_vision", profile=5)
    _refuse_endless(probed.duration_s or 0.0, limits)
    return picture


def _watch(
    path: Path,
    probed: Probed,
    picture: Picture,
    limits: Limits,
    on_progress: Callable[[float], None],
) -> Watched:
    try:
        watched = watch(
            path,
            probed,
            picture,
            longest_s=limits.longest_duration_s + 1,
            on_progress=on_progress,
        )
    except ProcessFailed as failure:
        raise _Refused("damaged") from failure
    if not watched.frames or not watched.duration_s:
        raise _Refused("damaged")
    _refuse_endless(watched.duration_s, limits)
    return watched


def _refuse_endless(duration_s: float, limits: Limits) -> None:
    longest_s = limits.longest_duration_s
    if duration_s > longest_s:
        raise _Refused("endless", duration_s=round(duration_s, 3), longest_duration_s=longest_s)


def _source(probed: Probed, picture: Picture, watched: Watched) -> Source:
    average = picture.average_rate or watched.average_rate or _FALLBACK_RATE
    return Source(
        demuxer=probed.demuxer,
        duration_s=round(max(watched.duration_s, watched.picture_s), 3),
        picture_s=round(watched.picture_s, 3),
        width=picture.width,
        height=picture.height,
        coded_width=picture.coded_width,
        coded_height=picture.coded_height,
        rotation=picture.rotation,
        mirrored=picture.mirrored,
        frame_rate=_as_text(snapped_rate(average)),
        average_frame_rate=_as_text(average),
        variable_rate=watched.variable_rate,
        pix_fmt=picture.pix_fmt,
        alpha=picture.alpha,
        colour=picture.colour,
        hdr=picture.hdr,
        interlaced=watched.interlaced,
        video_codec=picture.codec,
        audio=probed.audio,
        loudness=watched.loudness,
    )


def _as_text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _rule_findings(source: Source, limits: Limits) -> list[Finding]:
    length = source.duration_s
    if length < limits.min_duration_s:
        return [finding("too_short", duration_s=length, min_duration_s=limits.min_duration_s)]
    if length > limits.max_duration_s:
        return [finding("too_long", duration_s=length, max_duration_s=limits.max_duration_s)]
    return []


def _notes(source: Source, probed: Probed, watched: Watched) -> list[Finding]:
    found = [*_losses(probed, watched), *_sound_notes(source)]
    if source.hdr:
        found.append(finding("hdr", kind=source.hdr))
    if source.interlaced:
        found.append(finding("interlaced"))
    if source.variable_rate:
        rates = {
            "average_frame_rate": source.average_frame_rate,
            "frame_rate": source.frame_rate,
        }
        found.append(finding("variable_rate", **rates))
    if source.short_side < _LOW_SHORT_SIDE:
        found.append(finding("low_resolution", width=source.width, height=source.height))
    return found


def _losses(probed: Probed, watched: Watched) -> list[Finding]:
    found = []
    declared_s = probed.duration_s if probed.demuxer in _KEEPS_ITS_LENGTH else None
    if declared_s and declared_s - watched.duration_s > _LOST_END_S:
        lengths = {"declared_s": round(declared_s, 3), "duration_s": round(watched.duration_s, 3)}
        found.append(finding("truncated", **lengths))
    if watched.errors:
        found.append(finding("damaged_in_part", errors=watched.errors))
    return found


def _sound_notes(source: Source) -> list[Finding]:
    if not source.has_sound:
        return [finding("no_sound")]
    return [] if source.loudness else [finding("silent")]
