"""Which outputs a film gets, and the recipe of each. Recipes are data with a digest."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any, Literal

import rfc8785

from media_pipeline.source import Source

Group = Literal["first", "rest", "modern"]
GROUPS: tuple[Group, ...] = ("first", "rest")
"""What every film gets. "modern" is made later and only where it is asked for."""
Codec = Literal["h264", "av1"]

MP4 = "video/mp4"
M4A = "audio/mp4"
JPEG = "image/jpeg"
WEBP = "image/webp"
IMAGES = {JPEG: "jpeg_pipe", WEBP: "webp_pipe"}
"""Media types of pictures, with the name of the format that reads them."""
WEBVTT = "text/vtt"

SMALLEST_SHORT_SIDE = 240
MEDIUM_SHORT_SIDE = 480
STILL_WIDTHS = (320, 640)
WEBP_QUALITY = 75
POSTER_SHORT_SIDE = 720
STORYBOARD_TILE_SHORT_SIDE = 90
STORYBOARD_COLUMNS = 10
STORYBOARD_MOST_TILES = 100
STORYBOARD_SHORTEST_INTERVAL_S = 1.0
SEGMENT_S = 4
KEYFRAME_S = 2
_WORTH_A_RUNG = Fraction(11, 10)

ENCODER = {
    "codec": "libx264",
    "preset": "veryfast",
    "profile": "high",
    "pix_fmt": "yuv420p",
    "keyframe_s": KEYFRAME_S,
    "options": "b-adapt=0:threads=1:deblock=-1,-1:deadzone-inter=8:deadzone-intra=6",
}
MODERN_ENCODER = {
    "codec": "libsvtav1",
    "preset": 8,
    "pix_fmt": "yuv420p",
    "keyframe_s": KEYFRAME_S,
}
SCALER = "lanczos"
_FASTER = "subme=1:me=dia:partitions=i4x4,i8x8"
"""Where pixels are many. Small pictures need the search that this leaves out."""
_SMALL = "chroma-qp-offset=-4"
_MEDIUM = f"{_SMALL}:{_FASTER}"
_LARGE = f"chroma-qp-offset=-3:{_FASTER}:bframes=1"
"""Small deadzones spend bits on detail and, by a higher quantiser, take them from colour, whose
deadzones do not change: the offset gives them back. Smaller pictures need more of it."""
REMUX = {"keyframe_s": 4}
"""A film that has what a rung asks for is copied; its key frames lie this far apart at most."""
LOUDNESS = {"integrated": -16.0, "true_peak": -1.5, "range": 11.0}


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: a bound for the short side and what the encoder is told.

    `short_side` is the bound, `crf` the encoder's quality, `max_rate` bit/s, `audio_rate` bit/s;
    `top_rate` is the highest frame rate, None for no bound; `options` are x264's own, on top of
    those that all rungs have.
    """

    short_side: int
    crf: float
    max_rate: int
    audio_rate: int
    audio_channels: int = 2
    top_rate: int | None = None
    codec: Codec = "h264"
    options: str = ""

    @property
    def name(self) -> str:
        """Its name in file names."""
        return f"{self.short_side}-av1" if self.codec == "av1" else str(self.short_side)


SHARED_SOUND_RATE = 128_000
"""Bit/s of the one stereo sound that all but the smallest rung have, and players of HLS."""
RUNGS = (
    Rung(240, 26.8, 435_000, 48_000, audio_channels=1, top_rate=30, options=_SMALL),
    Rung(360, 26.2, 865_000, SHARED_SOUND_RATE, options=_SMALL),
    Rung(480, 26.2, 1_250_000, SHARED_SOUND_RATE, options=_MEDIUM),
    Rung(720, 26.1, 2_600_000, SHARED_SOUND_RATE, options=_LARGE),
    Rung(1080, 25.6, 5_200_000, SHARED_SOUND_RATE, options=_LARGE),
)
SHARED_SOUND = "hls-audio.mp4"
MODERN_RUNGS = (
    Rung(240, 35, 200_000, 32_000, audio_channels=1, top_rate=30, codec="av1"),
    Rung(480, 35, 800_000, 64_000, codec="av1"),
    Rung(1080, 35, 3_500_000, 96_000, codec="av1"),
)


def picture_file_name(rung: Rung) -> str:
    """Where the pictures of a rung lie before they are packaged."""
    return f"picture-{rung.name}.mp4"


@dataclass(frozen=True)
class PlannedOutput:
    """One file that is to exist. `width` and `height` are in pixels, None for sound and texts."""

    name: str
    group: Group
    media_type: str
    recipe_digest: str
    rung: Rung | None = None
    width: int | None = None
    height: int | None = None


def plan(source: Source, *, modern: bool = False) -> tuple[PlannedOutput, ...]:
    """Everything a film gets, the most urgent first; the `modern` rungs come last of all."""
    rungs = rungs_for(source)
    urgent = first_rungs(rungs)
    later = [rung for rung in reversed(rungs) if rung not in urgent]
    return (
        *_stills(source),
        *(each for rung in urgent for each in _of_rung(source, rung, "first")),
        *_shared_sound(source),
        *(each for rung in later for each in _of_rung(source, rung, "rest")),
        *_storyboard(source),
        *_sound_only(source),
        *(_modern(source) if modern else ()),
    )


def rungs_for(source: Source) -> tuple[Rung, ...]:
    """The rungs of a film, smallest first: each must be worth its bytes over the one before.

    Nothing is enlarged: a rung bounds the short side. A film below the ladder has one rung of its
    own size.
    """
    chosen: list[Rung] = []
    for rung in RUNGS:
        if not chosen or source.short_side >= chosen[-1].short_side * _WORTH_A_RUNG:
            chosen.append(rung)
    if source.short_side < SMALLEST_SHORT_SIDE:
        own = Rung(**{**asdict(RUNGS[0]), "short_side": _even(source.short_side)})
        return (own,)
    return tuple(chosen)


def first_rungs(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    """The small one and a medium one: what makes a film playable early."""
    medium = [rung for rung in rungs[1:] if rung.short_side <= MEDIUM_SHORT_SIDE]
    return (rungs[0], *medium[-1:])


def size_within(source: Source, short_side: int) -> tuple[int, int]:
    """Width and height whose short side keeps within the bound, even, never enlarged."""
    scale = min(Fraction(1), Fraction(short_side, source.short_side))
    return _even(source.width * scale), _even(source.height * scale)


def rate_of(source: Source, rung: Rung) -> Fraction:
    """The frame rate of a rung: the film's, halved where the rung has a bound below it."""
    rate = source.rate
    while rung.top_rate and rate > rung.top_rate:
        rate /= 2
    return rate


def storyboard_grid(source: Source) -> tuple[int, int, float]:
    """Columns, rows and seconds between tiles."""
    interval_s = max(STORYBOARD_SHORTEST_INTERVAL_S, source.duration_s / STORYBOARD_MOST_TILES)
    tiles = max(1, int(source.duration_s / interval_s))
    columns = min(tiles, STORYBOARD_COLUMNS)
    return columns, -(-tiles // columns), interval_s


def storyboard_tile(source: Source) -> tuple[int, int]:
    """Width and height of one tile."""
    return size_within(source, STORYBOARD_TILE_SHORT_SIDE)


def still_size(source: Source, width: int) -> tuple[int, int]:
    """Size of a still of at most this width."""
    scale = min(Fraction(1), Fraction(width, source.width))
    return _even(source.width * scale), _even(source.height * scale)


def _of_rung(source: Source, rung: Rung, group: Group) -> Iterator[PlannedOutput]:
    width, height = size_within(source, rung.short_side)
    picture = {
        "rung": asdict(rung),
        "encoder": ENCODER,
        "scaler": SCALER,
        "remux": REMUX,
    }
    film = _digest({**picture, "loudness": LOUDNESS, "package": "mp4 faststart", "mono": "mean"})
    stream = _digest({**picture, "package": _CMAF})
    yield PlannedOutput(f"{rung.name}.mp4", group, MP4, film, rung, width, height)
    yield PlannedOutput(f"hls-{rung.name}.mp4", group, MP4, stream, rung, width, height)


def _modern(source: Source) -> Iterator[PlannedOutput]:
    """AV1 with Opus, as films for those whose browser plays them."""
    bounds = {rung.short_side for rung in rungs_for(source)}
    for rung in MODERN_RUNGS:
        if rung.short_side in bounds:
            recipe = {
                "rung": asdict(rung),
                "encoder": MODERN_ENCODER,
                "scaler": SCALER,
                "loudness": LOUDNESS,
            }
            size = size_within(source, rung.short_side)
            yield PlannedOutput(f"{rung.name}.mp4", "modern", MP4, _digest(recipe), rung, *size)


def _shared_sound(source: Source) -> Iterator[PlannedOutput]:
    if source.has_sound:
        recipe = {"rate": SHARED_SOUND_RATE, "loudness": LOUDNESS, "package": _CMAF}
        yield PlannedOutput(SHARED_SOUND, "first", M4A, _digest(recipe))


def _sound_only(source: Source) -> Iterator[PlannedOutput]:
    if source.has_sound:
        recipe = {"rate": SHARED_SOUND_RATE, "loudness": LOUDNESS, "package": "m4a faststart"}
        yield PlannedOutput("audio.m4a", "rest", M4A, _digest(recipe))


def _stills(source: Source) -> Iterator[PlannedOutput]:
    size = size_within(source, POSTER_SHORT_SIDE)
    digest = _digest({"still": POSTER_SHORT_SIDE, "of": "short side", **_JPEG})
    yield PlannedOutput("poster.jpg", "first", JPEG, digest, None, *size)
    for width in STILL_WIDTHS:
        digest = _digest({"still": width, "of": "width", **_JPEG})
        size = still_size(source, width)
        yield PlannedOutput(f"still-{width}.jpg", "first", JPEG, digest, None, *size)
        digest = _digest({"still": width, "of": "width", "webp": WEBP_QUALITY})
        yield PlannedOutput(f"still-{width}.webp", "first", WEBP, digest, None, *size)


def _storyboard(source: Source) -> Iterator[PlannedOutput]:
    columns, rows, _ = storyboard_grid(source)
    width, height = storyboard_tile(source)
    recipe = {
        "tile": STORYBOARD_TILE_SHORT_SIDE,
        "columns": STORYBOARD_COLUMNS,
        "most": STORYBOARD_MOST_TILES,
        **_JPEG,
    }
    digest = _digest(recipe)
    sheet = (columns * width, rows * height)
    yield PlannedOutput("storyboard.jpg", "rest", JPEG, digest, None, *sheet)
    yield PlannedOutput("storyboard.vtt", "rest", WEBVTT, _digest({**recipe, "map": "webvtt"}))


_JPEG = {"quality": 3, "matrix": "bt601", "moment": "contrast and edges"}
_CMAF = {"format": "cmaf", "segment_s": SEGMENT_S}


def _digest(recipe: dict[str, Any]) -> str:
    return sha256(rfc8785.dumps(recipe)).hexdigest()


def _even(length: float | Fraction) -> int:
    return max(2, 2 * round(length / 2))
