"""Brings pictures to BT.709 in standard range, and to their size."""

from typing import Any

from media_pipeline.ladder import SCALER
from media_pipeline.source import Source

Stream = Any
Size = tuple[int, int]

_KNOWN_PRIMARIES = ("bt709", "bt2020", "smpte431", "smpte432")
_WIDE_GAMUT = ("bt2020", "bt2020nc", "bt2020c")
_CONVERTED = ("bt709", "smpte170m", "bt470bg", "fcc", "smpte240m", "bt2020nc", "bt2020c", "ycgco")
_RGB = ("rgb", "bgr", "gbr", "pal")
_HIGH_DEFINITION_SHORT_SIDE = 720
_HDR_WHITE_NITS = 203
"""Where a white page lies in PQ and HLG (ITU-R BT.2408)."""


def as_told(stream: Stream, source: Source) -> Stream:
    """The pictures with tags that every filter can follow; most films have them already.

    A matrix is guessed that no tool here converts or that cannot be true, as that of RGB on a film
    that is none; and so are missing primaries of high dynamic range, which the pictures may lack
    where the file has them.
    """
    tags = {"color_primaries": _primaries_of(source)} if source.hdr else {}
    if source.colour.space not in (None, _space_of(source)) and not _is_rgb(source):
        tags["colorspace"] = _space_of(source)
    return stream.filter("setparams", **tags) if tags else stream


def to_bt709(stream: Stream, source: Source, size: Size) -> Stream:
    """Of this size, standard range, BT.709; nothing is converted that is so already."""
    if source.hdr:
        return _tone_mapped(stream, source, size)
    if {source.colour.primaries, _space_of(source)} & {*_WIDE_GAMUT, "ycgco"}:
        told = _told(source)
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


def _told(source: Source) -> dict[str, str]:
    """What the converter is told of its input, so that missing tags do not stop it."""
    kinds = {"pq": "smpte2084", "hlg": "arib-std-b67", None: "bt709"}
    return {
        "tin": kinds[source.hdr],
        "pin": _primaries_of(source),
        "min": "gbr" if _is_rgb(source) else _space_of(source),
        "rin": "pc" if source.colour.range == "pc" else "tv",
    }


def _primaries_of(source: Source) -> str:
    known = source.colour.primaries
    if known in _KNOWN_PRIMARIES:
        return known
    return "bt2020" if source.hdr or source.colour.space in _WIDE_GAMUT else "bt709"


def _space_of(source: Source) -> str:
    """The matrix of its colours, by its tag or, where that is none that we convert, by guess."""
    told, wide = source.colour.space, source.hdr or source.colour.primaries == "bt2020"
    if told in _CONVERTED and not (source.hdr and told == "bt2020c"):
        return told
    if wide:
        return "bt2020nc"
    return "bt709" if source.short_side >= _HIGH_DEFINITION_SHORT_SIDE else "smpte170m"


def _is_rgb(source: Source) -> bool:
    return any(name in source.pix_fmt for name in _RGB)


def _matrix_of(source: Source) -> str:
    """The same as ffmpeg's own scaler calls it."""
    return "bt470" if (space := _space_of(source)) == "bt470bg" else space
