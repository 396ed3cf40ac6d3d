"""The whole stack: Valkey, the portal's tables, and the processes of the Procfile."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL, Signals
from types import TracebackType

from honcho.environ import parse_procfile

from stack import valkey
from stack.errors import StackError
from stack.folder import Folder
from stack.ports import HOST, free_ports, require_free
from stack.supervisor import Show, Supervisor

ROOT = Path(__file__).resolve().parents[1]


class Stack:
    """The stack in a folder of its own, from entering to leaving.

    Entering checks the folder and the port, brings the tables up to date, starts everything and
    returns when the portal answers. A process that ends is started again. Leaving asks all to
    end, then kills them. They also die with the thread that entered. Raises StackError.
    """

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        fresh: bool = False,
        show: Show | None = None,
        procfile: Path = ROOT / "Procfile",
    ) -> None:
        """`port`: None takes a free one. `environment`: PLURAL_* variables for every process;
        those of the caller are dropped. `fresh`: what an earlier run left is removed first.
        `show` is called with the name of a process and each line that it logs."""
        self._held = Folder(folder)
        self.folder = self._held.path
        self._wanted_port = port
        self._given = dict(environment or {})
        self._fresh = fresh
        self._show = show
        self._procfile = procfile
        self._leave = ExitStack()
        self.port = 0
        self.environment: dict[str, str] = {}

    def __enter__(self) -> "Stack":
        with ExitStack() as on_failure:
            self._prepare(on_failure)
            self._start(on_failure)
            self._leave = on_failure.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave.close()

    @property
    def address(self) -> str:
        """What people open in a browser; a name, for passkeys refuse bare numbers."""
        return f"http://localhost:{self.port}"

    @property
    def redis_url(self) -> str:
        return self.environment["PLURAL_REDIS_URL"]

    def processes(self) -> dict[str, int]:
        """Name and number of each process that runs now."""
        return self._supervisor.pids()

    def kill(self, name: str, signal: Signals = SIGKILL) -> None:
        self._supervisor.kill(name, signal)

    def restarts(self, name: str) -> int:
        """How often this process has been started again."""
        return self._supervisor.restarts(name)

    def flask(self, *arguments: str) -> str:
        """What `flask ARGUMENTS` prints, run in the environment of the stack."""
        return run_flask(self.environment, *arguments)

    def wait_until_ready(self, timeout_s: float = 60) -> None:
        """Return when the portal answers; raise StackError with the reason when it does not."""
        self._wait(self._portal_answers, timeout_s)

    def _prepare(self, leave: ExitStack) -> None:
        folder = leave.enter_context(self._held)
        if self._fresh:
            folder.clear()
        self.port = require_free(self._wanted_port) if self._wanted_port else free_ports(1)[0]
        self.environment = processes_environment(folder, self.address, self._given)
        self.environment["PORT"] = str(self.port)

    def _start(self, leave: ExitStack) -> None:
        self._supervisor = Supervisor(
            self.environment, self._held.subfolder("log"), ROOT, self._show
        )
        if "PLURAL_REDIS_URL" not in self._given:
            folder = self._held.subfolder("valkey")
            leave.callback(valkey.remove_socket_folder, folder)
            leave.callback(self._supervisor.end)
            self._supervisor.add("valkey", valkey.command(folder))
            self._wait(lambda: valkey.answers(self.redis_url), timeout_s=20)
        run_flask(self.environment, "db", "upgrade")
        lines = parse_procfile(self._procfile.read_text()).processes
        for name, line in lines.items():
            self._supervisor.add_line(name, line)
        leave.callback(self._supervisor.end, list(lines))
        self.wait_until_ready()

    def _wait(self, ready: Callable[[], bool], timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not ready():
            if failing := self._supervisor.failing():
                reason = failing.last_lines[-1] if failing.last_lines else "it says nothing"
                raise StackError(f"{failing.name} does not start: {reason} (see {failing.log})")
            if time.monotonic() > deadline:
                raise StackError(
                    f"No answer within {timeout_s:.0f} s: see the logs in {self.folder / 'log'}"
                )
            time.sleep(0.05)

    def _portal_answers(self) -> bool:
        try:
            url = f"http://{HOST}:{self.port}/healthz"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


def processes_environment(folder: Folder, address: str, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the processes of a folder; variables in `given` win."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    dropped = ("PLURAL_", "PYTHONDONTWRITEBYTECODE")
    outer = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    own = {
        "PLURAL_DATABASE_URL": f"sqlite:///{folder.path / 'plural.sqlite'}",
        "PLURAL_REDIS_URL": valkey.url(folder.path / "valkey"),
        "PLURAL_STORAGE_URL": f"file://{folder.subfolder('storage')}",
        "PLURAL_SECRET_KEY": folder.secret("secret_key"),
        "PLURAL_INSTANCE_FOLDER": str(folder.subfolder("instance")),
        "PLURAL_PUBLIC_ADDRESS": address,
    }
    return outer | own | dict(given) | {"PATH": path, "PYTHONUNBUFFERED": "1"}


def run_flask(environment: Mapping[str, str], *arguments: str) -> str:
    """What a command of the portal prints. Raises StackError with its last line."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "plural", *arguments],
        env=dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise StackError(f"flask {' '.join(arguments)}: {said[-1] if said else 'no reason given'}")
    return done.stdout
