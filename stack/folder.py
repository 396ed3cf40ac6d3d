"""The folder that a stack lives in: one stack at a time, with room to work."""

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import IO

from stack.errors import StackError

MIN_FREE_BYTES = 1024**3
LOCK_NAME = "stack.lock"


class Folder:
    """Holds a folder for one stack. Usable as a context manager; leaving it lets go.

    Entering raises StackError when the folder cannot be written, another stack holds it, or the
    disk has less than `min_free_bytes` left.
    """

    def __init__(self, path: Path, min_free_bytes: int = MIN_FREE_BYTES) -> None:
        self.path = Path(path).absolute()
        self._min_free_bytes = min_free_bytes
        self._lock: IO[str] | None = None

    def __enter__(self) -> "Folder":
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = self._take()
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise StackError(
                f"No permission to write in {self.path}: change its owner or choose another folder."
            ) from error
        try:
            self._require_room()
        except StackError:
            self._lock.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock:
            self._lock.close()

    def _take(self) -> IO[str]:
        known = not any(self.path.iterdir()) or (self.path / LOCK_NAME).exists()
        if not known:
            raise StackError(
                f"{self.path} holds other files: choose an empty folder, or one of an earlier run."
            )
        lock = (self.path / LOCK_NAME).open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another one"
            lock.close()
            raise StackError(
                f"{self.path} is in use by process {holder}: end that one first (Ctrl-C there)."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        return lock

    def _require_room(self) -> None:
        free_bytes = shutil.disk_usage(self.path).free
        if free_bytes < self._min_free_bytes:
            raise StackError(
                f"The disk of {self.path} has {free_bytes / 1024**2:.0f} MiB left and "
                f"{self._min_free_bytes / 1024**2:.0f} MiB are needed: free some space."
            )

    def clear(self) -> None:
        """Remove what an earlier stack left here."""
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK_NAME:
                entry.unlink()

    def subfolder(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def secret(self, name: str) -> str:
        """A secret of 43 characters that only the owner can read, made on first use."""
        file = self.path / name
        if not file.exists():
            new = self.path / f"{name}.new"
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
                f.write(secrets.token_urlsafe(32))
            new.rename(file)
        return file.read_text()
