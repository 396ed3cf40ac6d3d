"""Reads the few boxes of an MP4 file that say where things lie (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media_pipeline.errors import NotAsPromised

_HEADER = struct.Struct(">I4s")
_MOST_BOXES = 100_000
_LARGEST_INDEX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Box:
    """One box at the top level of a file; `size` includes its header of `header_size` bytes."""

    kind: str
    offset: int
    size: int
    header_size: int

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.offset + self.size


@dataclass(frozen=True)
class Segment:
    """A piece of a fragmented file that a player can ask for by itself."""

    duration_s: float
    offset: int
    length: int


def top_boxes(path: Path) -> list[Box]:
    """The boxes at the top level, in order; NotAsPromised if they do not fill the file."""
    end = path.stat().st_size
    with path.open("rb") as stream:
        offset, found = 0, list[Box]()
        while offset < end and len(found) < _MOST_BOXES:
            stream.seek(offset)
            box = _box_at(offset, stream.read(16), end)
            found.append(box)
            offset = box.end
    if offset != end:
        raise NotAsPromised("boxes_broken", name=path.name)
    return found


def moov_comes_first(path: Path) -> bool:
    """Whether a player can begin before it has the whole file."""
    kinds = [box.kind for box in top_boxes(path)]
    return "moov" in kinds and "mdat" in kinds and kinds.index("moov") < kinds.index("mdat")


def duration_s(path: Path) -> float:
    """The length that the movie header declares, in seconds; NotAsPromised if there is none."""
    _, _, header = _payload(path, "moov").partition(b"mvhd")
    scale, length = (
        _numbers(">IQ", header, 20) if header[:1] == b"\1" else _numbers(">II", header, 12)
    )
    if scale == 0:
        raise NotAsPromised("boxes_broken", name=path.name)
    return float(length) / float(scale)


def avc_codec(path: Path) -> str:
    """The H.264 stream's name as RFC 6381 has it, such as `avc1.64001e`."""
    moov = _payload(path, "moov")
    at = moov.find(b"avcC")
    if at < 0:
        raise NotAsPromised("no_avc", name=path.name)
    profile, compatible, level = _numbers(">BBB", moov, at + 5)
    return f"avc1.{profile:02x}{compatible:02x}{level:02x}"


def av1_codec(path: Path) -> str:
    """The AV1 stream's name as the AV1 binding to ISOBMFF has it, such as `av01.0.04M.08`."""
    moov = _payload(path, "moov")
    at = moov.find(b"av1C")
    if at < 0:
        raise NotAsPromised("no_av1", name=path.name)
    profile_level, depths = _numbers(">BB", moov, at + 5)
    tier = "H" if depths & 0x80 else "M"
    bits = (12 if depths & 0x20 else 10) if depths & 0x40 else 8
    return f"av01.{profile_level >> 5}.{profile_level & 0x1F:02}{tier}.{bits:02}"


def init_and_segments(path: Path) -> tuple[int, list[Segment]]:
    """Length of the initialisation part and the segments that the index (`sidx`) names.

    NotAsPromised if there is no index or it names what lies outside of the file.
    """
    sidx = _find(path, "sidx")
    payload = _payload(path, "sidx")
    scale = _numbers(">I", payload, 8)[0]
    wide = payload[0] == 1
    first = _numbers(">Q", payload, 20)[0] if wide else _numbers(">I", payload, 16)[0]
    segments = list(_references(payload[28 if wide else 20 :], scale, sidx.end + first))
    if segments and segments[-1].offset + segments[-1].length > path.stat().st_size:
        raise NotAsPromised("boxes_broken", name=path.name)
    return sidx.offset, segments


def _references(table: bytes, scale: int, offset: int) -> Iterator[Segment]:
    if scale == 0:
        raise NotAsPromised("boxes_broken")
    for number in range(_numbers(">H", table, 2)[0]):
        size, duration, _ = _numbers(">III", table, 4 + 12 * number)
        length = size & 0x7FFFFFFF
        yield Segment(duration / scale, offset, length)
        offset += length


def _numbers(form: str, data: bytes, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, data, at)
    except struct.error as error:
        raise NotAsPromised("boxes_broken") from error


def _box_at(offset: int, head: bytes, end: int) -> Box:
    if len(head) < 8:
        raise NotAsPromised("boxes_broken", offset=offset)
    size, kind = _HEADER.unpack(head[:8])
    least = _HEADER.size
    if size == 1 and len(head) == 16:
        least, size = 16, struct.unpack(">Q", head[8:16])[0]
    elif size == 0:
        size = end - offset
    if size < least:
        raise NotAsPromised("boxes_broken", offset=offset)
    return Box(kind.decode("latin-1"), offset, size, least)


def _find(path: Path, kind: str) -> Box:
    for box in top_boxes(path):
        if box.kind == kind:
            return box
    raise NotAsPromised("box_missing", name=path.name, box=kind)


def _payload(path: Path, kind: str) -> bytes:
    box = _find(path, kind)
    if box.size > _LARGEST_INDEX_BYTES:
        raise NotAsPromised("box_too_large", name=path.name, box=kind)
    with path.open("rb") as stream:
        stream.seek(box.offset + box.header_size)
        return stream.read(box.size - box.header_size)
