"""Filter graphs and command lines, composed with ffmpeg-python and never run by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from media_pipeline import sandbox
from media_pipeline.ladder import ENCODER, KEYFRAME_S, Rung, rate_of, size_within
from media_pipeline.loudness import normalisation
from media_pipeline.source import Source

Stream = Any
Size = tuple[int, int]

SAMPLE_RATE = 48_000
_BT709 = {
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "color_range": "tv",
}
_STRIPPED = {"map_metadata": -1, "map_chapters": -1, "fflags": "+bitexact"}
_KNOWN_PRIMARIES = ("bt709", "bt2020", "smpte431", "smpte432")
_WIDE_GAMUT = ("bt2020", "bt2020nc", "bt2020c")
_HIGH_DEFINITION_SHORT_SIDE = 720
_HDR_WHITE_NITS = 203
"""Where a white page lies in PQ and HLG (ITU-R BT.2408)."""


@dataclass(frozen=True)
class Sheet:
    """A storyboard: tiles of one size, so many columns and rows, one every `interval_s`."""

    tile: Size
    columns: int
    rows: int
    interval_s: float


@dataclass(frozen=True)
class Sound:
    """One sound track to be encoded: bit/s and channels."""

    rate: int
    channels: int

    @property
    def file_name(self) -> str:
        """Where the encoder leaves it."""
        return f"sound-{self.rate}-{self.channels}.mp4"


def picture_file_name(rung: Rung) -> str:
    """Where the encoder leaves the pictures of a rung."""
    return f"picture-{rung.name}.mp4"


def encode_arguments(
    path: Path, source: Source, rungs: Sequence[Rung], sounds: Sequence[Sound], sheet: Sheet | None
) -> list[str]:
    """One process that decodes once and writes every rung, every sound and the storyboard."""
    film = _open(path, source)
    outputs = [*_pictures(film, source, rungs, sheet), *_sounds(film, source, sounds)]
    return compiled(outputs)


def still_arguments(path: Path, source: Source, at_s: float, stills: dict[str, Size]) -> list[str]:
    """One process that takes the picture at a time and writes it in several sizes."""
    film = _open(path, source, ss=f"{at_s:.3f}")
    largest_first = sorted(stills.items(), key=lambda item: item[1], reverse=True)
    sizes = [size for _, size in largest_first]
    base = prepared(film["V:0"], source, sizes[0])
    outputs = [
        _still_output(stream, name)
        for (name, _), stream in zip(largest_first, _cascade(base, sizes), strict=True)
    ]
    return compiled(outputs)


def compiled(outputs: Iterable[Stream]) -> list[str]:
    """The arguments of a command that writes these outputs, without the program's name."""
    command: list[str] = ffmpeg.merge_outputs(*outputs).compile(overwrite_output=True)
    return ["-v", "error", *command[1:]]


def prepared(stream: Stream, source: Source, size: Size) -> Stream:
    """Progressive, opaque, standard range, BT.709, square pixels, 4:2:0, of this size."""
    if source.interlaced:
        stream = stream.filter("bwdif", mode="send_frame")
    if source.alpha:
        stream = stream.filter("format", "gbrap").filter("premultiply", inplace=1)
        stream = stream.filter("format", "gbrp")
    stream = _to_bt709(stream, source, size)
    return (
        stream.filter("format", "yuv420p")
        .filter("setsar", "1")
        .filter(
            "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
        )
    )


def _open(path: Path, source: Source, **options: object) -> Stream:
    return ffmpeg.input(
        sandbox.address(path),
        f=source.demuxer,
        protocol_whitelist="file",
        max_pixels=sandbox.MOST_PIXELS,
        **options,
    )


def _pictures(
    film: Stream, source: Source, rungs: Sequence[Rung], sheet: Sheet | None
) -> list[Stream]:
    falling = sorted(rungs, key=lambda rung: rung.short_side, reverse=True)
    sizes = [size_within(source, rung.short_side) for rung in falling]
    sizes += [sheet.tile] if sheet else []
    if not sizes:
        return []
    even = film["V:0"].filter("fps", fps=_text(source.rate), start_time=0)
    branches = _cascade(prepared(even, source, sizes[0]), sizes)
    outputs = [
        _picture_output(branch, source, rung)
        for rung, branch in zip(falling, branches, strict=False)
    ]
    return [*outputs, _sheet_output(branches[-1], sheet)] if sheet else outputs


def _cascade(base: Stream, sizes: Sequence[Size]) -> list[Stream]:
    """One branch per size, each scaled from the one before; `base` has the first size."""
    branches, current, last = list[Stream](), base, sizes[0]
    for index, size in enumerate(sizes):
        if size != last:
            current = current.filter("scale", *size).filter("setsar", "1")
        last = size
        if index + 1 < len(sizes):
            both = current.filter_multi_output("split")
            branches.append(both[0])
            current = both[1]
        else:
            branches.append(current)
    return branches


def _picture_output(stream: Stream, source: Source, rung: Rung) -> Stream:
    rate = rate_of(source, rung)
    if rate != source.rate:
        stream = stream.filter("fps", fps=_text(rate))
    distance = round(rate * KEYFRAME_S)
    return stream.output(
        sandbox.address(picture_file_name(rung)),
        f="mp4",
        vcodec=ENCODER["codec"],
        preset=ENCODER["preset"],
        **{"profile:v": ENCODER["profile"], "flags:v": "+cgop+bitexact"},
        crf=rung.crf,
        maxrate=rung.max_rate,
        bufsize=2 * rung.max_rate,
        g=distance,
        keyint_min=distance,
        sc_threshold=0,
        **_BT709,
        **_STRIPPED,
    )


def _sheet_output(stream: Stream, sheet: Sheet) -> Stream:
    rate = 1 / Fraction(sheet.interval_s).limit_denominator(1000)
    tiles = stream.filter("fps", fps=_text(rate))
    tiled = tiles.filter("tile", layout=f"{sheet.columns}x{sheet.rows}")
    return _still_output(tiled, "storyboard.jpg")


def _still_output(stream: Stream, name: str) -> Stream:
    # JPEG is full range by definition; the encoder takes nothing else.
    full = stream.filter("scale", in_range="tv", out_range="pc").filter("format", "yuvj420p")
    return full.output(
        sandbox.address(name),
        f="image2",
        update=1,
        vcodec="mjpeg",
        **{"frames:v": 1, "qscale:v": 3, "flags:v": "+bitexact"},
        **_STRIPPED,
    )


def _sounds(film: Stream, source: Source, sounds: Sequence[Sound]) -> list[Stream]:
    if not sounds:
        return []
    stream = film["a:0"].filter("aresample", SAMPLE_RATE, **{"async": 1000, "first_pts": 0})
    stream = stream.filter("aformat", channel_layouts="stereo")
    normalised = normalisation(source.loudness)
    if normalised:
        stream = stream.filter("loudnorm", **normalised.filter_options)
        stream = stream.filter("aresample", SAMPLE_RATE)
    # A player that waits for sound must not wait at the end of pictures that outlast it.
    stream = stream.filter("apad", whole_dur=source.picture_s)
    copies = stream.filter_multi_output("asplit", len(sounds))
    return [_sound_output(copies[index], sound) for index, sound in enumerate(sounds)]


def _sound_output(stream: Stream, sound: Sound) -> Stream:
    layout = "mono" if sound.channels == 1 else "stereo"
    return stream.filter("aformat", channel_layouts=layout).output(
        sandbox.address(sound.file_name),
        f="mp4",
        acodec="aac",
        audio_bitrate=sound.rate,
        **{"flags:a": "+bitexact"},
        **_STRIPPED,
    )


def _to_bt709(stream: Stream, source: Source, size: Size) -> Stream:
    if source.hdr:
        return _tone_mapped(stream, source, size)
    colour = source.colour
    if colour.primaries in _WIDE_GAMUT or colour.space in _WIDE_GAMUT:
        told = _told(source, transfer="bt709")
        return stream.filter("zscale", *size, p="bt709", t="bt709", m="bt709", r="tv", **told)
    return stream.filter(
        "scale",
        *size,
        in_color_matrix=_matrix_of(source),
        out_color_matrix="bt709",
        out_range="tv",
    )


def _tone_mapped(stream: Stream, source: Source, size: Size) -> Stream:
    linear = stream.filter("zscale", *size, t="linear", npl=_HDR_WHITE_NITS, **_told(source))
    light = linear.filter("format", "gbrpf32le").filter("zscale", p="bt709")
    mapped = light.filter("tonemap", tonemap="mobius", desat=0)
    return mapped.filter("zscale", t="bt709", m="bt709", r="tv")


def _told(source: Source, transfer: str | None = None) -> dict[str, str]:
    """What the converter is told of its input, so that missing tags do not stop it."""
    colour = source.colour
    kinds = {"pq": "smpte2084", "hlg": "arib-std-b67", None: transfer or "bt709"}
    return {
        "tin": kinds[source.hdr],
        "pin": colour.primaries if colour.primaries in _KNOWN_PRIMARIES else "bt2020",
        "min": "bt2020nc" if colour.space in (None, "bt2020nc") else colour.space,
        "rin": "pc" if colour.range == "pc" else "tv",
    }


def _matrix_of(source: Source) -> str:
    known = {"bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "bt470", "fcc": "fcc"}
    guess = "bt709" if source.short_side >= _HIGH_DEFINITION_SHORT_SIDE else "smpte170m"
    return known.get(source.colour.space or "", guess)


def _text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"
