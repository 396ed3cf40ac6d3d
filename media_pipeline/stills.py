"""Chooses the moment of a film that stands for it: not black, blurred, empty or half faded."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from media_pipeline import sandbox

Grey = npt.NDArray[np.float32]

_MOST_CANDIDATES = 300
_DENSEST_PER_S = 4.0
_SIDE = 256
"""Candidates are squeezed into a square: their shape says nothing about them."""
_BLACK_LUMA = 32.0
_WHITE_LUMA = 225.0
_FLAT_SPREAD = 24.0
_FADING_SHARE = 0.06
"""Contrast that grows or shrinks by so much from each candidate to the next is a fade."""
_LEAVE_OUT = 0.08


@dataclass(frozen=True)
class Candidate:
    """A picture that might stand for the film.

    `luma` is its mean, `spread` the distance between its dark and light parts (10th and 90th
    percentile), both of 255; `contrast` the standard deviation; `edges` the variance of its
    Laplacian, which blur takes away.
    """

    at_s: float
    luma: float
    spread: float
    contrast: float
    edges: float

    @property
    def usable(self) -> bool:
        """Whether there is something to see."""
        return _BLACK_LUMA < self.luma < _WHITE_LUMA and self.spread > _FLAT_SPREAD


def choose_moment(film: Path, duration_s: float, folder: Path, *, niceness: int = 0) -> float:
    """The time in seconds whose picture is best; `film` is one of our own small renditions."""
    found = _candidates(film, duration_s, folder, niceness)
    ranked = max(
        range(len(found)), key=lambda place: _worth(found, place, duration_s), default=None
    )
    return 0.0 if ranked is None else found[ranked].at_s


def _worth(found: list[Candidate], place: int, duration_s: float) -> tuple[bool, bool, bool, float]:
    """Higher is better; a picture that can be used counts before one that is merely sharp."""
    each = found[place]
    inside = _LEAVE_OUT * duration_s <= each.at_s <= (1 - _LEAVE_OUT) * duration_s
    return each.usable, inside, not _is_fading(found, place), each.edges * each.spread


def _is_fading(found: list[Candidate], place: int) -> bool:
    """Whether contrast changes the same way from the one before to the one after; a cut is none."""
    around = found[max(0, place - 1) : place + 2]
    if len(around) < 3:
        return False
    before, own, after = (each.contrast for each in around)
    step = _FADING_SHARE * max(before, own, after)
    rises = own - before > step and after - own > step
    falls = before - own > step and own - after > step
    return rises or falls


def _candidates(film: Path, duration_s: float, folder: Path, niceness: int) -> list[Candidate]:
    rate = min(_DENSEST_PER_S, _MOST_CANDIDATES / max(duration_s, 0.1))
    chosen = f"fps={rate:.4f}:start_time=0:round=up,scale={_SIDE}:{_SIDE}:flags=area,format=gray"
    done = sandbox.run(
        "ffmpeg",
        [
            *("-v", "error", *sandbox.source_arguments(film, "mov"), "-map", "0:V:0"),
            *("-vf", chosen, "-f", "rawvideo", "pipe:1"),
        ],
        readable=[film],
        folder=folder,
        bounds=sandbox.Bounds(wall_s=300 + duration_s, niceness=niceness),
    )
    whole = len(done.stdout) // _SIDE**2 * _SIDE**2
    pictures = np.frombuffer(done.stdout[:whole], np.uint8).reshape(-1, _SIDE, _SIDE)
    return [
        _measured(index / rate, picture.astype(np.float32))
        for index, picture in enumerate(pictures)
    ]


def _measured(at_s: float, picture: Grey) -> Candidate:
    dark, light = np.percentile(picture[::4, ::4], (10, 90))
    laplacian = (
        picture[:-2, 1:-1]
        + picture[2:, 1:-1]
        + picture[1:-1, :-2]
        + picture[1:-1, 2:]
        - 4 * picture[1:-1, 1:-1]
    )
    return Candidate(
        at_s=at_s,
        luma=float(picture.mean()),
        spread=float(light - dark),
        contrast=float(picture.std()),
        edges=float(laplacian.var()),
    )
