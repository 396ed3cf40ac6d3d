"""Becomes another program that ends with its parent and keeps to its limits.

Run as `python -I -S launcher.py PARENT_PID LIMITS PROGRAM ARGUMENT...`, where LIMITS is a JSON
object from names of the `resource` module to numbers. The parent-death signal follows the thread
that started this process, so the parent starts it from a thread that waits for it.
"""

import ctypes
import json
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
EXIT_PARENT_GONE = 125
EXIT_CANNOT_START = 126


def _die_with(parent: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(EXIT_PARENT_GONE)


def _limit(limits: dict[str, int]) -> None:
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))


def main(arguments: list[str]) -> None:
    """Set the death signal and the limits, then turn into the program."""
    parent, limits, *program = arguments
    _die_with(int(parent))
    _limit(json.loads(limits))
    try:
        os.execv(program[0], program)  # noqa: S606 - a list of arguments, no shell
    except OSError as error:
        print(f"{program[0]}: {error.strerror}", file=sys.stderr)
        os._exit(EXIT_CANNOT_START)


if __name__ == "__main__":
    main(sys.argv[1:])
