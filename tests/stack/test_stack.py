"""The whole stack over the real portal, and what is said when it cannot run."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import redis

from stack import Stack, StackError, ports
from stack.stack import ROOT


def group_lives(leader):
    """Whether any process of the group is left, but for one that is only to be reaped."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(group) == leader and state != "Z":
            return True
    return False


def wait_until(condition, timeout_s=30):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "did not come true"
        time.sleep(0.05)


def health(stack):
    with urllib.request.urlopen(f"http://{ports.HOST}:{stack.port}/healthz", timeout=10) as answer:
        return answer.status


@pytest.mark.slow
def test_each_process_comes_back_after_a_kill_and_all_end_together(tmp_path):
    with Stack(tmp_path / "demo") as stack:
        first = stack.processes()
        assert list(first) == ["valkey", "web", "worker1", "worker2", "cron"]
        for name in first:
            stack.kill(name)
            wait_until(lambda name=name: stack.restarts(name) == 1)
        stack.wait_until_ready()
        wait_until(lambda: list(stack.processes()) == list(first))
        last = stack.processes()
        assert health(stack) == 200
        with redis.Redis.from_url(stack.redis_url) as client:
            wait_until(client.ping)
        assert "upgrade" in stack.flask("db", "--help")
    assert not any(group_lives(pid) for pid in [*first.values(), *last.values()])
    assert {p.name for p in (tmp_path / "demo").iterdir()} >= {"plural.sqlite", "log", "storage"}


@pytest.mark.slow
def test_a_stack_without_its_portal_says_why_and_leaves_nothing_running(tmp_path):
    procfile = tmp_path / "Procfile"
    procfile.write_text("web: sh -c 'echo PLURAL_SMTP_URL must begin with smtp: >&2; exit 1'\n")
    stack = Stack(tmp_path / "demo", procfile=procfile)
    with pytest.raises(StackError, match="web does not start: PLURAL_SMTP_URL must begin with"):
        stack.__enter__()
    assert stack.processes() == {}
    with pytest.raises(redis.ConnectionError), redis.Redis.from_url(stack.redis_url) as client:
        client.ping()


def test_a_wrong_setting_is_named_in_one_line(tmp_path):
    with pytest.raises(StackError, match=r"PLURAL_LEASE_S must be a number") as error:
        Stack(tmp_path / "demo", environment={"PLURAL_LEASE_S": "soon"}).__enter__()
    assert "\n" not in str(error.value)


class Served:
    """`./run serve` as a process of its own."""

    def __init__(self, folder, port):
        self.folder = folder
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PLURAL_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stack", "serve"],
            cwd=ROOT,
            env=environment | {"PLURAL_FOLDER": str(folder), "PLURAL_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_it_answers(self):
        for line in self.process.stdout:
            if found := re.search(r"Plural answers at (\S+) ", line):
                return found[1]
        raise AssertionError(self.process.stderr.read())


def children(parent):
    """What any thread of this process has started."""
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


@pytest.mark.slow
def test_a_folder_is_served_once_and_again_after_its_stack_was_killed(tmp_path):
    port = ports.free_ports(1)[0]
    served = Served(tmp_path / "var", port)
    with served.process:
        assert served.wait_until_it_answers() == f"http://localhost:{port}"
        second = Served(tmp_path / "var", ports.free_ports(1)[0])
        _, said = second.process.communicate()
        assert second.process.returncode == 1
        assert said == (
            f"run: {tmp_path / 'var'} is in use by process {served.process.pid}: "
            "end that one first (Ctrl-C there).\n"
        )
        groups = children(served.process.pid)
        assert len(groups) == 5
        served.process.kill()
    wait_until(lambda: not any(group_lives(pid) for pid in groups))

    again = Served(tmp_path / "var", port)
    with again.process:
        again.wait_until_it_answers()
        groups = children(again.process.pid)
        again.process.send_signal(signal.SIGINT)
        _, said = again.process.communicate()
    assert again.process.returncode == 0
    assert said == ""
    assert not any(group_lives(pid) for pid in groups)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_way_of_ending_interrupts_once(name):
    program = (
        "import os, signal; from stack.signals import interrupt_on_end\n"
        "interrupt_on_end(); me = os.getpid()\n"
        f"try: os.kill(me, signal.{name})\n"
        "except KeyboardInterrupt:\n"
        f"    os.kill(me, signal.{name}); os.kill(me, signal.SIGINT); print('in order')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "in order\n")


def test_serving_in_a_place_where_no_folder_can_be_says_so():
    said = Served("/proc/films", ports.free_ports(1)[0]).process.communicate()
    assert said == (
        "",
        "run: /proc/films cannot be used: No such file or directory. "
        "Choose another place with PLURAL_FOLDER.\n",
    )


def test_serving_on_a_taken_port_says_so(tmp_path):
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        served = Served(tmp_path / "var", port)
        _, said = served.process.communicate()
    assert served.process.returncode == 1
    assert said.startswith(f"run: Port {port} is taken: ")
    assert said.count("\n") == 1
