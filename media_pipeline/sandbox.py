"""The one place that starts ffmpeg and ffprobe.

No shell, no input but named files with a named format, no network, an empty environment, never
root where another user can be had, limits on memory, processor time, wall time, processes and
output, and a death together with the process that asked.
"""

import errno
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

from media_pipeline import binaries, ending, isolation
from media_pipeline.binaries import Tool
from media_pipeline.errors import (
    ProcessFailed,
    ProcessKilled,
    ProcessStalled,
    ProcessTimedOut,
    ScratchFull,
    UnsafeArguments,
)

GIB = 1 << 30
MOST_PIXELS = 8192 * 8192
PATIENT = 10
"""The niceness of work that nobody waits for: about a tenth of a core that others want."""
_LOG_TAIL_BYTES = 64 * 1024
_TICK_S = 0.25
_ACCOUNTED_S = 0.25
"""By how much the kernel's two counts of a process's time may differ."""
_PROGRESS_ARGUMENTS = ("-progress", "pipe:1", "-stats_period", "0.5", "-nostats")


@dataclass(frozen=True)
class Bounds:
    """How much it may take: `stall_s` if progress is told, `processes` (all threads) if no root.

    `niceness` is by how much it gives way to other processes.
    """

    wall_s: float = 60.0
    cpu_s: int = 600
    address_space_bytes: int = 6 * GIB
    file_size_bytes: int = 64 * GIB
    open_files: int = 256
    processes: int = 4096
    stall_s: float = 60.0
    stdout_bytes: int = 64 * 1024 * 1024
    niceness: int = 0


@dataclass(frozen=True)
class Progress:
    """How far ffmpeg says it is."""

    out_time_s: float
    frame: int


@dataclass(frozen=True)
class Finished:
    """What a process that ended well left behind. `log` is the tail of its standard error."""

    stdout: bytes
    log: str
    cpu_s: float
    wall_s: float


def describe() -> dict[str, str]:
    """How media processes are kept apart on this machine: isolation, user, network."""
    chosen = isolation.in_force()
    user = str(os.geteuid() if chosen.uid is None else chosen.uid)
    return {"isolation": chosen.kind, "uid": user, "network": chosen.network}


def bounds_for(pixels: int, wall_s: float, *, stall_s: float = 60.0, niceness: int = 0) -> Bounds:
    """Bounds for a picture of so many pixels: address space grows with it, 6 GiB at the least."""
    space = max(6 * GIB, 4 * GIB + pixels * 1536)
    cores = os.cpu_count() or 1
    return Bounds(
        wall_s=wall_s,
        cpu_s=int(wall_s * cores) + 1,
        address_space_bytes=space,
        stall_s=stall_s,
        niceness=niceness,
    )


def source_arguments(path: Path, demuxer: str) -> list[str]:
    """The options that open one file as one format and nothing that it may point to."""
    return ["-protocol_whitelist", "file", "-f", demuxer, "-i", address(path)]


def address(path: Path | str) -> str:
    """A file as ffmpeg is to name it, so that nothing in its name can mean a protocol."""
    return f"file:{path}"


def run(
    tool: Tool,
    arguments: Sequence[str],
    *,
    readable: Sequence[Path] = (),
    folder: Path | None = None,
    bounds: Bounds | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Finished:
    """Run the tool to its end and return what it wrote.

    `readable` are its input files, `folder` its working folder, the only place it may write to.
    With `on_progress`, ffmpeg's reports go there; an exception raised in it kills the process and
    passes through. Raises ProcessFailed, ProcessKilled, ProcessTimedOut, ProcessStalled,
    ScratchFull, UnsafeArguments.
    """
    bounds = bounds or Bounds()
    _refuse_unsafe(arguments)
    started = _start(tool, arguments, readable, folder, bounds, on_progress is not None)
    watch = _Watch(tool, started, bounds, on_progress)
    try:
        return watch.until_end()
    finally:
        ending.end(started, with_input=isolation.in_force().bubblewrap is not None)


def _start(
    tool: Tool,
    arguments: Sequence[str],
    readable: Sequence[Path],
    folder: Path | None,
    bounds: Bounds,
    reports: bool,
) -> "subprocess.Popen[bytes]":
    program = str(binaries.path_of(tool))
    usual = ["-hide_banner", *(["-nostdin"] if tool == "ffmpeg" else [])]
    command = [program, *usual, *(_PROGRESS_ARGUMENTS if reports else ()), *arguments]
    isolation.admit(readable, folder)
    return subprocess.Popen(
        isolation.confine(
            command,
            readable=readable,
            folder=folder,
            limits=_limits(bounds),
            niceness=bounds.niceness,
        ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder or "/",
        env={},
        start_new_session=True,
    )


def _limits(bounds: Bounds) -> dict[str, int]:
    return {
        "RLIMIT_AS": bounds.address_space_bytes,
        "RLIMIT_CPU": bounds.cpu_s,
        "RLIMIT_FSIZE": bounds.file_size_bytes,
        "RLIMIT_NOFILE": bounds.open_files,
        "RLIMIT_NPROC": bounds.processes,
        "RLIMIT_CORE": 0,
    }


def _refuse_unsafe(arguments: Sequence[str]) -> None:
    opened = 0
    for option, value in pairwise(arguments):
        if option != "-i":
            continue
        opened += 1
        if not value.startswith("file:"):
            raise UnsafeArguments(argument=value)
    named = sum(1 for argument in arguments if argument == "-protocol_whitelist")
    if named < opened:
        raise UnsafeArguments(argument="-protocol_whitelist")


class _Watch:
    """Reads what one process writes until it ends or has to be ended."""

    def __init__(
        self,
        tool: Tool,
        process: "subprocess.Popen[bytes]",
        bounds: Bounds,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self._tool = tool
        self._process = process
        self._bounds = bounds
        self._on_progress = on_progress
        self._began = self._advanced = time.monotonic()
        self._stdout = bytearray()
        self._log = bytearray()
        self._report: dict[str, str] = {}
        self._last: tuple[str, ...] = ()

    def until_end(self) -> Finished:
        self._read_all()
        status, cpu_s = self._wait()
        log = self._log.decode("utf-8", "replace")
        if status != 0:
            raise self._failure(status, log, cpu_s)
        wall_s = time.monotonic() - self._began
        return Finished(bytes(self._stdout), log, cpu_s, wall_s)

    def _read_all(self) -> None:
        with selectors.DefaultSelector() as selector:
            for stream, take in (
                (self._process.stdout, self._take_stdout),
                (self._process.stderr, self._take_log),
            ):
                assert stream is not None  # noqa: S101 - both were asked for as pipes
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, selectors.EVENT_READ, take)
            while selector.get_map():
                self._read_ready(selector)
                self._check_time()

    def _read_ready(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(_TICK_S):
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment]
            chunk = os.read(stream.fileno(), 65536)
            if chunk:
                key.data(chunk)
            else:
                selector.unregister(stream)

    def _take_log(self, chunk: bytes) -> None:
        self._log += chunk
        del self._log[:-_LOG_TAIL_BYTES]

    def _take_stdout(self, chunk: bytes) -> None:
        self._stdout += chunk
        if len(self._stdout) > self._bounds.stdout_bytes:
            raise ProcessFailed("too_much_output", tool=self._tool)
        if self._on_progress:
            *lines, rest = self._stdout.split(b"\n")
            self._stdout = bytearray(rest)
            for line in lines:
                self._take_report(line.decode("utf-8", "replace"))

    def _take_report(self, line: str) -> None:
        name, _, value = line.partition("=")
        self._report[name.strip()] = value.strip()
        if name != "progress" or not self._on_progress:
            return
        sign = tuple(self._report.get(key, "") for key in ("out_time_us", "frame", "total_size"))
        if sign != self._last:
            self._last, self._advanced = sign, time.monotonic()
        out_time_us, frame = (_whole_number(text) for text in sign[:2])
        self._on_progress(Progress(max(0, out_time_us) / 1e6, frame))

    def _check_time(self) -> None:
        now = time.monotonic()
        if now - self._began > self._bounds.wall_s:
            raise ProcessTimedOut(tool=self._tool, wall_s=self._bounds.wall_s)
        if self._on_progress and now - self._advanced > self._bounds.stall_s:
            raise ProcessStalled(tool=self._tool, stall_s=self._bounds.stall_s)

    def _wait(self) -> tuple[int, float]:
        while (cpu_s := ending.reap(self._process, os.WNOHANG)) is None:
            self._check_time()
            time.sleep(ending.POLL_S)
        return self._process.returncode, cpu_s

    def _failure(self, status: int, log: str, cpu_s: float) -> Exception:
        tail = "\n".join(log.splitlines()[-12:])
        if os.strerror(errno.ENOSPC) in log:
            return ScratchFull(tool=self._tool)
        killed_by = -status if status < 0 else status - 128
        spent = cpu_s >= self._bounds.cpu_s - _ACCOUNTED_S
        if killed_by in (signal.SIGKILL, signal.SIGXCPU) and spent:
            return ProcessTimedOut(tool=self._tool, cpu_s=self._bounds.cpu_s)
        if killed_by in (signal.SIGKILL, signal.SIGTERM):
            return ProcessKilled(tool=self._tool, signal=int(killed_by))
        return ProcessFailed(tool=self._tool, status=status, tail=tail)


def _whole_number(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() else 0
