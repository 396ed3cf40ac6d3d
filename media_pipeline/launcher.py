"""Becomes another program: within limits, without privileges, and ending with its parent.

Run as `python -I -S launcher.py ORDER PROGRAM ARGUMENT...`. ORDER is a JSON object:

- `parent`: the process to end with; without it nothing starts. With `death_signal` the kernel kills
  this process at its death; that follows the thread that started this process, so the parent starts
  it from a thread that waits for it. bubblewrap must not be killed while it prepares: there it is
  false, and what runs inside ends with its standard input.
- `limits`: from names of the `resource` module to numbers; `niceness`, by how much it gives way.
- `cage`: how to confine the program. `uid` is the user to become (null: stay). With `staged`,
  bubblewrap is the program and confines the rest: a new user cannot pass through closed folders,
  so these files and folders are first mounted at other places. Else `landlock` says whether to use
  it, `readable` are the program's files and `folder`, its working folder already, is what it may
  write in; as a new user it gets `/proc/self/fd/N` for the former and paths in the latter.

Without a program it prints what of the cage came true, as JSON.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys
import time
from typing import Any

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x20000, 0x10000000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
EXIT_PARENT_GONE = 125
EXIT_CANNOT_START = 126
_TRIES, _PAUSE_S = 20, 0.1

# Landlock, see linux/landlock.h; the numbers of its calls are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE, _READ, _LIST, _REMOVE, _MAKE_FILE = 1, 2, 4, 8, 32, 256
_FIRST_RIGHTS, _REFER, _TRUNCATE = 0x1FFF, 1 << 13, 1 << 14
_TCP, _ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3
_PROGRAMS = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")

_linux = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    """Confine this process as ordered, then turn into the program."""
    order, *program = arguments
    wanted = json.loads(order)
    limit(wanted["limits"])
    _give_way(wanted.get("niceness", 0))
    _be_the_first_to_go()
    cage = wanted.get("cage")
    told = _enter(cage, program) if cage and _linux else {}
    # After the change of user, which clears the signal.
    _die_with(int(wanted["parent"]), by_signal=wanted["death_signal"])
    if not program:
        print(json.dumps(told))
        return
    try:
        os.execve(told.get("opened", program[0]), program, {})  # noqa: S606
    except OSError as error:
        print(f"{program[0]}: {error.strerror}", file=sys.stderr)
        os._exit(EXIT_CANNOT_START)


def limit(limits: dict[str, int]) -> None:
    """Set soft and hard limits, below the hard ones that are in force."""
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))


def _give_way(niceness: int) -> None:
    """Be nicer by so much; where the processor is shared among sessions first, all the session.

    Without the latter a niceness counts only beside processes of the same session, and each of
    these is started in one of its own.
    """
    own = os.nice(niceness)
    if niceness == 0:
        return
    for _ in range(_TRIES):
        try:
            with open("/proc/self/autogroup", "w") as session:
                session.write(str(own))
        except BlockingIOError:
            # Who is not root may do this ten times a second, all of them together.
            time.sleep(_PAUSE_S)
        except OSError:
            return
        else:
            return


def _die_with(parent: int, *, by_signal: bool) -> None:
    if _linux and by_signal:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(EXIT_PARENT_GONE)


def _be_the_first_to_go() -> None:
    """Where memory runs out, the system is to end this process and not its database."""
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")
    except OSError:
        return


def _enter(cage: dict[str, Any], program: list[str]) -> dict[str, Any]:
    """Confine this process as far as bubblewrap will not; returns what came true."""
    if "landlock" in cage:
        return _confine(cage, program)
    if "staged" in cage:
        _stage(cage["staged"])
    _become(cage["uid"])
    return {}


def _confine(cage: dict[str, Any], program: list[str]) -> dict[str, Any]:
    """Confine this process; `program` is changed to names that it can open from inside.

    Returns what came true, and as `opened` the program if its path leads there no more.
    """
    uid, folder = cage["uid"], cage["folder"]
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    executable = [os.open(path, os.O_PATH) for path in program[:1]]
    readable = {path: os.open(path, os.O_PATH) for path in cage["readable"]}
    told: dict[str, Any] = {"network": "none" if _leave_network(uid) else "open", "uid": uid}
    _become(uid)
    if uid is not None:
        program[1:] = [_renamed(each, readable, folder) for each in program[1:]]
        for descriptor in (*executable, *readable.values()):
            os.set_inheritable(descriptor, True)
        told.update(("opened", descriptor) for descriptor in executable)
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if cage["landlock"]:
        told["landlock"] = _landlock(executable, list(readable.values()), folder)
    return told


def _stage(places: dict[str, str]) -> None:
    """Mount files and folders where everybody can reach them, seen by this process only."""
    _checked(_libc.unshare(CLONE_NEWNS))
    _mount("none", "/", MS_REC | MS_PRIVATE)
    opened = {place: os.open(path, os.O_PATH) for path, place in places.items()}
    stage = os.path.dirname(next(iter(opened)))
    _mount("tmpfs", stage, 0, "tmpfs", "mode=0755")
    for place, descriptor in opened.items():
        if os.path.isdir(descriptor):
            os.mkdir(place)
        else:
            os.close(os.open(place, os.O_CREAT))
        _mount(f"/proc/self/fd/{descriptor}", place, MS_BIND | MS_REC)
    os.chdir("/")


def _mount(source: str, target: str, flags: int, kind: str = "none", options: str = "") -> None:
    texts = [os.fsencode(each) for each in (source, target, kind)]
    _checked(_libc.mount(*texts, ctypes.c_ulong(flags), os.fsencode(options)))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _become(uid: int | None) -> None:
    if uid is not None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def _leave_network(uid: int | None) -> bool:
    """Move into a network of nothing. Only who stays the user that he is may need a new realm."""
    if _libc.unshare(CLONE_NEWNET) == 0:
        return True
    return uid is None and _libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0


def _renamed(argument: str, readable: dict[str, int], folder: str | None) -> str:
    for path, descriptor in sorted(readable.items(), key=lambda each: -len(each[0])):
        argument = argument.replace(path, f"/proc/self/fd/{descriptor}")
    return argument.replace(f"{folder}/", "") if folder else argument


def _landlock(executable: list[int], readable: list[int], folder: str | None) -> int:
    """Let this process open what it needs and nothing else; the interface's version, 0 if none."""
    version = int(_libc.syscall(_CREATE_RULESET, None, 0, 1))
    if version < 1:
        return 0
    files = _FIRST_RIGHTS | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    handled = [files, _TCP, _ABSTRACT_SOCKETS_AND_SIGNALS]
    handled = handled[: 1 + (version >= 4) + (version >= 6)]
    attributes = struct.pack(f"={len(handled)}Q", *handled)
    rules = int(_libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0))

    def allow(descriptor: int, rights: int) -> None:
        rule = struct.pack("=Qi", rights & files, descriptor)
        if _libc.syscall(_ADD_RULE, rules, 1, rule, 0) != 0:
            os._exit(EXIT_CANNOT_START)

    for path in filter(os.path.exists, _PROGRAMS):
        allow(os.open(path, os.O_PATH), _EXECUTE | _reading(path))
    for path in filter(os.path.exists, _DEVICES):
        allow(os.open(path, os.O_PATH), _READ | _WRITE)
    for descriptor in executable:
        allow(descriptor, _EXECUTE | _READ)
    for descriptor in readable:
        allow(descriptor, _reading(descriptor))
    if folder is not None:
        written = _READ | _WRITE | _LIST | _REMOVE | _MAKE_FILE | _TRUNCATE
        allow(os.open(".", os.O_PATH), written)
    return version if _libc.syscall(_RESTRICT_SELF, rules, 0) == 0 else 0


def _reading(opened: int | str) -> int:
    return _READ | _LIST if os.path.isdir(opened) else _READ


if __name__ == "__main__":
    main(sys.argv[1:])
