"""A whole decode of a film: its true length, damage, loudness, frame times and interlacing."""

import json
import math
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

from media_pipeline import sandbox
from media_pipeline.probe import Picture, Probed
from media_pipeline.sandbox import Progress
from media_pipeline.source import Loudness

_MEASURE = "aformat=channel_layouts=stereo,loudnorm=print_format=json"
_TIMES = "times.txt"
_IDET_LINE = re.compile(r"Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)")
_DAMAGE_MARK = re.compile(r"^(?:\[[^\n\]]*\] )?\[(?:error|fatal)\]", re.MULTILINE)
_LOUDNORM_FIELDS = ("input_i", "input_tp", "input_lra", "input_thresh")
_SILENCE_LUFS = -70.0
_LONG_GAP = 1.5
_UNEVEN_SHARE = 0.01


@dataclass(frozen=True)
class Watched:
    """What decoding a film to its end has told."""

    duration_s: float
    picture_s: float
    frames: int
    average_rate: Fraction | None
    variable_rate: bool
    errors: int
    interlaced: bool
    loudness: Loudness | None


def watch(
    path: Path,
    probed: Probed,
    picture: Picture,
    *,
    longest_s: float,
    on_progress: Callable[[float], None],
) -> Watched:
    """Decode everything, up to `longest_s` seconds of film; ProcessFailed if it is too damaged."""
    seen = _Furthest(probed.duration_s or longest_s, on_progress)
    with tempfile.TemporaryDirectory() as folder:
        done = sandbox.run(
            "ffmpeg",
            _arguments(path, probed, picture, longest_s),
            readable=[path],
            folder=Path(folder),
            bounds=sandbox.bounds_for(picture.coded_width * picture.coded_height, wall_s=1800),
            on_progress=seen,
        )
        times = _frame_times(Path(folder) / _TIMES)
    gaps = [after - before for before, after in pairwise(times)]
    usual_s = median(gaps) if gaps else 0.0
    return Watched(
        duration_s=seen.last.out_time_s,
        picture_s=times[-1] + usual_s if times else 0.0,
        frames=len(times),
        average_rate=_rate(times),
        variable_rate=sum(gap > usual_s * _LONG_GAP for gap in gaps) > len(gaps) * _UNEVEN_SHARE,
        errors=len(_DAMAGE_MARK.findall(done.log)),
        interlaced=_is_interlaced(picture, done.log),
        loudness=read_loudness(done.log) if probed.audio else None,
    )


class _Furthest:
    """Remembers the last report and passes it on as a share of the whole."""

    def __init__(self, whole_s: float, on_progress: Callable[[float], None]) -> None:
        self.last = Progress(0.0, 0)
        self._whole_s = whole_s
        self._on_progress = on_progress

    def __call__(self, progress: Progress) -> None:
        self.last = progress
        self._on_progress(min(1.0, progress.out_time_s / self._whole_s))


def _arguments(path: Path, probed: Probed, picture: Picture, longest_s: float) -> list[str]:
    arguments = ["-v", "level+info", "-max_pixels", str(sandbox.MOST_PIXELS)]
    arguments += sandbox.source_arguments(path, probed.demuxer)
    arguments += ["-map", "0:V:0", "-fps_mode", "passthrough"]
    arguments += ["-stats_enc_pre:v", _TIMES, "-stats_enc_pre_fmt:v", "{t}"]
    if picture.interlaced is None:
        arguments += ["-vf", "idet"]
    if probed.audio:
        arguments += ["-map", "0:a:0", "-af", _MEASURE]
    return [*arguments, "-t", str(longest_s), "-f", "null", "-"]


def _frame_times(path: Path) -> list[float]:
    if not path.exists():
        return []
    found = (_number(line) for line in path.read_text().splitlines())
    return sorted(time for time in found if time is not None)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _rate(times: list[float]) -> Fraction | None:
    if len(times) < 2 or times[-1] <= times[0]:
        return None
    return Fraction((len(times) - 1) / (times[-1] - times[0])).limit_denominator(1001)


def _is_interlaced(picture: Picture, log: str) -> bool:
    if picture.interlaced is not None:
        return picture.interlaced
    found = _IDET_LINE.search(log)
    if not found:
        return False
    top, bottom, progressive = map(int, found.groups())
    return top + bottom > progressive


def read_loudness(log: str) -> Loudness | None:
    """The measures that the loudnorm filter printed; None for silence or where it printed none."""
    begin, end = log.rfind("{"), log.rfind("}")
    if begin < 0 or end < begin:
        return None
    printed: dict[str, str] = json.loads(log[begin : end + 1])
    values = [float(printed.get(name, "-inf")) for name in _LOUDNORM_FIELDS]
    if not all(math.isfinite(value) for value in values) or values[0] <= _SILENCE_LUFS:
        return None
    return Loudness(*values)
