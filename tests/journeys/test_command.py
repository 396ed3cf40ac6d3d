"""`python -m demo` as people run it: killed half-way and run again, left with Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import redis

from demo import footage, story
from stack import valkey
from tests.running import ROOT, below, is_living, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]
FLUSH_EVERY_S = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a demo may live, beside the footage of all journeys."""
    shared = ROOT / "var" / "footage"
    footage.prepare(shared)
    (tmp_path / "footage").symlink_to(shared)
    return tmp_path / "demo"


class Demo:
    """A running demo; what it prints is kept in files."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.out = folder.with_name(f"{folder.name}.out")
        self.errors = folder.with_name(f"{folder.name}.err")
        command = [sys.executable, "-m", "demo", "--folder", str(folder), *arguments]
        with self.out.open("wb") as out, self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | {"COLUMNS": "80"}, stdout=out, stderr=errors
            )

    def wait_for(self, words: str) -> None:
        until(lambda: words in self.out.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.errors.read_text()


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Demo]:
    demo = Demo(folder, *arguments)
    try:
        yield demo
    finally:
        demo.process.kill()
        demo.process.wait()


def test_a_demo_killed_half_way_is_told_again_to_its_end_while_redis_forgets_all(
    folder: Path,
) -> None:
    with started(folder, "--once") as killed:
        killed.wait_for("Young people enter their films")
        until(lambda: below(killed.process.pid, "libx264"))
        refuse_a_second(killed)
        parts = below(killed.process.pid)
    until(lambda: not any(map(is_living, parts)))

    with started(folder, "--once") as again:
        again.wait_for("the portal is up at")
        parts, flushed = flush_until_it_ends(again)
        said = again.out.read_text()
        assert again.process.returncode == 0, again.errors.read_text() + said
    assert flushed >= 5
    assert not any(map(is_living, parts))
    assert again.errors.read_text() == ""
    require_told(said)


def refuse_a_second(first: Demo) -> None:
    command = [sys.executable, "-m", "demo", "--folder", str(first.folder)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert second.returncode == 1
    assert second.stderr == (
        f"demo: {first.folder} is in use by process {first.process.pid}: "
        "end that one first (Ctrl-C there).\n"
    )


def flush_until_it_ends(demo: Demo) -> tuple[list[psutil.Process], int]:
    """Flush Redis again and again; every process that the demo had, and how often it was."""
    parts: set[psutil.Process] = set()
    flushed = 0
    while demo.process.poll() is None:
        parts |= set(below(demo.process.pid))
        with (
            suppress(redis.ConnectionError),
            redis.Redis.from_url(valkey.url(demo.folder / "valkey")) as client,
        ):
            client.flushall()
            flushed += 1
        with suppress(subprocess.TimeoutExpired):
            demo.process.wait(FLUSH_EVERY_S)
    return list(parts), flushed


def require_told(said: str) -> None:
    """Bars, who can look where and how they sign in, and the last line."""
    wanted = story.expected()
    last = said.splitlines()[-1]
    found = re.fullmatch(
        r"festival complete: (\d+) films, (\d+) renditions, (\d+) scores, (\d+) distinctions, "
        r"(\d+) recognitions, (\d+) downloads verified",
        last,
    )
    assert found, last
    films, renditions, *others = map(int, found.groups())
    assert (films, others) == (
        wanted.films,
        [wanted.scores, wanted.distinctions, wanted.recognitions, wanted.downloads],
    )
    assert renditions >= wanted.renditions
    assert re.search(r"My window: upload +\S+ 100 %", said)
    assert re.search(r"The table: making +\S+ 100 %", said)
    origin = re.search(r"the portal is up at (http://localhost:\d+)\n", said)
    assert origin
    for path in ("en/plural/2026/recipients", "en/plural/2026/staff", "en/plural/2027/"):
        assert f"{origin.group(1)}/{path} " in said
    assert "lina@example.org" in said


@pytest.mark.parametrize("moment", ["the portal is up at", "Young people enter their films"])
def test_ctrl_c_ends_every_process(folder: Path, moment: str) -> None:
    with started(folder) as demo:
        demo.wait_for(moment)
        parts = below(demo.process.pid)
        assert len(parts) >= 5
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(60) == 0
    assert not any(map(is_living, parts))
    assert demo.errors.read_text() == ""
