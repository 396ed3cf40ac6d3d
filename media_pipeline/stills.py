"""Chooses the moment of a film that stands for it: neither black nor blurred nor empty."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media_pipeline import sandbox

_CANDIDATES = 24
_BLACK_LUMA = 32.0
_WHITE_LUMA = 225.0
_FLAT_SPREAD = 24.0
_LEAVE_OUT = 0.08
_REPORT = "candidates.txt"
_TIME = re.compile(r"pts_time:([-\d.]+)")
_VALUE = re.compile(r"lavfi\.(?:signalstats\.)?(\w+)=([-\w.]+)")


@dataclass(frozen=True)
class Candidate:
    """A picture that might stand for the film. `spread` is between dark and light luma."""

    at_s: float
    luma: float
    spread: float
    blur: float

    @property
    def worth(self) -> tuple[bool, float]:
        """Higher is better: usable ones before others, then contrast over blur."""
        usable = _BLACK_LUMA < self.luma < _WHITE_LUMA and self.spread > _FLAT_SPREAD
        return usable, self.spread / (1.0 + self.blur)


def choose_moment(film: Path, duration_s: float, folder: Path) -> float:
    """The time in seconds whose picture is best; `film` is one of our own small renditions."""
    found = list(_candidates(film, duration_s, folder))
    inner = [each for each in found if _is_inside(each.at_s, duration_s)]
    best = max(inner or found, key=lambda each: each.worth, default=None)
    return best.at_s if best else 0.0


def _is_inside(at_s: float, duration_s: float) -> bool:
    return _LEAVE_OUT * duration_s <= at_s <= (1 - _LEAVE_OUT) * duration_s


def _candidates(film: Path, duration_s: float, folder: Path) -> Iterator[Candidate]:
    interval_s = max(duration_s / _CANDIDATES, 0.02)
    chosen = f"fps=1/{interval_s:.4f}:start_time=0:round=up"
    measured = f"{chosen},signalstats,blurdetect,metadata=print:file={_REPORT}"
    sandbox.run(
        "ffmpeg",
        [
            *("-v", "error"),
            *sandbox.source_arguments(film, "mov"),
            *("-map", "0:V:0", "-vf", measured, "-f", "null", "-"),
        ],
        folder=folder,
        bounds=sandbox.Bounds(wall_s=300 + duration_s),
    )
    report = folder / _REPORT
    for part in report.read_text().split("frame:")[1:]:
        yield _candidate(part)
    report.unlink()


def _candidate(part: str) -> Candidate:
    time = _TIME.search(part)
    values = {name: _number(text) for name, text in _VALUE.findall(part)}
    return Candidate(
        at_s=float(time.group(1)) if time else 0.0,
        luma=values.get("YAVG", 0.0),
        spread=values.get("YHIGH", 0.0) - values.get("YLOW", 0.0),
        blur=values.get("blur", 0.0),
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
