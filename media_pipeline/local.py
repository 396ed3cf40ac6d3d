"""Objects as files of a folder of this machine."""

import errno
import io
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from media_pipeline.digests import Digests, chunks, digests_of, digests_of_chunks
from media_pipeline.errors import (
    ObjectMissing,
    RangeUnsatisfiable,
    StorageFull,
    StorageUnavailable,
)
from media_pipeline.storage import StoredObject, valid_key, valid_start, written
from media_pipeline.streams import Wrapper

_INCOMING = ".incoming"
_DIGESTS = ".digests"


class LocalStorage:
    """Objects as files below a folder, which is created.

    A file gets its name only when its bytes are on disk. Digests lie in files beside; each names
    the state of the object that it belongs to, and one that does not fit is computed anew.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        with _normalised("open"):
            for folder in (self._root, self._root / _INCOMING, self._root / _DIGESTS):
                folder.mkdir(parents=True, exist_ok=True)

    def put_file(self, key: str, path: Path) -> StoredObject:
        target = self._path(key)
        with _normalised("put"):
            incoming = self._root / _INCOMING / uuid4().hex
            try:
                digests = _copy(path, incoming)
                self._note_digests(key, digests, incoming)
                _move(incoming, target)
            finally:
                incoming.unlink(missing_ok=True)
        return StoredObject(key, digests.size_bytes, digests.sha256, digests.crc32)

    def open_range(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        stream = self._open(key)
        try:
            stream.seek(valid_start(key, start, os.fstat(stream.fileno()).st_size))
        except RangeUnsatisfiable:
            stream.close()
            raise
        return stream if length is None else limited(stream, length)

    def stat(self, key: str) -> StoredObject:
        with self._open(key) as stream:
            state = _state_of(os.fstat(stream.fileno()))
        digests = self._noted_digests(key, state)
        if digests is None:
            digests = digests_of(self._path(key))
            self._note_digests(key, digests, self._path(key))
        return StoredObject(key, digests.size_bytes, digests.sha256, digests.crc32)

    def delete(self, key: str) -> None:
        path, note = self._path(key), self._note_path(key)
        with _normalised("delete"):
            for each in (path, note):
                each.unlink(missing_ok=True)
            self._prune(path.parent, self._root)
            self._prune(note.parent, self._root / _DIGESTS)

    def keys(self, prefix: str = "") -> Iterator[str]:
        with _normalised("keys"):
            yield from sorted(self._found(prefix))

    def _found(self, prefix: str) -> Iterator[str]:
        begin = self._root / prefix.rpartition("/")[0]
        for folder, _, names in os.walk(begin):
            for name in names:
                key = (Path(folder) / name).relative_to(self._root).as_posix()
                if key.startswith(prefix) and not key.startswith("."):
                    yield key

    def link(
        self,
        key: str,
        expires_s: int,
        download_name: str | None = None,
        media_type: str | None = None,
    ) -> str | None:
        valid_key(key)
        return None

    def origin(self) -> str | None:
        return None

    def admits(self, page_origin: str) -> bool:
        return True

    def admit(self, page_origin: str) -> None:
        return None

    def local_path(self, key: str) -> Path | None:
        path = self._path(key)
        if not path.is_file():
            raise ObjectMissing(key=key)
        return path

    def sweep(self, older_than_s: float) -> int:
        removed, now = 0, time.time()
        for path in (self._root / _INCOMING).iterdir():
            if now - path.stat().st_mtime >= older_than_s:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, key: str) -> Path:
        return self._root / valid_key(key)

    def _note_path(self, key: str) -> Path:
        return self._root / _DIGESTS / f"{key}.json"

    def _open(self, key: str) -> io.BufferedReader:
        try:
            with _normalised("open"):
                return self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise ObjectMissing(key=key) from error

    def _note_digests(self, key: str, digests: Digests, described: Path) -> None:
        note = {"digests": asdict(digests), "state": _state_of(described.stat())}
        incoming = self._root / _INCOMING / uuid4().hex
        try:
            with incoming.open("w") as out:
                json.dump(note, out)
                _flush(out.fileno())
            _move(incoming, self._note_path(key))
        finally:
            incoming.unlink(missing_ok=True)

    def _noted_digests(self, key: str, state: list[int]) -> Digests | None:
        try:
            note = json.loads(self._note_path(key).read_text())
        except (FileNotFoundError, ValueError):
            return None
        return Digests(**note["digests"]) if note["state"] == state else None

    def _prune(self, folder: Path, end: Path) -> None:
        while folder != end:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def limited(stream: BinaryIO, length: int) -> BinaryIO:
    """A stream that ends after so many bytes of another and closes it."""
    return io.BufferedReader(_Limited(stream, length))


class _Limited(Wrapper):
    def __init__(self, stream: BinaryIO, length: int) -> None:
        super().__init__(stream)
        self._left = length

    def take(self, most: int) -> bytes:
        piece: bytes = self.inner.read(min(most, self._left))
        self._left -= len(piece)
        return piece


def _state_of(stat: os.stat_result) -> list[int]:
    return [stat.st_size, stat.st_mtime_ns]


def _copy(path: Path, target: Path) -> Digests:
    with path.open("rb") as stream, target.open("xb") as out:
        digests = digests_of_chunks(written(chunks(stream), out))
        out.flush()
        _flush(out.fileno())
    return digests


def _move(path: Path, target: Path) -> None:
    try:
        made = _make_folder(target.parent)
        path.replace(target)
    except (FileNotFoundError, FileExistsError):
        # Somebody who deleted the last object of the folder took it away in between, or while it
        # was there and was to be made.
        made = _make_folder(target.parent)
        path.replace(target)
    for folder in (target.parent, *made):
        _sync_folder(folder)


def _make_folder(folder: Path) -> list[Path]:
    """Create a folder; returns the folders that have a new entry."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return [each.parent for each in missing]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)


@contextmanager
def _normalised(operation: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(operation=operation) from error
        raise StorageUnavailable(operation=operation, reason=str(error.strerror)) from error
