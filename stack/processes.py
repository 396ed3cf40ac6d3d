"""Starting and ending one process together with everything it has started."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

CHILD = Path(__file__).with_name("child.py")


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: IO[bytes] | int,
    user: str = "",
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command as the leader of a process group of its own.

    It dies with the calling *thread* (that is what the kernel watches), so call this from one
    that lives as long as the process. `output` takes both what it prints and its errors.
    """
    launcher = [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), user]
    return subprocess.Popen(
        [*launcher, *command],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def wait_for_end(process: subprocess.Popen[bytes]) -> None:
    """Wait until it has ended and kill what is left of its group.

    It stays to be reaped by `process.wait()`: until then its number cannot be another's.
    """
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    kill_group(process)


def end(
    process: subprocess.Popen[bytes], grace_s: float, ask: signal.Signals = signal.SIGTERM
) -> None:
    """Ask it to end, give it `grace_s` seconds, then kill it and its group."""
    if process.poll() is None:
        process.send_signal(ask)
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            kill_group(process)
            process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
