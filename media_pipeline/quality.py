"""Holds a finished master against its profile and its film, line by line."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from media_pipeline import delivery, viewing
from media_pipeline.delivery import Profile
from media_pipeline.flashes import MOST_PER_S, Span
from media_pipeline.loudness import normalisation
from media_pipeline.source import Source
from media_pipeline.viewing import Described, Viewed

Status = Literal["pass", "warn"]

_FIELD_ORDERS = {"progressive": ("progressive",), "top field first": ("tt", "tb")}
_OP1A = ".01010900"
"""How the label of MXF's operational pattern 1a ends."""
_STEADY_S = 2.0
"""Shorter masters have not come to their bit rate yet."""
_BIT_RATE_TOLERANCE = 0.05
_PROMISED = frozenset(
    {
        *("container", "picture_codec", "picture_size", "frame_rate", "field_order"),
        *("sound_codec", "sound_tracks", "duration"),
    }
)
"""What a master cannot lack without being another thing: it is not published then."""


@dataclass(frozen=True)
class Line:
    """One thing that was looked at. `found` and `expected` are JSON-ready."""

    key: str
    status: Status
    found: Any
    expected: Any


@dataclass(frozen=True)
class Report:
    """All lines about one master. The flash check is a first look and no certificate."""

    profile: str
    duration_s: float
    lines: tuple[Line, ...]
    cpu_s: float

    @property
    def passed(self) -> bool:
        """Whether no line warns."""
        return all(line.status == "pass" for line in self.lines)

    @property
    def broken(self) -> tuple[Line, ...]:
        """Lines that show a master which is not of its profile at all."""
        return tuple(line for line in self.lines if line.status == "warn" and line.key in _PROMISED)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready, for the file that goes with the master."""
        return {
            "profile": self.profile,
            "passed": self.passed,
            "flashes_certified": False,
            "lines": [asdict(line) for line in self.lines],
        }


def examine(
    path: Path,
    profile: Profile,
    source: Source,
    *,
    missing_characters: str = "",
    on_progress: Callable[[float], None],
) -> Report:
    """Decode a master whole and report on it; `missing_characters` are those that no font has.

    Raises the errors of `sandbox.run`; a master that is not as it should be is a matter of lines.
    """
    described = viewing.describe(path, profile.demuxer)
    viewed = viewing.view(path, profile, described, on_progress)
    lines = (
        *_format(profile, source, described),
        *_pictures(profile, viewed),
        *_sound(profile, source, viewed),
        _line("characters", not missing_characters, missing_characters, ""),
    )
    return Report(profile.name, described.duration_s, lines, viewed.cpu_s)


def _format(profile: Profile, source: Source, described: Described) -> list[Line]:
    picture = described.picture
    size = delivery.canvas_of(profile, source)
    rate = delivery.rate_of(profile, source)
    length_s = delivery.length_s(source)
    order = picture.get("field_order")
    late_s = abs(described.duration_s - length_s)
    return [
        _same("container", profile.muxer, _container(described)),
        _same(
            "picture_codec",
            [profile.codec, profile.codec_profile, profile.pix_fmt],
            [picture["codec_name"], picture.get("profile"), picture["pix_fmt"]],
        ),
        _same("picture_size", list(size), [picture["width"], picture["height"]]),
        _line("frame_rate", described.rate == rate, float(described.rate), float(rate)),
        _line("field_order", order in _FIELD_ORDERS[profile.scan], order, profile.scan),
        *_bit_rate(profile, described),
        *_sound_format(profile, source, described),
        _line(
            "duration",
            late_s <= profile.tolerances.length_s,
            round(described.duration_s, 3),
            round(length_s, 3),
        ),
    ]


def _container(described: Described) -> str:
    names = described.container["format_name"].split(",")
    if "mxf" in names:
        label = described.container.get("tags", {}).get("operational_pattern_ul", "")
        return "mxf" if label.endswith(_OP1A) else f"mxf {label}"
    brand = described.container.get("tags", {}).get("major_brand", "").strip()
    return "mov" if brand == "qt" else "mp4"


def _bit_rate(profile: Profile, described: Described) -> list[Line]:
    if profile.bit_rate is None or described.duration_s < _STEADY_S:
        return []
    data = 8 * int(described.container["size"]) / max(described.duration_s, 0.04)
    sound = sum(int(each.get("bit_rate", 0)) for each in described.sounds)
    found = round(data - sound)
    steady = abs(found - profile.bit_rate) <= _BIT_RATE_TOLERANCE * profile.bit_rate
    return [_line("bit_rate", steady, found, profile.bit_rate)]


def _sound_format(profile: Profile, source: Source, described: Described) -> list[Line]:
    expected = profile.sound_tracks if source.has_sound else 0
    lines = [_same("sound_tracks", expected, len(described.sounds))]
    codecs = sorted({f"{each['codec_name']} {each['sample_rate']}" for each in described.sounds})
    if source.has_sound:
        lines.append(_same("sound_codec", [f"{profile.sound_codec} 48000"], codecs))
    return lines


def _pictures(profile: Profile, viewed: Viewed) -> list[Line]:
    tolerances = profile.tolerances
    return [
        _line(
            "levels",
            viewed.outside_levels <= tolerances.outside_levels,
            {
                "outside": round(viewed.outside_levels, 4),
                "darkest": viewed.luma[0],
                "lightest": viewed.luma[1],
            },
            {"outside": tolerances.outside_levels, "darkest": 16, "lightest": 235},
        ),
        _line("black", not viewed.black, _times(viewed.black), tolerances.black_s),
        _line("freeze", not viewed.frozen, _times(viewed.frozen), tolerances.freeze_s),
        _line("flashes", not viewed.flashing, _times(viewed.flashing), MOST_PER_S),
    ]


def _sound(profile: Profile, source: Source, viewed: Viewed) -> list[Line]:
    """Silence has no loudness to be right or wrong."""
    aim, tolerances, heard = profile.loudness, profile.tolerances, viewed.loudness
    if heard is None:
        return [_line("loudness", not source.has_sound, None, aim["integrated"])]
    off = abs(heard.integrated - aim["integrated"])
    highest = aim["true_peak"] + tolerances.true_peak_db
    planned = normalisation(source.loudness, aim)
    mode = planned.mode if planned else "none"
    return [
        _line("loudness", off <= tolerances.loudness_lu, heard.integrated, aim["integrated"]),
        _line("true_peak", heard.true_peak <= highest, heard.true_peak, aim["true_peak"]),
        _line("gain", mode == "linear", mode, "linear"),
    ]


def _times(spans: tuple[Span, ...]) -> list[list[float]]:
    return [[round(span.start_s, 2), round(span.end_s, 2)] for span in spans]


def _same(key: str, expected: Any, found: Any) -> Line:
    return _line(key, found == expected, found, expected)


def _line(key: str, passes: bool, found: Any, expected: Any) -> Line:
    return Line(key, "pass" if passes else "warn", found, expected)
