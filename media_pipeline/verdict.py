"""The first judgement on a file that came in, within seconds: what it is, and may it be taken."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from media_pipeline import magic
from media_pipeline.codes import Finding, finding
from media_pipeline.digests import digests_of, digests_of_chunks
from media_pipeline.errors import ProcessFailed
from media_pipeline.listening import Heard, listen
from media_pipeline.looking import Seen, look
from media_pipeline.metering import metered
from media_pipeline.probe import Picture, Probed, probe
from media_pipeline.sandbox import Progress
from media_pipeline.source import Source, snapped_rate

__all__ = ["Finding", "Limits", "Source", "Verdict", "inspect"]

_MOST_LOST_S, _MOST_LOST_SHARE = 2.0, 0.1
_SHORTEST_S = 0.001
_KEEPS_ITS_LENGTH = ("mov", "matroska", "avi", "mxf", "asf")
_LOW_SHORT_SIDE = 360
_SEEN_ASKEW_DEGREES = 1.0
_FALLBACK_RATE = Fraction(25)
_STANDING_SHARE = Fraction(95, 100)
"""An average so far below the even rate comes from pictures that are held, not from rounding."""
_HASHED_SHARE, _PROBED_SHARE, _SEEN_SHARE = 0.2, 0.3, 0.7


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
    """The judgement; `source` is None when the file cannot be a film. `cpu_s` is what it took."""

    source: Source | None
    findings: tuple[Finding, ...]
    size_bytes: int
    sha256: str
    crc32: str
    cpu_s: float

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
    """Hash and probe a file, read its packets, decode what is needed to judge and to encode it.

    That takes seconds: the first and the last pictures are decoded, and the sound for its loudness.
    What only a whole decode can tell, `examination.examine` finds later.
    `on_progress` gets the share that is done, 0 to 1; an exception raised in it ends the work and
    passes through. Bad files lead to findings, not to errors; ProcessTimedOut, ProcessStalled or
    ProcessKilled mean that no judgement was reached.
    """
    path = path.absolute()
    on_progress(0.0)
    if not magic.is_plain_file(path):
        nothing = digests_of_chunks(())
        return Verdict(None, (finding("not_a_film"),), 0, nothing.sha256, nothing.crc32, 0.0)
    digests = digests_of(path)
    on_progress(_HASHED_SHARE)
    source: Source | None = None
    with metered() as meter:
        try:
            source, findings = _judge(path, digests.size_bytes, limits, on_progress)
        except _Refused as refusal:
            findings = (refusal.finding,)
    on_progress(1.0)
    return Verdict(source, findings, digests.size_bytes, digests.sha256, digests.crc32, meter.cpu_s)


def _judge(
    path: Path, size_bytes: int, limits: Limits, on_progress: Callable[[float], None]
) -> tuple[Source, tuple[Finding, ...]]:
    probed = _probe(path, size_bytes, limits)
    picture = _take_picture(probed, limits)
    on_progress(_PROBED_SHARE)
    seen = _look(path, probed, picture, limits)
    on_progress(_SEEN_SHARE)
    heard = _listen(path, probed, limits, on_progress) if probed.audio else None
    source = _source(probed, picture, seen, heard)
    return source, (*_rule_findings(source, limits), *_notes(source, probed))


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


def _look(path: Path, probed: Probed, picture: Picture, limits: Limits) -> Seen:
    try:
        seen = look(path, probed, picture)
    except ProcessFailed as failure:
        raise _Refused("damaged") from failure
    if seen is None or seen.picture_end_s < _SHORTEST_S:
        raise _Refused("damaged")
    _refuse_endless(seen.picture_end_s, limits)
    return seen


def _listen(
    path: Path, probed: Probed, limits: Limits, on_progress: Callable[[float], None]
) -> Heard:
    whole_s = probed.duration_s or limits.longest_duration_s

    def note(progress: Progress) -> None:
        share = min(1.0, progress.out_time_s / whole_s)
        on_progress(_SEEN_SHARE + (1.0 - _SEEN_SHARE) * share)

    try:
        return listen(path, probed, longest_s=limits.longest_duration_s + 1, on_progress=note)
    except ProcessFailed as failure:
        raise _Refused("unreadable_sound") from failure


def _refuse_endless(duration_s: float, limits: Limits) -> None:
    longest_s = limits.longest_duration_s
    if duration_s > longest_s:
        raise _Refused("endless", duration_s=round(duration_s, 3), longest_duration_s=longest_s)


def _source(probed: Probed, picture: Picture, seen: Seen, heard: Heard | None) -> Source:
    average = picture.average_rate or seen.packets.average_rate or _FALLBACK_RATE
    interlaced = picture.interlaced if picture.interlaced is not None else seen.fields.interlaced
    untold = interlaced and picture.interlaced is None
    return Source(
        demuxer=probed.demuxer,
        duration_s=round(max(seen.picture_end_s, _sound_end_s(probed, seen, heard)), 3),
        picture_s=round(seen.picture_end_s, 3),
        width=picture.width,
        height=picture.height,
        coded_width=picture.coded_width,
        coded_height=picture.coded_height,
        rotation=picture.rotation,
        mirrored=picture.mirrored,
        frame_rate=_as_text(snapped_rate(_rate_of(average, seen, interlaced))),
        average_frame_rate=_as_text(average),
        variable_rate=seen.packets.variable_rate,
        pix_fmt=picture.pix_fmt,
        alpha=picture.alpha,
        colour=picture.colour,
        hdr=picture.hdr,
        interlaced=interlaced,
        video_codec=picture.codec,
        audio=probed.audio,
        loudness=heard.loudness if heard else None,
        first_field=seen.fields.first if untold else None,
    )


def _rate_of(average: Fraction, seen: Seen, interlaced: bool) -> Fraction:
    """The average, unless a film of an even rate only stands still somewhere, at its end say."""
    even = seen.packets.even_rate
    stands = even is not None and average < even * _STANDING_SHARE
    return even if even and stands and not (interlaced or seen.packets.variable_rate) else average


def _sound_end_s(probed: Probed, seen: Seen, heard: Heard | None) -> float:
    """Where the sound ends, by its packets or, where less of it can be decoded, by that."""
    end_s = seen.packets.sound_end_s
    return min(end_s, heard.end_s) if heard and not probed.has_own_clock else end_s


def _as_text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _rule_findings(source: Source, limits: Limits) -> list[Finding]:
    length = source.duration_s
    if length < limits.min_duration_s:
        return [finding("too_short", duration_s=length, min_duration_s=limits.min_duration_s)]
    if length > limits.max_duration_s:
        return [finding("too_long", duration_s=length, max_duration_s=limits.max_duration_s)]
    return []


def _notes(source: Source, probed: Probed) -> list[Finding]:
    found = [*_losses(source, probed), *_sound_notes(source)]
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
    askew_degrees = probed.picture.askew_degrees if probed.picture else 0.0
    if askew_degrees > _SEEN_ASKEW_DEGREES:
        found.append(finding("askew", degrees=round(askew_degrees)))
    if source.short_side < _LOW_SHORT_SIDE:
        found.append(finding("low_resolution", width=source.width, height=source.height))
    return found


def _losses(source: Source, probed: Probed) -> list[Finding]:
    declared_s = probed.duration_s if probed.demuxer in _KEEPS_ITS_LENGTH else None
    # Some programs count a late beginning as part of the length.
    found_s = source.duration_s + max(0.0, probed.start_s)
    if declared_s and has_lost_its_end(declared_s, found_s):
        return [finding("truncated", declared_s=round(declared_s, 3), duration_s=source.duration_s)]
    return []


def has_lost_its_end(declared_s: float, found_s: float) -> bool:
    """Whether so much is missing that somebody notices: 2 s, or a tenth of a short film."""
    return declared_s - found_s > min(_MOST_LOST_S, declared_s * _MOST_LOST_SHARE)


def _sound_notes(source: Source) -> list[Finding]:
    if not source.has_sound:
        return [finding("no_sound")]
    return [] if source.loudness else [finding("silent")]
