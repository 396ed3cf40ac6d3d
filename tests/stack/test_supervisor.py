import os
import subprocess
import sys
import threading
import time

import pytest

from stack.stack import ROOT
from stack.supervisor import Supervisor

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)",
]
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, time; c = subprocess.Popen(['sleep', '600']);"
    "print(c.pid, flush=True); time.sleep(600)",
]


class Lines:
    """What the processes said, to be waited for."""

    def __init__(self):
        self.said = []
        self._changed = threading.Condition()

    def __call__(self, name, line):
        with self._changed:
            self.said.append((name, line))
            self._changed.notify_all()

    def wait_for(self, name, count=1):
        """The lines of this process that are its own, once there are so many."""

        def own():
            return [line for n, line in self.said if n == name and not line.startswith("[")]

        with self._changed:
            assert self._changed.wait_for(lambda: len(own()) >= count, timeout=30)
            return own()


@pytest.fixture
def lines():
    return Lines()


@pytest.fixture
def supervisor(tmp_path, lines):
    supervisor = Supervisor(os.environ, tmp_path, tmp_path, lines)
    yield supervisor
    supervisor.end()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition, timeout_s=20):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "did not come true"
        time.sleep(0.02)


def test_a_killed_process_is_started_again_and_its_log_says_so(supervisor, lines, tmp_path):
    supervisor.add("web", SLEEPER)
    lines.wait_for("web")
    first = supervisor.pids()["web"]
    supervisor.kill("web")
    lines.wait_for("web", 2)
    assert supervisor.pids()["web"] != first
    assert supervisor.restarts("web") == 1
    log = (tmp_path / "web.log").read_text()
    assert "killed by SIGKILL" in log
    assert log.count(" up\n") == 2


def test_what_a_killed_process_had_started_is_killed_with_it(supervisor, lines):
    supervisor.add("worker", PARENT)
    grandchild = int(lines.wait_for("worker")[0])
    supervisor.kill("worker")
    wait_until(lambda: not alive(grandchild))


def test_ending_takes_every_process_and_what_it_started(supervisor, lines):
    supervisor.add("worker", PARENT)
    supervisor.add("web", SLEEPER)
    grandchild = int(lines.wait_for("worker")[0])
    pids = supervisor.pids()
    supervisor.end()
    assert set(pids) == {"worker", "web"}
    assert not any(alive(pid) for pid in pids.values())
    wait_until(lambda: not alive(grandchild))
    assert supervisor.pids() == {}


def test_a_process_that_ignores_the_request_is_killed(supervisor, lines):
    supervisor.add("worker", STUBBORN)
    lines.wait_for("worker")
    pid = supervisor.pids()["worker"]
    supervisor.end(grace_s=0.2)
    assert not alive(pid)


def test_only_the_named_processes_end(supervisor, lines):
    supervisor.add("valkey", SLEEPER)
    supervisor.add("web", SLEEPER)
    lines.wait_for("valkey")
    lines.wait_for("web")
    supervisor.end(["web"])
    assert list(supervisor.pids()) == ["valkey"]


def test_a_process_that_cannot_start_is_named_with_its_last_line(supervisor):
    supervisor.add("web", [sys.executable, "-c", "raise SystemExit('no such module')"])
    wait_until(lambda: supervisor.failing() is not None)
    assert supervisor.failing().name == "web"
    assert supervisor.failing().last_lines[-1] == "no such module"


def test_a_line_of_a_procfile_is_expanded_and_replaces_the_shell(tmp_path, lines):
    supervisor = Supervisor({**os.environ, "PORT": "1234"}, tmp_path, tmp_path, lines)
    supervisor.add_line("web", "sh -c 'echo $0 $$; sleep 600' $PORT")
    try:
        assert lines.wait_for("web") == [f"1234 {supervisor.pids()['web']}"]
    finally:
        supervisor.end()


def test_processes_die_when_the_supervising_process_is_killed(tmp_path):
    program = (
        "import os, time; from pathlib import Path; from stack.supervisor import Supervisor\n"
        "supervisor = Supervisor(os.environ, Path(), Path())\n"
        "supervisor.add('web', ['sleep', '600'])\n"
        "print(supervisor.pids()['web'], flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, stdout=subprocess.PIPE
    ) as starter:
        child = int(starter.stdout.readline())
        assert alive(child)
        starter.kill()
    wait_until(lambda: not alive(child))
