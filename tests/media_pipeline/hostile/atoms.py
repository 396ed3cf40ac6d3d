"""Changes inside the index of a film that has it at its end, so that no offset moves."""

import struct
from collections.abc import Callable

from tests.media_pipeline.hostile.lab import box

_HOLDING = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts", b"udta")

Change = Callable[[bytes], bytes | None]


def changed(data: bytes, kind: bytes, change: Change) -> bytes:
    """Every box of this kind with another payload, or left out (None); sizes above are mended."""
    return b"".join(_changed(data, kind, change))


def _changed(data: bytes, kind: bytes, change: Change) -> list[bytes]:
    found = []
    for each, payload in boxes(data):
        if each == kind:
            new = change(payload)
            found += [] if new is None else [box(each, new)]
        elif each in _HOLDING:
            found.append(box(each, changed(payload, kind, change)))
        else:
            found.append(box(each, payload))
    return found


def boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and payload of the boxes on one level."""
    found, at = [], 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        found.append((kind, data[at + 8 : at + size]))
        at += size
    return found


def boundaries(data: bytes, begin: int = 0) -> list[int]:
    """Where boxes begin, on every level of the index."""
    found, at = list[int](), 0
    for kind, payload in boxes(data):
        found.append(begin + at)
        if kind in _HOLDING:
            found += boundaries(payload, begin + at + 8)
        at += len(payload) + 8
    return found


def written(at: int, form: str, *values: float) -> Change:
    """Put numbers at a place of the payload."""

    def change(payload: bytes) -> bytes:
        new = struct.pack(form, *values)
        return payload[:at] + new + payload[at + len(new) :]

    return change
