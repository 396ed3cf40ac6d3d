"""What is known of a film that came in. Plain data: it travels as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal

Hdr = Literal["pq", "hlg"]
FirstField = Literal["top", "bottom"]

STANDARD_RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)
_RATE_TOLERANCE = Fraction(4, 1000)
_MOST_PARTS = 5


@dataclass(frozen=True)
class Colour:
    """The tags of the picture as ffprobe names them; None where the file does not tell."""

    space: str | None = None
    primaries: str | None = None
    transfer: str | None = None
    range: str | None = None


@dataclass(frozen=True)
class Audio:
    """The first sound track. `layout` is None where the file does not tell.

    With `sides_apart` it is the left side alone, and the second track is the right one.
    """

    codec: str
    channels: int
    layout: str | None
    sample_rate: int
    sides_apart: bool = False


@dataclass(frozen=True)
class Loudness:
    """EBU R128 measures of the stereo downmix: LUFS, dBTP, LU, LUFS."""

    integrated: float
    true_peak: float
    range: float
    threshold: float


@dataclass(frozen=True)
class Source:
    """A readable film.

    `duration_s` is the whole length, `picture_s` the end of the last picture, which may be earlier.
    `width` and `height` are those of the display: after pixel aspect and rotation. `rotation` is
    clockwise, a right angle; what is mirrored is turned first, then mirrored left to right.
    `frame_rate` is snapped to a standard one, `average_frame_rate` is the file's own; both are
    fractions as text. `loudness` is None without sound and for silence. `first_field` is what was
    seen of an interlaced film whose file does not tell.
    """

    demuxer: str
    duration_s: float
    picture_s: float
    width: int
    height: int
    coded_width: int
    coded_height: int
    rotation: int
    mirrored: bool
    frame_rate: str
    average_frame_rate: str
    variable_rate: bool
    pix_fmt: str
    alpha: bool
    colour: Colour
    hdr: Hdr | None
    interlaced: bool
    video_codec: str
    audio: Audio | None
    loudness: Loudness | None
    first_field: FirstField | None = None

    @property
    def short_side(self) -> int:
        """Of the display, in pixels."""
        return min(self.width, self.height)

    @property
    def portrait(self) -> bool:
        """Whether it is higher than wide."""
        return self.height > self.width

    @property
    def has_sound(self) -> bool:
        """Whether there is a sound track, silent or not."""
        return self.audio is not None

    @property
    def rate(self) -> Fraction:
        """The snapped frame rate, frames per second."""
        return Fraction(self.frame_rate)

    def as_data(self) -> dict[str, Any]:
        """Itself as JSON-ready data."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Source":
        """The inverse of `as_data`."""
        audio, loudness = data["audio"], data["loudness"]
        parts = {
            "colour": Colour(**data["colour"]),
            "audio": Audio(**audio) if audio else None,
            "loudness": Loudness(**loudness) if loudness else None,
        }
        return cls(**{**data, **parts})


def snapped_rate(average: Fraction) -> Fraction:
    """The standard rate to make a film at whose average rate is this one.

    A standard rate close by is taken; else one that is a whole multiple or a whole part of it, so
    that frames are repeated or dropped evenly; else the next one above, 60 at the most.
    """
    for error in (_error_as_same, _error_as_multiple, _error_as_part):
        nearest = min(STANDARD_RATES, key=lambda standard: error(standard, average))
        if error(nearest, average) <= _RATE_TOLERANCE:
            return nearest
    return next((rate for rate in STANDARD_RATES if rate >= average), STANDARD_RATES[-1])


def _error_as_same(standard: Fraction, average: Fraction) -> Fraction:
    return abs(standard - average) / average


def _error_as_multiple(standard: Fraction, average: Fraction) -> Fraction:
    return abs(standard - average * max(2, round(standard / average))) / standard


def _error_as_part(standard: Fraction, average: Fraction) -> Fraction:
    times = min(_MOST_PARTS, max(2, round(average / standard)))
    return abs(average - standard * times) / average if standard >= 50 else Fraction(1)
