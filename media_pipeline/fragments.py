"""Reads the fragments of a CMAF file by its own means (ISO/IEC 14496-12, 8.8)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from media_pipeline import boxes
from media_pipeline.boxes import Box
from media_pipeline.errors import NotAsPromised

_BASE_GIVEN, _DESCRIPTION_GIVEN, _BASE_IS_MOOF = 0x1, 0x2, 0x020000
_DEFAULTS = (0x8, 0x10, 0x20)
"""Flags of `tfhd` that stand for a default duration, size and set of flags of samples."""
_DATA_OFFSET, _FIRST_FLAGS = 0x1, 0x4
_EACH = (0x100, 0x200, 0x400, 0x800)
"""Flags of `trun` for a duration, size, set of flags and shift of each sample."""
_IS_NO_KEY = 0x010000
_MOST_SAMPLES = 100_000
"""In one run: a count takes four bytes of the file, and its samples need take none."""


@dataclass(frozen=True)
class Fragment:
    """One `moof` and the `mdat` behind it: what a player decodes after the initialisation part.

    `offset` and `length` in the file's bytes; `samples` are (offset, size) in the file;
    `stands_alone` tells that it says where its samples lie without regard to other fragments.
    """

    offset: int
    length: int
    begin_s: float
    duration_s: float
    begins_with_key: bool
    stands_alone: bool
    samples: tuple[tuple[int, int], ...]
    data_end: int

    @property
    def fills_itself(self) -> bool:
        """Whether its samples lie one behind the other up to its end."""
        ends = [offset + size for offset, size in self.samples]
        begins = [offset for offset, _ in self.samples]
        return bool(ends) and ends[:-1] == begins[1:] and ends[-1] == self.data_end


@dataclass(frozen=True)
class Layout:
    """Where the parts of the file lie: the initialisation part, where the fragments begin."""

    init_length: int
    fragments_begin: int
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True)
class _Defaults:
    duration: int
    size: int
    flags: int


def read_layout(path: Path) -> Layout:
    """The fragments of a file with one track; NotAsPromised (`boxes_broken`) if it is no such."""
    found = boxes.top_boxes(path)
    try:
        with path.open("rb") as stream:

            def payload(box: Box) -> bytes:
                stream.seek(box.offset + box.header_size)
                return stream.read(box.size - box.header_size)

            moov = next(box for box in found if box.kind == "moov")
            moov_payload = payload(moov)
            pairs = [pair for pair in pairwise(found) if pair[0].kind == "moof"]
            read = tuple(_fragment(payload(a), a, b, moov_payload) for a, b in pairs)
            return Layout(moov.end, read[0].offset, read)
    except (struct.error, StopIteration, IndexError, KeyError) as error:
        raise NotAsPromised("boxes_broken", name=path.name) from error


def _fragment(moof: bytes, box: Box, data: Box, moov: bytes) -> Fragment:
    traf = _only(moof, "traf")
    tfhd = _only(traf, "tfhd")
    flags = _flags(tfhd)
    defaults = _defaults(tfhd, flags, moov)
    tfdt = _only(traf, "tfdt")
    begin = struct.unpack_from(">Q" if tfdt[0] == 1 else ">I", tfdt, 4)[0]
    scale = _scale(moov)
    runs = [run for kind, run in _children(traf) if kind == "trun"]
    samples, duration, first_flags = list[tuple[int, int]](), 0, defaults.flags
    for number, run in enumerate(runs):
        own, length, first = _run(run, box.offset, defaults)
        samples += own
        duration += length
        first_flags = first if number == 0 else first_flags
    return Fragment(
        offset=box.offset,
        length=data.end - box.offset,
        begin_s=begin / scale,
        duration_s=duration / scale,
        begins_with_key=not first_flags & _IS_NO_KEY,
        stands_alone=data.kind == "mdat" and bool(flags & _BASE_IS_MOOF) and not flags & 1,
        samples=tuple(samples),
        data_end=data.end,
    )


def _defaults(tfhd: bytes, flags: int, moov: bytes) -> _Defaults:
    trex = _only(_only(moov, "mvex"), "trex")
    values = list(struct.unpack_from(">III", trex, 12))
    at = 8 + 8 * bool(flags & _BASE_GIVEN) + 4 * bool(flags & _DESCRIPTION_GIVEN)
    for number, flag in enumerate(_DEFAULTS):
        if flags & flag:
            values[number] = struct.unpack_from(">I", tfhd, at)[0]
            at += 4
    return _Defaults(*values)


def _run(run: bytes, base: int, defaults: _Defaults) -> tuple[list[tuple[int, int]], int, int]:
    """Places and sizes of the samples, their whole duration, the flags of the first."""
    flags = _flags(run)
    count = struct.unpack_from(">I", run, 4)[0]
    if count > _MOST_SAMPLES:
        raise NotAsPromised("boxes_broken")
    at, offset, first_flags = 8, base, None
    if flags & _DATA_OFFSET:
        offset += struct.unpack_from(">i", run, at)[0]
        at += 4
    if flags & _FIRST_FLAGS:
        first_flags = struct.unpack_from(">I", run, at)[0]
        at += 4
    samples, whole = list[tuple[int, int]](), 0
    for number in range(count):
        values = [defaults.duration, defaults.size, defaults.flags, 0]
        for place, flag in enumerate(_EACH):
            if flags & flag:
                values[place] = struct.unpack_from(">I", run, at)[0]
                at += 4
        duration, size, own_flags, _ = values
        if number == 0 and first_flags is None:
            first_flags = own_flags
        samples.append((offset, size))
        offset += size
        whole += duration
    return samples, whole, defaults.flags if first_flags is None else first_flags


def _scale(moov: bytes) -> int:
    mdhd = _only(_only(_only(moov, "trak"), "mdia"), "mdhd")
    scale: int = struct.unpack_from(">I", mdhd, 20 if mdhd[0] == 1 else 12)[0]
    if scale == 0:
        raise NotAsPromised("boxes_broken")
    return scale


def _flags(full_box: bytes) -> int:
    flags: int = struct.unpack_from(">I", full_box)[0] & 0xFFFFFF
    return flags


def _only(data: bytes, kind: str) -> bytes:
    return dict(_children(data))[kind]


def _children(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > len(data):
            raise NotAsPromised("boxes_broken")
        yield kind.decode("latin-1"), data[at + 8 : at + size]
        at += size
