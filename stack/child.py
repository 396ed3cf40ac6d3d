"""Becomes another program that dies with the process that started it.

Used as `python child.py PARENT_PID USER COMMAND...`; USER is empty or an account to change to.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent ends (Linux; nothing elsewhere)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(1)


def become(user: str) -> None:
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def main(parent_pid: str, user: str, *command: str) -> None:
    if user:
        become(user)
    die_with(int(parent_pid))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
