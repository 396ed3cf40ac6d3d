"""Counts the processor time of the processes that run within a piece of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock


@dataclass
class Meter:
    """Seconds of one processor, over all processes that have ended, well or not."""

    cpu_s: float = 0.0


_adding = Lock()
_counting: ContextVar[tuple[Meter, ...]] = ContextVar("counting", default=())


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what the processes take that this thread runs inside; meters may lie in each other.

    What has ended counts, whatever came of it. Of a process that does not end when it is told to
    nothing can be known.
    """
    meter = Meter()
    token = _counting.set((*_counting.get(), meter))
    try:
        yield meter
    finally:
        _counting.reset(token)


def count(cpu_s: float) -> None:
    """A process has ended that took so much; threads that work for one meter may say so at once."""
    with _adding:
        for meter in _counting.get():
            meter.cpu_s += cpu_s
