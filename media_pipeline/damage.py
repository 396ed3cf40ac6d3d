"""Where a film is damaged: what its decoder complained about, and pictures that never came."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from media_pipeline import sandbox
from media_pipeline.packets import JUMP_S
from media_pipeline.probe import has_own_clock
from media_pipeline.source import Source
from media_pipeline.watching import Span

_ERROR_LEVEL = "16"
_ROW = re.compile(r"frame\|media_type=(\w+)\|pts_time=(-?[\d.]+)(.*)")
_LONG_GAP = 1.5
_ONE_PLACE_S = 2.0
_LONG_S = 1.0
_SEVERAL = 3


@dataclass(frozen=True)
class Damage:
    """`times` of complaints in seconds, `pictures` how many of them are about pictures."""

    times: list[float] = field(default_factory=list)
    pictures: int = 0


def damage_of(path: Path, source: Source) -> Damage:
    """Decode the film on one thread, so that each complaint stands beside its picture.

    Raises ProcessFailed when the file cannot be opened any more.
    """
    done = sandbox.run(
        "ffprobe",
        [
            *("-v", "quiet", "-threads", "1", "-show_log", _ERROR_LEVEL, "-show_frames"),
            *("-show_entries", "frame=media_type,pts_time:log=level", "-of", "compact"),
            *sandbox.source_arguments(path, source.demuxer),
        ],
        readable=[path],
        bounds=sandbox.bounds_for(
            source.coded_width * source.coded_height, wall_s=600 + 60 * source.duration_s
        ),
    )
    rows = _rows(done.stdout.decode("ascii", "replace"))
    if has_own_clock(source.demuxer):
        rows = _on_one_clock(rows)
    begin_s = min((row.time_s for row in rows), default=0.0)
    pictures = [row.time_s - begin_s for row in rows if row.kind == "video" and row.complained]
    sounds = [row.time_s - begin_s for row in rows if row.kind == "audio" and row.complained]
    sounds += _holes([row.time_s - begin_s for row in rows if row.kind == "audio"])
    return Damage(sorted([*pictures, *sounds]), len(pictures))


def lost_spans(decoded: Sequence[float], promised: Sequence[float], end_s: float) -> list[Span]:
    """Parts where the file has pictures and none decodes.

    Both are times in order. Packets are not counted against pictures: some formats have packets
    that show nothing, others two for one picture.
    """
    found = []
    for before_s, after_s in pairwise([0.0, *decoded, end_s]):
        missing = bisect_left(promised, after_s) - bisect_right(promised, before_s)
        if after_s - before_s >= _LONG_S and missing >= _SEVERAL:
            found.append(Span(before_s, after_s))
    return found


def places(times: Sequence[float]) -> list[float]:
    """Where each run of such times begins that follow closely on each other."""
    found: list[float] = []
    last_s = -_ONE_PLACE_S
    for time_s in sorted(times):
        if time_s - last_s >= _ONE_PLACE_S:
            found.append(time_s)
        last_s = time_s
    return found


@dataclass(frozen=True)
class _Row:
    kind: str
    time_s: float
    complained: bool


def _rows(table: str) -> list[_Row]:
    found = (_ROW.match(line) for line in table.splitlines())
    return [_Row(row[1], float(row[2]), "log|level=" in row[3]) for row in found if row]


def _on_one_clock(rows: list[_Row]) -> list[_Row]:
    """The rows, in the file's order, as if the clock had never been set anew."""
    shift_s = before_s = 0.0
    found: list[_Row] = []
    for row in rows:
        step_s = row.time_s + shift_s - before_s
        if found and abs(step_s) > JUMP_S:
            shift_s -= step_s
        before_s = row.time_s + shift_s
        found.append(replace(row, time_s=before_s))
    return found


def _holes(times: list[float]) -> list[float]:
    """Where sound is left out, for a piece of it that is broken leaves no complaint of its own."""
    gaps = [after - before for before, after in pairwise(times)]
    usual_s = median(gaps) if gaps else 0.0
    return [at_s for at_s, gap in zip(times, gaps, strict=False) if gap > usual_s * _LONG_GAP]
