"""Streams that read from another stream and close it."""

import io
from typing import Any


class Wrapper(io.RawIOBase):
    """Reads what `take` gives, from `inner`, which has `read` and `close`; closing closes it."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def take(self, most: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.take(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self.inner.close()
        super().close()
