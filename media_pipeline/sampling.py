"""Decodes parts of a film's pictures: do they decode, when do they end, are they interlaced."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import sandbox
from media_pipeline.probe import Picture, Probed, seconds
from media_pipeline.sandbox import Progress
from media_pipeline.source import FirstField

_TIMES = "times.txt"
_IDET_LINE = re.compile(r"Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)")


@dataclass(frozen=True)
class Fields:
    """How many pictures looked woven of fields, by the field that comes first, and how many not."""

    top_first: int = 0
    bottom_first: int = 0
    progressive: int = 0

    def __add__(self, other: "Fields") -> "Fields":
        return Fields(
            self.top_first + other.top_first,
            self.bottom_first + other.bottom_first,
            self.progressive + other.progressive,
        )

    @property
    def interlaced(self) -> bool:
        """Whether most of those that could be told are woven."""
        return self.top_first + self.bottom_first > self.progressive

    @property
    def first(self) -> FirstField:
        """The field that comes first in most of them."""
        return "bottom" if self.bottom_first > self.top_first else "top"


@dataclass(frozen=True)
class Sample:
    """Times of the pictures that decoded, in seconds from the film's beginning, in order."""

    times: tuple[float, ...]
    fields: Fields


def sample(
    path: Path,
    probed: Probed,
    picture: Picture,
    *,
    begin_s: float = 0.0,
    most_pictures: int | None = None,
    wall_s: float = 300,
    on_progress: Callable[[Progress], None] | None = None,
) -> Sample:
    """Decode pictures from a time on; what is broken is left out. Raises ProcessFailed."""
    arguments = ["-v", "info", "-nostats", "-max_error_rate", "1"]
    arguments += ["-max_pixels", str(sandbox.MOST_PIXELS)]
    arguments += ["-ss", f"{begin_s:.6f}"] if begin_s else []
    arguments += [*sandbox.source_arguments(path, probed.demuxer), "-map", "0:V:0"]
    arguments += ["-vf", "idet"] if picture.interlaced is None else []
    arguments += ["-frames:v", str(most_pictures)] if most_pictures else []
    arguments += ["-fps_mode", "passthrough", "-stats_enc_pre:v", _TIMES]
    arguments += ["-stats_enc_pre_fmt:v", "{t}", "-f", "null", "-"]
    with tempfile.TemporaryDirectory() as folder:
        done = sandbox.run(
            "ffmpeg",
            arguments,
            readable=[path],
            folder=Path(folder),
            bounds=sandbox.bounds_for(picture.coded_width * picture.coded_height, wall_s),
            on_progress=on_progress,
        )
        times = read_times(Path(folder) / _TIMES)
    return Sample(tuple(begin_s + time_s for time_s in times), _fields(done.log))


def read_times(path: Path) -> list[float]:
    """The times in a file with one on each line, in order; none where there is no file."""
    if not path.exists():
        return []
    found = (seconds(line) for line in path.read_text().splitlines())
    return sorted(time_s for time_s in found if time_s is not None)


def _fields(log: str) -> Fields:
    # The filter reports once for each time that it was set up, first for no picture at all.
    counts = (Fields(*map(int, found)) for found in _IDET_LINE.findall(log))
    return sum(counts, Fields())
