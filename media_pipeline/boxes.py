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
    """One box at the top level of a file; `size` includes its header."""

    kind: str
    offset: int
    size: int

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
    """The length that the movie header declares, in seconds."""
    header = _payload(path, "moov").split(b"mvhd", 1)[1]
    if header[0] == 1:
        scale, length = struct.unpack(">IQ", header[20:32])
    else:
        scale, length = struct.unpack(">II", header[12:20])
    return float(length) / float(scale)


def avc_codec(path: Path) -> str:
    """The H.264 stream's name as RFC 6381 has it, such as `avc1.64001e`."""
    moov = _payload(path, "moov")
    at = moov.find(b"avcC")
    if at < 0:
        raise NotAsPromised("no_avc", name=path.name)
    return f"avc1.{moov[at + 5 : at + 8].hex()}"


def init_and_segments(path: Path) -> tuple[int, list[Segment]]:
    """Length of the initialisation part and the segments that the index (`sidx`) names."""
    sidx = _find(path, "sidx")
    payload = _payload(path, "sidx")
    scale = struct.unpack(">I", payload[8:12])[0]
    wide = payload[0] == 1
    first = (
        struct.unpack(">Q", payload[20:28])[0] if wide else struct.unpack(">I", payload[16:20])[0]
    )
    return sidx.offset, list(_references(payload[28 if wide else 20 :], scale, sidx.end + first))


def _references(table: bytes, scale: int, offset: int) -> Iterator[Segment]:
    count = struct.unpack(">H", table[2:4])[0]
    for size, duration, _ in struct.iter_unpack(">III", table[4 : 4 + 12 * count]):
        length = size & 0x7FFFFFFF
        yield Segment(duration / scale, offset, length)
        offset += length


def _box_at(offset: int, head: bytes, end: int) -> Box:
    if len(head) < 8:
        raise NotAsPromised("boxes_broken", offset=offset)
    size, kind = _HEADER.unpack(head[:8])
    if size == 1 and len(head) == 16:
        size = struct.unpack(">Q", head[8:16])[0]
    elif size == 0:
        size = end - offset
    if size < 8:
        raise NotAsPromised("boxes_broken", offset=offset)
    return Box(kind.decode("latin-1"), offset, size)


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
        stream.seek(box.offset + 8)
        return stream.read(box.size - 8)
