"""Filter graphs and command lines, composed with ffmpeg-python and never run by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import ffmpeg

from media_pipeline import sandbox
from media_pipeline.colours import Size, Stream, as_told, scaled, to_bt709
from media_pipeline.ladder import (
    ENCODER,
    KEYFRAME_S,
    MODERN_ENCODER,
    WEBP_QUALITY,
    Rung,
    picture_file_name,
    rate_of,
    size_within,
)
from media_pipeline.loudness import Normalisation, normalisation
from media_pipeline.source import Source

SAMPLE_RATE = 48_000
_BT709 = {
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "color_range": "tv",
}
_MATRIX_OF_IMAGES = {"in_color_matrix": "bt709", "out_color_matrix": "smpte170m"}
_STRIPPED = {"map_metadata": -1, "map_chapters": -1, "fflags": "+bitexact"}
_DECODERS_OF_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_PARITY = {None: "auto", "top": "tff", "bottom": "bff"}
"""Which field comes first, for the filter: what the pictures say, unless they are silent."""


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
    codec: Literal["aac", "libopus"] = "aac"

    @property
    def file_name(self) -> str:
        """Where the encoder leaves it."""
        return f"sound-{self.codec}-{self.rate}-{self.channels}.mp4"


def encode_arguments(
    path: Path, source: Source, rungs: Sequence[Rung], sounds: Sequence[Sound], sheet: Sheet | None
) -> list[str]:
    """One process that decodes once and writes every rung, every sound and the storyboard."""
    film = opened(path, source)
    outputs = [*_pictures(film, source, rungs, sheet), *_sounds(film, source, sounds)]
    return compiled(outputs)


def still_arguments(path: Path, source: Source, at_s: float, stills: dict[str, Size]) -> list[str]:
    """One process that takes the picture at a time and writes it in several sizes."""
    film = opened(path, source, ss=f"{at_s:.3f}")
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


def prepared(
    stream: Stream,
    source: Source,
    size: Size,
    *,
    pix_fmt: str = "yuv420p",
    every_field: bool = False,
) -> Stream:
    """Progressive, opaque, standard range, BT.709, square pixels, of this size and pixel format.

    With `every_field` each field of an interlaced film becomes a picture: twice as many.
    """
    stream = as_told(stream, source)
    if source.interlaced:
        mode = "send_field" if every_field else "send_frame"
        stream = stream.filter("bwdif", mode=mode, parity=_PARITY[source.first_field])
    if source.alpha:
        stream = stream.filter("format", "gbrap").filter("premultiply", inplace=1)
        stream = stream.filter("format", "gbrp")
    stream = to_bt709(stream, source, size)
    return (
        stream.filter("format", pix_fmt)
        .filter("setsar", "1")
        .filter(
            "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
        )
    )


def opened(path: Path, source: Source, **options: object) -> Stream:
    """The film as an input of a graph, standing upright."""
    return ffmpeg.input(
        sandbox.address(path),
        f=source.demuxer,
        protocol_whitelist="file",
        max_pixels=sandbox.MOST_PIXELS,
        **_decoder(source),
        **_orientation(source),
        **options,
    )


def _decoder(source: Source) -> dict[str, object]:
    """WebM keeps transparency in a second picture, which ffmpeg's own decoders leave out."""
    decoder = _DECODERS_OF_ALPHA.get(source.video_codec) if source.alpha else None
    return {"vcodec": decoder} if decoder else {}


def _orientation(source: Source) -> dict[str, object]:
    """The input is turned as it was judged to stand, whatever angle the file itself names."""
    turned: dict[str, object] = {"display_rotation": -source.rotation}
    return {**turned, "display_hflip": None} if source.mirrored else turned


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
            current = scaled(current, size).filter("setsar", "1")
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
        **(_h264(rung, distance) if rung.codec == "h264" else _av1(rung, distance)),
        **_BT709,
        **_STRIPPED,
    )


def _h264(rung: Rung, distance: int) -> dict[str, object]:
    return {
        "vcodec": ENCODER["codec"],
        "preset": ENCODER["preset"],
        "profile:v": ENCODER["profile"],
        "flags:v": "+cgop+bitexact",
        "crf": rung.crf,
        "x264-params": ":".join(filter(None, [str(ENCODER["options"]), rung.options])),
        "maxrate": rung.max_rate,
        "bufsize": 2 * rung.max_rate,
        "g": distance,
        "keyint_min": distance,
        "sc_threshold": 0,
    }


def _av1(rung: Rung, distance: int) -> dict[str, object]:
    return {
        "vcodec": MODERN_ENCODER["codec"],
        "preset": MODERN_ENCODER["preset"],
        "flags:v": "+bitexact",
        "crf": rung.crf,
        "maxrate": rung.max_rate,
        "bufsize": 2 * rung.max_rate,
        "g": distance,
        "svtav1-params": "irefresh-type=2:scd=0",
    }


def _sheet_output(stream: Stream, sheet: Sheet) -> Stream:
    rate = 1 / Fraction(sheet.interval_s).limit_denominator(1000)
    # A film of a moment fills its tile, and sound that outlasts the pictures has the last of them.
    longest_s = sheet.columns * sheet.rows * sheet.interval_s
    lasting = stream.filter("tpad", stop_mode="clone", stop_duration=longest_s)
    tiles = lasting.filter("fps", fps=_text(rate))
    tiled = tiles.filter("tile", layout=f"{sheet.columns}x{sheet.rows}")
    return _still_output(tiled, "storyboard.jpg")


def _still_output(stream: Stream, name: str) -> Stream:
    if name.endswith(".webp"):
        return _webp_output(stream, name)
    # JPEG is full range in the matrix of BT.601 by definition (JFIF 1.02).
    full = stream.filter("scale", in_range="tv", out_range="pc", **_MATRIX_OF_IMAGES)
    return full.filter("format", "yuvj420p").output(
        sandbox.address(name),
        f="image2",
        update=1,
        vcodec="mjpeg",
        **{"frames:v": 1, "qscale:v": 3, "flags:v": "+bitexact"},
        **_STRIPPED,
    )


def sound_of(film: Stream, source: Source) -> Stream:
    """The film's sound, from one track or from one for each side."""
    if source.audio is None or not source.audio.sides_apart:
        return film["a:0"]
    return ffmpeg.filter([film["a:0"], film["a:1"]], "join", inputs=2, channel_layout="stereo")


def levelled(stream: Stream, normalised: Normalisation | None) -> Stream:
    """Sound in stereo from the film's first moment on, brought to its loudness."""
    stream = stream.filter("aresample", SAMPLE_RATE, **{"async": 1000, "first_pts": 0})
    stream = stream.filter("aformat", channel_layouts="stereo")
    if normalised:
        for limiter, options in normalised.limiter_options.items():
            stream = stream.filter(limiter, **options)
        stream = stream.filter("loudnorm", **normalised.filter_options)
        stream = stream.filter("aresample", SAMPLE_RATE)
    return stream


def _webp_output(stream: Stream, name: str) -> Stream:
    # WebP is limited range, in the matrix of BT.601 as well.
    return stream.filter("scale", **_MATRIX_OF_IMAGES).output(
        sandbox.address(name),
        f="webp",
        vcodec="libwebp",
        **{"frames:v": 1, "quality": WEBP_QUALITY, "flags:v": "+bitexact"},
        **_STRIPPED,
    )


def _sounds(film: Stream, source: Source, sounds: Sequence[Sound]) -> list[Stream]:
    if not sounds:
        return []
    stream = levelled(sound_of(film, source), normalisation(source.loudness))
    # A player that waits for sound must not wait at the end of pictures that outlast it.
    stream = stream.filter("apad", whole_dur=source.picture_s)
    copies = stream.filter_multi_output("asplit", len(sounds))
    return [_sound_output(copies[index], sound) for index, sound in enumerate(sounds)]


def _sound_output(stream: Stream, sound: Sound) -> Stream:
    stream = stream.filter("aformat", channel_layouts="stereo")
    if sound.channels == 1:
        # Mixed as it is, it would be 3 dB louder than from both sides, and clip.
        stream = stream.filter("volume", "-3.01dB").filter("aformat", channel_layouts="mono")
    return stream.output(
        sandbox.address(sound.file_name),
        f="mp4",
        acodec=sound.codec,
        audio_bitrate=sound.rate,
        **{"flags:a": "+bitexact"},
        **_STRIPPED,
    )


def _text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"
