"""Seconds and memory of one job."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


def asked_sizes(usual: Sequence[int]) -> Sequence[int]:
    """The numbers on the command line; without any, the usual ones."""
    return [int(number) for number in sys.argv[1:]] or usual


@dataclass(frozen=True)
class Timed(Generic[Answer]):
    answer: Answer
    seconds: float
    cpu_seconds: float


def quickest(job: Callable[[], Answer], *, runs: int) -> Timed[Answer]:
    """The best of some runs, by the clock and by the processor: others may share the machine."""
    timed = []
    for _ in range(runs):
        begun, used = time.perf_counter(), time.process_time()
        answer = job()
        seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - used
        timed.append(Timed(answer, round(seconds, 3), round(cpu_seconds, 3)))
    return min(timed, key=lambda one: one.seconds)


def peak_mb() -> float:
    """The most memory this process has had so far."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kilobytes / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
