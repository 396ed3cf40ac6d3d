"""What a media process may see: its own input and output only, where bubblewrap can be had."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache")
_NOBODY = "65534"


def confine(command: Sequence[str], *, readable: Sequence[Path], folder: Path | None) -> list[str]:
    """The command as it is to be started: under bubblewrap if that works here, else unchanged.

    `readable` are the files it may read besides its own program, `folder` the one it may write in.
    """
    bubblewrap = find_bubblewrap()
    return (
        [*_wrapping(bubblewrap, command[0], readable, folder), *command]
        if bubblewrap
        else [*command]
    )


@cache
def find_bubblewrap() -> str | None:
    """The bubblewrap program if it is there and this machine lets it work."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    trial = [*_wrapping(program, "/usr/bin/env", (), None), "/usr/bin/env"]
    done = subprocess.run(trial, env={}, capture_output=True, timeout=20, check=False)
    return program if done.returncode == 0 else None


def _wrapping(
    bubblewrap: str, program: str, readable: Sequence[Path], folder: Path | None
) -> list[str]:
    wrapping = [bubblewrap, "--unshare-all", "--as-pid-1", "--die-with-parent", "--new-session"]
    wrapping += ["--uid", _NOBODY, "--gid", _NOBODY, "--cap-drop", "ALL"]
    for system in _SYSTEM_FOLDERS:
        wrapping += ["--ro-bind-try", system, system]
    wrapping += ["--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - the process's own, empty one
    for path in (program, *map(os.fspath, readable)):
        wrapping += ["--ro-bind", path, path]
    if folder is not None:
        wrapping += ["--bind", str(folder), str(folder), "--chdir", str(folder)]
    return [*wrapping, "--"]
