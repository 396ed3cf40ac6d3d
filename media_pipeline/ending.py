"""How a process of the sandbox is ended, with all that it has started, and what it took."""

import contextlib
import os
import select
import signal
import subprocess
import time
from typing import IO

from media_pipeline import metering

POLL_S = 0.005
_TICK_S = 0.25
_EXIT_S = 2.0
_DEATH_S = 10.0


def end(process: "subprocess.Popen[bytes]", *, with_input: bool) -> None:
    """End the process, if it has not ended, and its group, which may outlive it.

    It leads that group, and its standard streams are pipes of ours. `with_input` says that it ends
    when its input does: whoever is killed instead, outside of bubblewrap, never hears what was
    taken inside.
    """
    if process.stdin:
        process.stdin.close()
    if with_input:
        _await_exit(process)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        reap(process)
    for stream in (process.stdout, process.stderr):
        if stream:
            _await_end_of(stream)
            stream.close()


def reap(process: "subprocess.Popen[bytes]", options: int = 0) -> float | None:
    """The processor time of a process that has ended, which is then counted; None if it runs."""
    pid, status, usage = os.wait4(process.pid, options)
    if not pid:
        return None
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu_s = usage.ru_utime + usage.ru_stime
    metering.count(cpu_s)
    return cpu_s


def _await_exit(process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _EXIT_S
    while process.returncode is None and time.monotonic() < deadline:
        if reap(process, os.WNOHANG) is None:
            time.sleep(POLL_S)


def _await_end_of(stream: IO[bytes]) -> None:
    """The tool may be a grandchild: it is gone when nobody can write any more."""
    deadline = time.monotonic() + _DEATH_S
    while time.monotonic() < deadline:
        ready, _, _ = select.select([stream], [], [], _TICK_S)
        if ready and not os.read(stream.fileno(), 65536):
            return
