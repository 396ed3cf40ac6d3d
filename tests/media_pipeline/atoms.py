"""Rebuilds the boxes of MP4 files."""

import struct
from collections.abc import Callable, Iterator

Change = Callable[[bytes], bytes]
BEFORE_BOXES = {b"stsd": 8, b"avc1": 78}
"""How many bytes of fields stand before the boxes in a box; none in most."""


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and whole bytes of the boxes that lie side by side in the data."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
        size = size or len(data) - at
        yield kind, data[at : at + size]
        at += size


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def within(data: bytes, path: tuple[bytes, ...], change: Change) -> bytes:
    """The data with what one box holds changed; the boxes around it get their new sizes."""
    if not path:
        return change(data)
    head, skipped = path[0], BEFORE_BOXES.get(path[0], 0)
    parts = []
    for kind, whole in boxes(data):
        if kind == head:
            inner = whole[8:]
            whole = box(kind, inner[:skipped] + within(inner[skipped:], path[1:], change))
        parts.append(whole)
    return b"".join(parts)


def box_first(data: bytes, path: tuple[bytes, ...], kind: bytes) -> bytes:
    """The data with one box moved before its neighbours; the file's index must be its last box."""

    def move(inner: bytes) -> bytes:
        found = list(boxes(inner))
        moved = [whole for each, whole in found if each == kind]
        assert moved, kind
        return b"".join([*moved, *(whole for each, whole in found if each != kind)])

    return within(data, path, move)
