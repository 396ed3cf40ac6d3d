"""Keeps processes running: one that ends is started again; all end together."""

import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from logging import INFO, Formatter, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from signal import SIGKILL, Signals
from typing import IO

from stack import processes

Show = Callable[[str, str], None]

PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
QUICK_END_S = 3.0
LOG_BYTES = 10 * 1024**2


class Supervised:
    """One process that is started again, after a pause, whenever it ends.

    The pause doubles while it ends within `QUICK_END_S` of its start, up to `LONGEST_PAUSE_S`.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        show: Show | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self.starts = 0
        self.quick_ends = 0
        self.last_lines: deque[str] = deque(maxlen=20)
        self._command = command
        self._environment = environment
        self._show = show
        self._folder = folder
        self._file = RotatingFileHandler(log, maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
        self._file.setFormatter(Formatter("%(asctime)s %(message)s"))
        self._ending = threading.Event()
        self._running = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name=name, daemon=True)
        self._copying = threading.Thread()

    def start(self) -> None:
        """Start the process and return when it exists."""
        with self._running:
            self._thread.start()
            self._running.wait_for(lambda: self.starts > 0)

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    def send(self, signal: Signals) -> None:
        with self._running:
            if pid := self.pid:
                os.kill(pid, signal)

    def ask_to_end(self) -> None:
        """Ask once: to many programs a second request means to drop what they do."""
        with self._running:
            if not self._ending.is_set():
                self._ending.set()
                self.send(Signals.SIGTERM)

    def end(self, grace_s: float) -> None:
        """Return when the process and all it has started are gone."""
        self.ask_to_end()
        self._thread.join(grace_s)
        if self._thread.is_alive() and self._process:
            processes.kill_group(self._process)
            self._thread.join()
        self._file.close()

    def _keep_running(self) -> None:
        while not self._ending.is_set():
            process = self._start()
            if process is None:
                return
            started = time.monotonic()
            processes.wait_for_end(process)
            with self._running:
                process.wait()
            self._copying.join(1.0)
            if not self._ending.is_set():
                self._note_end(process.returncode, time.monotonic() - started)
                self._ending.wait(min(PAUSE_S * 2**self.quick_ends, LONGEST_PAUSE_S))

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._running:
            if self._ending.is_set():
                return None
            process = processes.start(
                self._command, self._environment, subprocess.PIPE, folder=self._folder
            )
            self._process = process
            self.starts += 1
            self._running.notify_all()
        assert process.stdout is not None
        self._copying = threading.Thread(target=self._copy, args=(process.stdout,), daemon=True)
        self._copying.start()
        return process

    def _note_end(self, status: int, lasted_s: float) -> None:
        self.quick_ends = self.quick_ends + 1 if lasted_s < QUICK_END_S else 0
        how = f"killed by {Signals(-status).name}" if status < 0 else f"ended with status {status}"
        self._line(f"[{how} after {lasted_s:.1f} s; starting again]", its_own=False)

    def _copy(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self._line(line.decode("utf-8", "replace").rstrip())

    def _line(self, text: str, its_own: bool = True) -> None:
        if its_own and text:
            self.last_lines.append(text)
        self._file.handle(LogRecord(self.name, INFO, "", 0, text, None, None))
        if self._show:
            self._show(self.name, text)


class Supervisor:
    """Several supervised processes; the ones added first end last."""

    def __init__(
        self, environment: Mapping[str, str], logs: Path, folder: Path, show: Show | None = None
    ) -> None:
        self._environment = environment
        self._logs = logs
        self._folder = folder
        self._show = show
        self._processes: dict[str, Supervised] = {}

    def add(self, name: str, command: Sequence[str]) -> Supervised:
        """Start a process under a name."""
        log = self._logs / f"{name}.log"
        process = Supervised(name, command, self._environment, log, self._show, self._folder)
        self._processes[name] = process
        process.start()
        return process

    def add_line(self, name: str, line: str) -> Supervised:
        """Start a line of a Procfile, which the shell expands."""
        return self.add(name, ["/bin/sh", "-c", f"exec {line}"])

    def pids(self) -> dict[str, int]:
        """The processes that run now."""
        return {n: pid for n, p in self._processes.items() if (pid := p.pid) is not None}

    def restarts(self, name: str) -> int:
        return self._processes[name].starts - 1

    def kill(self, name: str, signal: Signals = SIGKILL) -> None:
        self._processes[name].send(signal)

    def failing(self) -> Supervised | None:
        """A process that ended right after its start, three times in a row."""
        return next((p for p in self._processes.values() if p.quick_ends >= 3), None)

    def end(self, names: Sequence[str] | None = None, grace_s: float = 5.0) -> None:
        """End these processes (all by default) at the same time, by force after `grace_s`."""
        ending = [self._processes.pop(n) for n in list(names or self._processes)]
        for process in ending:
            process.ask_to_end()
        deadline = time.monotonic() + grace_s
        for process in ending:
            process.end(max(0.0, deadline - time.monotonic()))
