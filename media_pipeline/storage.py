"""Where objects lie: one small interface, whatever it is made of."""

import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from media_pipeline.digests import chunks, digests_of_chunks
from media_pipeline.errors import DigestMismatch, KeyInvalid, RangeUnsatisfiable, ScratchFull

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII)
_LONGEST_KEY = 512
_LONGEST_SEGMENT = 200


@dataclass(frozen=True)
class StoredObject:
    """An object in storage; digests are hexadecimal in lower case."""

    key: str
    size_bytes: int
    sha256: str
    crc32: str


class Storage(Protocol):
    """Keeps objects under keys.

    A key is segments of letters, digits, `.`, `_` and `-`, none beginning with a dot, joined by
    `/`; anything else raises KeyInvalid. Whatever the storage itself fails at raises
    StorageUnavailable, StorageFull or StorageRefused.
    """

    def put_file(self, key: str, path: Path) -> StoredObject:
        """Store a copy of a file, replacing what was there; it is safe when this returns."""

    def open_range(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """A stream of the bytes from `start`, at most `length`; use it in a `with` statement.

        It may start at the end of the object, not after it (RangeUnsatisfiable).
        Raises ObjectMissing.
        """

    def stat(self, key: str) -> StoredObject:
        """Size and digests as they were when it was stored; raises ObjectMissing."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is removed already."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin with these characters, in alphabetical order."""

    def link(
        self,
        key: str,
        expires_s: int,
        download_name: str | None = None,
        media_type: str | None = None,
    ) -> str | None:
        """An address at which anybody can fetch the object for a time; None if there is none."""

    def origin(self) -> str | None:
        """Scheme, host and port of all links, such as `https://films.example`; None without."""

    def admits(self, page_origin: str) -> bool:
        """Whether scripts of pages at this origin may read what links lead to."""

    def admit(self, page_origin: str) -> None:
        """Let scripts of pages at this origin read what links lead to, if they may not yet."""

    def local_path(self, key: str) -> Path | None:
        """The file that holds the object, if it is a file of this machine."""

    def sweep(self, older_than_s: float) -> int:
        """Remove what writers that died left unfinished; returns how many."""


def fetch(storage: Storage, key: str, path: Path) -> StoredObject:
    """Copy an object to a file; DigestMismatch if the bytes are not those that were stored.

    Raises ScratchFull when the file's disk has no room.
    """
    expected = storage.stat(key)
    try:
        with storage.open_range(key) as stream, path.open("wb") as out:
            found = digests_of_chunks(written(chunks(stream), out))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ScratchFull(tool="fetch") from error
        raise
    if found.sha256 != expected.sha256:
        path.unlink()
        raise DigestMismatch(key=key, expected=expected.sha256, found=found.sha256)
    return expected


def valid_key(key: str) -> str:
    """The key itself, or KeyInvalid."""
    too_long = len(key) > _LONGEST_KEY or max(map(len, key.split("/"))) > _LONGEST_SEGMENT
    if too_long or not _KEY.fullmatch(key):
        raise KeyInvalid(key=key[:_LONGEST_KEY])
    return key


def valid_start(key: str, start: int, size_bytes: int) -> int:
    """The first byte asked for itself, or RangeUnsatisfiable when it lies outside of the object."""
    if not 0 <= start <= size_bytes:
        raise RangeUnsatisfiable(key=key, start=start, size_bytes=size_bytes)
    return start


def written(pieces: Iterator[bytes], out: BinaryIO) -> Iterator[bytes]:
    """The pieces as they pass, each written to a file."""
    for piece in pieces:
        out.write(piece)
        yield piece
