"""What can go wrong, as codes with data. Texts for people are made elsewhere."""

from typing import ClassVar


class MediaError(Exception):
    """Any failure of this package.

    `code` names it, `data` carries JSON-ready details, `curable` says whether the same work
    may succeed when it is tried again later.
    """

    default_code: ClassVar[str] = "media_error"
    curable: ClassVar[bool] = False

    def __init__(self, code: str | None = None, **data: object) -> None:
        self.code = code or self.default_code
        self.data = data
        super().__init__(self.code, data)

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code


class BinaryMissing(MediaError):
    """ffmpeg or ffprobe is absent or lacks something that the pipeline needs."""

    default_code = "binary_missing"


class UnsafeArguments(MediaError):
    """A command line that could open something else than the files it was given."""

    default_code = "unsafe_arguments"


class ProcessError(MediaError):
    """A process did not end well."""

    default_code = "process_error"


class ProcessFailed(ProcessError):
    """It ended with another status than 0 (data: tool, status, tail)."""

    default_code = "process_failed"

    @property
    def tail(self) -> str:
        """The last lines it wrote."""
        return str(self.data.get("tail", ""))


class ProcessKilled(ProcessError):
    """Somebody else ended it: the system, short of memory, or a person (data: tool, signal)."""

    default_code = "process_killed"
    curable = True


class ProcessTimedOut(ProcessError):
    """It took longer than was allowed (data: tool, and wall_s or cpu_s)."""

    default_code = "process_timed_out"
    curable = True


class ProcessStalled(ProcessError):
    """It reported no advance for too long (data: tool, stall_s)."""

    default_code = "process_stalled"
    curable = True


class ScratchFull(ProcessError):
    """The folder of the attempt had no room left."""

    default_code = "scratch_full"
    curable = True


class NotAFilm(MediaError):
    """The bytes are of no film format that is taken."""

    default_code = "not_a_film"


class Damaged(MediaError):
    """A film format whose content cannot be decoded."""

    default_code = "damaged"


class NotAsPromised(MediaError):
    """An output was made but is not what its recipe promises (data: name and the difference)."""

    default_code = "not_as_promised"


class UnreadableSubtitles(MediaError):
    """The bytes are no subtitles in a format or encoding that is taken."""

    default_code = "unreadable_subtitles"


class StorageError(MediaError):
    """Storage could not do it."""

    default_code = "storage_error"


class ObjectMissing(StorageError, FileNotFoundError):
    """There is no object under this key (data: key)."""

    default_code = "object_missing"


class KeyInvalid(StorageError, ValueError):
    """No object can have this key (data: key)."""

    default_code = "key_invalid"


class RangeUnsatisfiable(StorageError, ValueError):
    """The range begins after the object's end (data: key, start, size_bytes)."""

    default_code = "range_unsatisfiable"


class StorageUnavailable(StorageError):
    """Storage is away, slow or answered with an error of its own (data: operation, reason)."""

    default_code = "storage_unavailable"
    curable = True


class StorageFull(StorageError):
    """There is no room left."""

    default_code = "storage_full"
    curable = True


class StorageRefused(StorageError):
    """The credentials or the bucket are not accepted: somebody has to look at the settings."""

    default_code = "storage_refused"


class DigestMismatch(StorageError):
    """Bytes read are not the bytes written (data: key, expected, found)."""

    default_code = "digest_mismatch"
    curable = True
