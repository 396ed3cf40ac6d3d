"""Digests of whole files, read once."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Digests:
    """Size and digests, hexadecimal in lower case."""

    size_bytes: int
    sha256: str
    crc32: str


def digests_of(path: Path) -> Digests:
    """The digests of a file."""
    with path.open("rb") as stream:
        return digests_of_chunks(chunks(stream))


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """A stream to its end in pieces of a fixed size."""
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def digests_of_chunks(pieces: Iterable[bytes]) -> Digests:
    """The digests of what comes in pieces."""
    size, sha256, crc32 = 0, hashlib.sha256(), 0
    for piece in pieces:
        size += len(piece)
        sha256.update(piece)
        crc32 = zlib.crc32(piece, crc32)
    return Digests(size, sha256.hexdigest(), f"{crc32:08x}")
