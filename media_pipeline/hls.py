"""What HLS promises a player about a segmented file, held against the file (RFC 8216)."""

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media_pipeline import fragments
from media_pipeline.errors import NotAsPromised
from media_pipeline.fragments import Fragment, Layout

_IDR_UNIT = 5
"""A slice that nothing later refers beyond (ITU-T H.264, table 7-1)."""
_TIME_TOLERANCE_S = 0.001
_LONGEST_DROPPED_S = 0.05
"""What a decoder of sound drops at the beginning: less than three blocks of AAC."""


@dataclass(frozen=True)
class Part:
    """A piece of a stream: seconds and bytes."""

    duration_s: float
    length: int


def parts_of(segments: Sequence[Mapping[str, Any]]) -> list[Part]:
    """The segments in the details of an output."""
    return [Part(each["duration_s"], each["length"]) for each in segments]


def target_s(durations_s: Iterable[float]) -> int:
    """The target duration: no segment, rounded to seconds, is longer (RFC 8216, 4.3.3.1)."""
    return max(1, math.floor(max(durations_s) + 0.5))


def peak_rate(parts: Sequence[Part]) -> int:
    """The peak segment bit rate in bit/s, rounded up (RFC 8216, 4.1).

    The largest rate of any run of segments that lasts between 0.5 and 1.5 target durations: a
    short last segment counts with the one before. A stream too short for that has its average.
    """
    longest = target_s(part.duration_s for part in parts)
    rates = [
        8 * sum(part.length for part in run) / length_s
        for first in range(len(parts))
        for run in (parts[first : first + 1], parts[first : first + 2], parts[first : first + 3])
        if 0.5 * longest <= (length_s := sum(part.duration_s for part in run)) <= 1.5 * longest
    ]
    return math.ceil(max(rates)) if rates else average_rate(parts)


def average_rate(parts: Sequence[Part]) -> int:
    """The average segment bit rate in bit/s, rounded up (RFC 8216, 4.1)."""
    length_s = sum(part.duration_s for part in parts)
    return math.ceil(8 * sum(part.length for part in parts) / length_s) if length_s else 0


def check(path: Path, details: Mapping[str, Any], *, h264: bool) -> None:
    """Whether the file is what its details say; NotAsPromised if not.

    Every segment stands alone: it says itself where its samples lie, they fill it, and the first
    refreshes the decoder. Segments follow each other without a gap in bytes and time. The rates
    are true.
    """
    layout = fragments.read_layout(path)
    _check_places(path, details, layout, h264)
    _check_times(path, layout.fragments)
    for fragment in layout.fragments:
        _expect(path, "segment_stands_alone", True, fragment.stands_alone)
        _expect(path, "segment_filled", True, fragment.fills_itself)
        _expect(path, "segment_begins_with_key", True, fragment.begins_with_key)
    if h264:
        _check_units(path, layout.fragments)
    # Decoders drop the beginning of sound: what is heard of it is in the details only.
    parts = parts_of(details["segments"])
    _expect(path, "bandwidth", peak_rate(parts), details["bandwidth"])
    _expect(path, "average_bandwidth", average_rate(parts), details["average_bandwidth"])


def _check_places(path: Path, details: Mapping[str, Any], layout: Layout, h264: bool) -> None:
    promised = [(each["offset"], each["length"]) for each in details["segments"]]
    found = [(each.offset, each.length) for each in layout.fragments]
    _expect(path, "segments", found, promised)
    init = {"offset": 0, "length": layout.init_length}
    _expect(path, "init", init, details["init"])
    offset = layout.fragments_begin
    for fragment in layout.fragments:
        _expect(path, "segment_offset", offset, fragment.offset)
        offset += fragment.length
    tolerance_s = _TIME_TOLERANCE_S if h264 else _LONGEST_DROPPED_S
    for each, fragment in zip(details["segments"], layout.fragments, strict=True):
        if abs(each["duration_s"] - fragment.duration_s) > tolerance_s:
            raise NotAsPromised(
                "segment_duration_s",
                name=path.name,
                expected=fragment.duration_s,
                found=each["duration_s"],
            )


def _check_times(path: Path, parts: Sequence[Fragment]) -> None:
    begin_s = parts[0].begin_s
    for part in parts:
        if abs(part.begin_s - begin_s) > _TIME_TOLERANCE_S:
            raise NotAsPromised(
                "segment_begin_s", name=path.name, expected=begin_s, found=part.begin_s
            )
        begin_s += part.duration_s


def _check_units(path: Path, parts: Sequence[Fragment]) -> None:
    """Each sample is a row of units of H.264; the first sample of a segment has an IDR slice."""
    with path.open("rb") as stream:
        for part in parts:
            for number, (offset, size) in enumerate(part.samples):
                stream.seek(offset)
                kinds = _unit_kinds(stream.read(size))
                _expect(path, "units_fill_sample", True, bool(kinds))
                if number == 0:
                    _expect(path, "segment_begins_with_idr", True, _IDR_UNIT in kinds)


def _unit_kinds(sample: bytes) -> list[int]:
    """The kinds of the units, or none if these do not fill the sample exactly."""
    kinds, at = list[int](), 0
    while at + 5 <= len(sample):
        kinds.append(sample[at + 4] & 0x1F)
        at += 4 + struct.unpack_from(">I", sample, at)[0]
    return kinds if at == len(sample) else []


def _expect(path: Path, what: str, expected: object, found: object) -> None:
    if expected != found:
        raise NotAsPromised(what, name=path.name, expected=str(expected), found=str(found))
