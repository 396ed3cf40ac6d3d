"""Takes in a finished master: what ffprobe says of it, and what a whole decode shows."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from media_pipeline import flashes, sandbox
from media_pipeline.delivery import Profile
from media_pipeline.flashes import Span
from media_pipeline.listening import read_loudness
from media_pipeline.probe import seconds
from media_pipeline.sandbox import Progress
from media_pipeline.source import Loudness

_FACTS, _OUTSIDE, _GREY = "facts.txt", "outside.txt", "grey.raw"
_TOLERATED = (14, 241)
"""Luma from -1 to 103 % (EBU R103), in 8 bit."""
_FACT = re.compile(r"lavfi\.(?:signalstats\.|freezedetect\.)?(\w+)=(-?[\d.]+)")
_TIME = re.compile(r"pts_time:(-?[\d.]+)")


@dataclass(frozen=True)
class Described:
    """What ffprobe says: its own words for the picture, the sounds and the container."""

    picture: dict[str, Any]
    sounds: list[dict[str, Any]]
    container: dict[str, Any]
    duration_s: float

    @property
    def rate(self) -> Fraction:
        """Pictures per second."""
        return Fraction(self.picture["r_frame_rate"])


@dataclass(frozen=True)
class Viewed:
    """What a decode shows.

    `luma` is the lowest and highest value in 8 bit, `outside_levels` the largest share of one
    picture's pixels outside of what is tolerated. `loudness` is None for silence.
    """

    luma: tuple[float, float]
    outside_levels: float
    black: tuple[Span, ...]
    frozen: tuple[Span, ...]
    flashing: tuple[Span, ...]
    loudness: Loudness | None
    cpu_s: float


def describe(path: Path, demuxer: str) -> Described:
    """Ask ffprobe about a master."""
    asked = ["-v", "error", "-of", "json", "-show_streams", "-show_format"]
    done = sandbox.run(
        "ffprobe",
        [*asked, *sandbox.source_arguments(path, demuxer)],
        readable=[path],
        bounds=sandbox.Bounds(wall_s=60, cpu_s=60),
    )
    told = json.loads(done.stdout)
    streams = told["streams"]
    picture = next(each for each in streams if each["codec_type"] == "video")
    sounds = [each for each in streams if each["codec_type"] == "audio"]
    return Described(picture, sounds, told["format"], seconds(told["format"]["duration"]) or 0.0)


def view(
    path: Path, profile: Profile, described: Described, on_progress: Callable[[float], None]
) -> Viewed:
    """Decode a master once, pictures and sound, beside which there is room for small files."""
    whole_s = max(described.duration_s, 0.04)

    def report(progress: Progress) -> None:
        on_progress(min(1.0, progress.out_time_s / whole_s))

    pix_fmt = described.picture["pix_fmt"]
    pixels = described.picture["width"] * described.picture["height"]
    with tempfile.TemporaryDirectory(dir=path.parent) as made:
        folder = Path(made)
        done = sandbox.run(
            "ffmpeg",
            _arguments(path, profile, _steps(pix_fmt), len(described.sounds)),
            readable=[path],
            folder=folder,
            bounds=sandbox.bounds_for(pixels, wall_s=600 + 60 * whole_s),
            on_progress=report,
        )
        facts = list(_facts(folder / _FACTS))
        outside = [fact["YAVG"] for fact in _facts(folder / _OUTSIDE)]
        rate = float(described.rate) * (2 if profile.interlaced else 1)
        flashing = _flashes(folder / _GREY, rate)
    return Viewed(
        luma=_luma(facts, _steps(pix_fmt)),
        outside_levels=max(outside, default=0.0) / (256 * _steps(pix_fmt) - 1),
        black=tuple(_spans(facts, "black_start", "black_end", whole_s)),
        frozen=tuple(_spans(facts, "freeze_start", "freeze_end", whole_s)),
        flashing=tuple(flashing),
        loudness=read_loudness(done.log),
        cpu_s=done.cpu_s,
    )


def _arguments(path: Path, profile: Profile, steps: int, sounds: int) -> list[str]:
    """Fields are looked at one by one for flashes: woven together they would even out."""
    tolerances = profile.tolerances
    lowest, highest, white = (steps * _TOLERATED[0], steps * _TOLERATED[1], 256 * steps - 1)
    fields = "separatefields," if profile.interlaced else ""
    graph = [
        "[0:v]split[whole][small]",
        f"[whole]signalstats,blackdetect=d={tolerances.black_s}:pix_th=0.05,"
        f"freezedetect=d={tolerances.freeze_s},metadata=print:file={_FACTS},"
        f"lutyuv=y='if(between(val,{lowest},{highest}),0,{white})',signalstats,"
        f"metadata=print:key=lavfi.signalstats.YAVG:file={_OUTSIDE}[seen]",
        f"[small]{fields}scale={flashes.WIDTH}:{flashes.HEIGHT}:flags=area,format=yuv420p,"
        "extractplanes=y[grey]",
    ]
    if sounds:
        inputs = "".join(f"[0:a:{number}]" for number in range(sounds))
        joined = f"join=inputs={sounds}:channel_layout=stereo," if sounds > 1 else ""
        measured = "aformat=channel_layouts=stereo,ebur128=peak=true:framelog=quiet"
        graph.append(f"{inputs}{joined}{measured}[heard]")
    heard = ("-map", "[heard]") if sounds else ()
    return [
        *("-v", "info", *sandbox.source_arguments(path, profile.demuxer)),
        *("-filter_complex", ";".join(graph)),
        *("-map", "[seen]", *heard, "-f", "null", "-"),
        *("-map", "[grey]", "-fps_mode", "passthrough", "-f", "rawvideo", sandbox.address(_GREY)),
    ]


def _facts(path: Path) -> Iterator[dict[str, float]]:
    """What the filters noted of each picture, and its `time`."""
    fact: dict[str, float] = {}
    with path.open() as lines:
        for line in lines:
            time = _TIME.search(line)
            if time:
                if fact:
                    yield fact
                fact = {"time": float(time[1])}
            else:
                fact.update((name, float(value)) for name, value in _FACT.findall(line))
    if fact:
        yield fact


def _steps(pix_fmt: str) -> int:
    """Of a picture's depth in one of 8 bit."""
    return 4 if "10" in pix_fmt else 1


def _luma(facts: list[dict[str, float]], steps: int) -> tuple[float, float]:
    lowest = min((fact["YMIN"] for fact in facts), default=16.0)
    highest = max((fact["YMAX"] for fact in facts), default=16.0)
    return lowest / steps, highest / steps


def _spans(facts: list[dict[str, float]], begin: str, end: str, whole_s: float) -> Iterator[Span]:
    """Spans whose beginning and end are noted; one that lasts to the end has no noted end."""
    open_s: float | None = None
    for fact in facts:
        if end in fact and open_s is not None:
            yield Span(open_s, fact[end])
            open_s = None
        open_s = fact.get(begin, open_s)
    if open_s is not None:
        yield Span(open_s, whole_s)


def _flashes(path: Path, rate: float) -> list[Span]:
    pixels = np.fromfile(path, dtype=np.uint8)
    return flashes.find_flashes(pixels.reshape(-1, flashes.HEIGHT, flashes.WIDTH), rate)
