"""A file that only the holder of the highest fencing token can write to."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plural.errors import NoSpace

FULL = (errno.ENOSPC, errno.EDQUOT)
FENCE = ".fence"


class Overtaken(Exception):
    """Somebody with a higher token writes to the file now."""


class FencedFile:
    """The file at `path`, claimed with `token`; a claim with a higher one ends it.

    The highest token stands in a file beside it, which is locked while somebody writes: so a
    writer that has slept cannot wake up and write over what came after. All writers are processes
    of one machine. Raises Overtaken, and FileNotFoundError unless `create` is set.
    """

    def __init__(self, path: Path, token: int, create: bool) -> None:
        self._token = token
        self._file = open_private(path, create)
        self._fence = open_private(path.with_name(path.name + FENCE), create=True)
        if create:
            sync_folder(path.parent)
        with self._alone():
            os.pwrite(self._fence, f"{token:020}".encode(), 0)

    def write(self, data: bytes | memoryview, offset: int) -> int:
        """Write some of `data` at `offset`; returns how many bytes. Raises Overtaken, NoSpace."""
        with self._alone():
            try:
                return os.pwrite(self._file, data, offset)
            except OSError as error:
                if error.errno in FULL:
                    raise NoSpace() from error
                raise

    def sync(self) -> None:
        """Return when everything written is on disk."""
        os.fdatasync(self._file)

    def close(self) -> None:
        os.close(self._file)
        os.close(self._fence)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._fence, fcntl.LOCK_EX)
        try:
            if int(os.pread(self._fence, 20, 0) or 0) > self._token:
                raise Overtaken()
            yield
        finally:
            fcntl.flock(self._fence, fcntl.LOCK_UN)


def open_private(path: Path, create: bool) -> int:
    return os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)


def sync_folder(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
