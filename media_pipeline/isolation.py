"""What a media process may see and who it is: its own input and output, and nobody."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

LAUNCHER = Path(__file__).with_name("launcher.py").resolve()
NOBODY = 65534
_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache")
_TRIAL = "/usr/bin/env"
_TRIAL_S = 20
_STAGE = "/tmp"  # noqa: S108 - another one, mounted over it for one process
# Under bubblewrap nothing asks for a signal at its parent's death: one that came while bubblewrap
# prepares would end its outer process alone, and the inner one would wait for that for ever. So
# preparing always goes on to its end, and process 1 inside is a shell that ends, and all with it,
# when nobody holds its input any more, be that from its first moment on. It waits for what it has
# killed: else nobody would hear what that took.
_GUARD = (
    *("/bin/sh", "-c"),
    "exec 3<&0 </dev/null; trap 'kill -9 $work; wait $work; exit 137' TERM; "
    '"$@" 3<&- & work=$!; '
    "{ read -r _; kill 1; } <&3 >/dev/null 2>&1 & wait $work",
    "guard",
)

Kind = Literal["bubblewrap", "landlock", "limits only"]


@dataclass(frozen=True)
class Isolation:
    """One way to keep media processes apart.

    `uid` is the user they become, None where they stay who started them; `bubblewrap` the program
    that confines them, None where the launcher does it alone.
    """

    kind: Kind
    uid: int | None
    network: Literal["none", "no TCP", "open"]
    bubblewrap: str | None = None

    @property
    def is_root(self) -> bool:
        """Whether the kernel knows the processes as root."""
        return self.uid is None and os.geteuid() == 0


def in_force() -> Isolation:
    """The strongest way that works on this machine, tried once."""
    return find_bubblewrap() or find_cage()


def confine(
    command: Sequence[str],
    *,
    readable: Sequence[Path],
    folder: Path | None,
    limits: Mapping[str, int],
    niceness: int = 0,
) -> list[str]:
    """The command line by which this process is to start the command.

    Its standard input is to be a pipe: closing that ends it, wherever else it is not heard.
    `readable` are the files it may read besides its own program, `folder` the one it may write in,
    `limits` what it may take, by names of the `resource` module; `niceness`, 0 to 19, is by how
    much it gives way to others.
    """
    return _line(in_force(), command, readable, folder, limits, niceness)


def _line(
    way: Isolation,
    command: Sequence[str],
    readable: Sequence[Path],
    folder: Path | None,
    limits: Mapping[str, int],
    niceness: int = 0,
) -> list[str]:
    files = [*map(os.fspath, readable)]
    cage: dict[str, Any] = {"uid": way.uid}
    if way.bubblewrap is None:
        own = os.fspath(folder) if folder else None
        cage |= {"landlock": way.kind == "landlock", "readable": files, "folder": own}
    else:
        seen = [command[0], *files, *([os.fspath(folder)] if folder else [])]
        places = {path: path for path in seen}
        if way.uid is not None:
            # Closed folders above would stand in the way of whoever is not root.
            places = {path: f"{_STAGE}/{number}" for number, path in enumerate(dict.fromkeys(seen))}
            cage["staged"] = places
        command = [*_wrapping(way.bubblewrap, places, folder), *_GUARD, *command]
    order = {
        "parent": os.getpid(),
        "death_signal": way.bubblewrap is None,
        "limits": dict(limits),
        "niceness": niceness,
        "cage": cage,
    }
    return [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(order), *command]


def _wrapping(bubblewrap: str, places: Mapping[str, str], folder: Path | None) -> list[str]:
    # Not --new-session: who starts this has left the terminal, and the session's niceness is set.
    wrapping = [bubblewrap, "--unshare-all", "--as-pid-1"]
    wrapping += ["--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-drop", "ALL"]
    for system in _SYSTEM_FOLDERS:
        wrapping += ["--ro-bind-try", system, system]
    wrapping += ["--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - the process's own, empty one
    for path, place in places.items():
        writable = folder is not None and path == os.fspath(folder)
        wrapping += ["--bind" if writable else "--ro-bind", place, path]
    return [*wrapping, *(["--chdir", str(folder)] if folder else []), "--"]


def admit(readable: Sequence[Path], folder: Path | None) -> None:
    """Let the user that media processes become read its input and write in its folder.

    Inputs keep their owner; where others may not read them, the group becomes that user's. No
    folder above is opened to anybody.
    """
    uid = in_force().uid
    if uid is None:
        return
    if folder is not None:
        os.chown(folder, uid, uid, follow_symlinks=False)
    for path in readable:
        _admit_file(path, uid)


def _admit_file(path: Path, gid: int) -> None:
    found = path.lstat()
    if found.st_mode & stat.S_IROTH or found.st_uid == gid or not stat.S_ISREG(found.st_mode):
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        os.fchown(descriptor, -1, gid)
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode) | stat.S_IRGRP)
    finally:
        os.close(descriptor)


@cache
def find_bubblewrap() -> Isolation | None:
    """How bubblewrap works here, if it is there and this machine lets it.

    Root first tries to become nobody before: bubblewrap alone would show another uid to the
    process only, and the kernel would still know it as root.
    """
    program = shutil.which("bwrap")
    if program is None:
        return None
    uids = [NOBODY, None] if os.geteuid() == 0 else [None]
    ways = (Isolation("bubblewrap", uid, "none", program) for uid in uids)
    return next((way for way in ways if _works(way)), None)


def _works(way: Isolation) -> bool:
    return _tried(_line(way, [_TRIAL], (), None, {})).returncode == 0


def _tried(command: Sequence[str]) -> "subprocess.CompletedProcess[bytes]":
    held, holding = os.pipe()
    try:
        return subprocess.run(
            command, stdin=held, env={}, capture_output=True, timeout=_TRIAL_S, check=False
        )
    finally:
        os.close(held)
        os.close(holding)


@cache
def find_cage(*, landlock: bool = True) -> Isolation:
    """What the launcher can do here without bubblewrap: it tries, and tells what came true."""
    uids: list[int | None] = [NOBODY, None] if os.geteuid() == 0 else [None]
    for uid in uids:
        told = _told_by_launcher(uid, landlock)
        if told is not None:
            return _cage_of(told)
    return Isolation("limits only", None, "open")


def _told_by_launcher(uid: int | None, landlock: bool) -> dict[str, Any] | None:
    way = Isolation("landlock" if landlock else "limits only", uid, "open")
    done = _tried(_line(way, [], (), None, {}))
    told: dict[str, Any] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return told


def _cage_of(told: dict[str, Any]) -> Isolation:
    """Landlock of version 4 and later refuses TCP."""
    version = told.get("landlock", 0)
    network: Literal["none", "no TCP", "open"] = "no TCP" if version >= 4 else "open"
    if told.get("network") == "none":
        network = "none"
    return Isolation("landlock" if version else "limits only", told.get("uid"), network)
