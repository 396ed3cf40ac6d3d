"""When a film's pictures and key frames come and what they weigh, read without decoding."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from media_pipeline import sandbox

_IDR_UNIT = 5
"""The type of a slice that nothing later refers beyond (ITU-T H.264, table 7-1)."""
_LONGEST_READ_S = 600.0
_ENTRIES = "stream=profile,level:packet=pts_time,dts_time,size,flags"


@dataclass(frozen=True)
class Scan:
    """The pictures of an H.264 film. Times in seconds; all sequences in decoding order.

    `key_times` are those that the container marks, `idr_times` those that truly refresh the
    decoder; `discarded` tells that the container hides some of its pictures.
    """

    profile: str
    level: int
    times: tuple[float, ...]
    decoding_times: tuple[float, ...]
    sizes_bytes: tuple[int, ...]
    key_times: tuple[float, ...]
    idr_times: tuple[float, ...]
    discarded: bool

    def longest_gap_s(self, end_s: float) -> float:
        """The longest time without a key frame, up to the end of the film."""
        moments = [*self.key_times, end_s]
        return max((after - before for before, after in pairwise(moments)), default=end_s)

    def is_closed(self, tolerance_s: float) -> bool:
        """Whether every key frame is an IDR picture and none is shown before it that follows it."""
        if len(self.key_times) != len(self.idr_times):
            return False
        pairs = zip(self.key_times, self.idr_times, strict=True)
        if any(abs(key - idr) > tolerance_s for key, idr in pairs):
            return False
        keys, begin_s = set(self.key_times), 0.0
        for time_s in self.times:
            if time_s in keys:
                begin_s = time_s
            elif time_s < begin_s:
                return False
        return True

    def is_even(self, rate: Fraction, tolerance_s: float) -> bool:
        """Whether pictures come at exactly this rate from the beginning on, none missing."""
        shown = sorted(self.times)
        return all(abs(time_s - index / rate) <= tolerance_s for index, time_s in enumerate(shown))

    def keeps_within(self, max_rate: int, buffer_bits: int) -> bool:
        """Whether a decoder that is fed `max_rate` bit/s never needs more than its buffer holds.

        The leaky bucket of the hypothetical reference decoder (ITU-T H.264, annex C.1).
        """
        level, before_s = 0.0, self.decoding_times[0]
        for time_s, size in zip(self.decoding_times, self.sizes_bytes, strict=True):
            level = max(0.0, level - (time_s - before_s) * max_rate) + 8 * size
            before_s = time_s
            if level > buffer_bits:
                return False
        return True


def scan(path: Path, demuxer: str, *, niceness: int = 0) -> Scan:
    """Read every packet of the film's pictures, which are H.264; the errors of `sandbox.run`."""
    done = sandbox.run(
        "ffprobe",
        [
            *("-v", "error", "-select_streams", "V:0", "-show_entries", _ENTRIES, "-of", "json"),
            *sandbox.source_arguments(path, demuxer),
        ],
        readable=[path],
        bounds=sandbox.Bounds(wall_s=_LONGEST_READ_S, niceness=niceness),
    )
    told = json.loads(done.stdout)
    packets = [each for each in told.get("packets", []) if "pts_time" in each]
    stream: dict[str, Any] = (told.get("streams") or [{}])[0]
    return Scan(
        profile=str(stream.get("profile", "")),
        level=int(stream.get("level", 0)),
        times=tuple(float(each["pts_time"]) for each in packets),
        decoding_times=tuple(float(each.get("dts_time", each["pts_time"])) for each in packets),
        sizes_bytes=tuple(int(each["size"]) for each in packets),
        key_times=tuple(float(each["pts_time"]) for each in packets if "K" in each["flags"]),
        idr_times=_idr_times(path, demuxer, niceness),
        discarded=any("D" in each["flags"] for each in packets),
    )


def _idr_times(path: Path, demuxer: str, niceness: int) -> tuple[float, ...]:
    only_idr = ("-bsf:v", f"filter_units=pass_types={_IDR_UNIT}")
    done = sandbox.run(
        "ffmpeg",
        [
            *("-v", "error", *sandbox.source_arguments(path, demuxer), "-map", "0:V:0"),
            *("-c", "copy", *only_idr, "-copyts", "-f", "framecrc", "pipe:1"),
        ],
        readable=[path],
        bounds=sandbox.Bounds(wall_s=_LONGEST_READ_S, niceness=niceness),
    )
    return _presentation_times(done.stdout.decode("ascii", "replace").splitlines())


def _presentation_times(lines: Sequence[str]) -> tuple[float, ...]:
    """From ffmpeg's `framecrc`: stream, decoding and presentation time in ticks, and more."""
    tick = next((Fraction(line.split()[2]) for line in lines if line.startswith("#tb")), None)
    if tick is None:
        return ()
    rows = [line.split(",") for line in lines if not line.startswith("#")]
    return tuple(float(int(row[2]) * tick) for row in rows)
