"""Brings pictures to BT.709 in standard range, and to their size."""

from typing import Any

from media_pipeline.ladder import SCALER
from media_pipeline.source import Source

Stream = Any
Size = tuple[int, int]

_KNOWN_PRIMARIES = ("bt709", "bt2020", "smpte431", "smpte432")
_WIDE_GAMUT = ("bt2020", "bt2020nc", "bt2020c")
_HIGH_DEFINITION_SHORT_SIDE = 720
_HDR_WHITE_NITS = 203
"""Where a white page lies in PQ and HLG (ITU-R BT.2408)."""


def to_bt709(stream: Stream, source: Source, size: Size) -> Stream:
    """Of this size, standard range, BT.709; nothing is converted that is so already."""
    if source.hdr:
        return _tone_mapped(stream, source, size)
    colour = source.colour
    if colour.primaries in _WIDE_GAMUT or colour.space in _WIDE_GAMUT:
        told = _told(source, transfer="bt709")
        return stream.filter("zscale", *size, p="bt709", t="bt709", m="bt709", r="tv", **told)
    if _is_standard(source):
        return stream if _is_of_size(source, size) else scaled(stream, size)
    return stream.filter(
        "scale",
        *size,
        flags=SCALER,
        in_color_matrix=_matrix_of(source),
        out_color_matrix="bt709",
        out_range="tv",
    )


def _is_standard(source: Source) -> bool:
    """Whether its pixels are already those that the encoder gets, so that nothing is converted.

    zimg halves the sides of the colour planes, so both have to be even.
    """
    even = source.coded_width % 2 == source.coded_height % 2 == 0
    return (
        even
        and source.pix_fmt == "yuv420p"
        and source.colour.range in (None, "tv")
        and _matrix_of(source) == "bt709"
    )


def _is_of_size(source: Source, size: Size) -> bool:
    """Whether it has this size without scaling, after it was turned."""
    same = {source.coded_width, source.coded_height} == set(size)
    return same and (source.width, source.height) == size


def scaled(stream: Stream, size: Size) -> Stream:
    """Progressive BT.709 of another size.

    zimg needs half the time of ffmpeg's own scaler for the same filter. It would take a picture
    that is marked as interlaced for one field.
    """
    return stream.filter("setfield", mode="prog").filter("zscale", *size, filter=SCALER)


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
