"""The worker process: what it is told, what it survives, and what dies with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from media_pipeline import capabilities, isolation, sandbox
from media_pipeline.errors import BinaryMissing
from media_pipeline.isolation import Isolation
from plural import create_app, cron, outbox, worker
from plural.settings import Settings
from stack.valkey import Valkey
from tests.conftest import settings_for
from tests.running import ROOT, environment, running, until


@pytest.fixture
def settings(tmp_path: Path, database_url: str, valkey: Valkey) -> Settings:
    return settings_for(tmp_path, database_url, redis_url=valkey.url)


@pytest.fixture
def environ(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize("main", [cron.main, worker.main])
def test_a_wrong_setting_is_named_in_one_line(
    main: Callable[[], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLURAL_LEASE_S", "soon")
    assert main() == 1
    assert capsys.readouterr().err == "PLURAL_LEASE_S must be a number, not 'soon'.\n"


@pytest.mark.usefixtures("environ")
def test_an_ffmpeg_that_cannot_do_its_part_is_named_before_any_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lack(*, modern: bool) -> dict[str, str]:
        raise BinaryMissing("binary_incapable", tool="ffmpeg", lacks=["libx264"])

    monkeypatch.setattr(capabilities, "check", lack)
    assert worker.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "libx264" in line


def test_a_worker_says_at_its_start_how_films_are_kept(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with running("plural.worker", replace(settings, log_level="INFO"), log) as process:
        line = f"worker {process.pid}: {sandbox.describe()}, "
        until(lambda: line in log.read_text())


@pytest.mark.parametrize(
    ("kind", "network", "warnings"),
    [
        ("limits only", "open", 1),
        ("limits only", "none", 0),
        ("landlock", "open", 0),
        ("bubblewrap", "none", 0),
    ],
)
def test_a_worker_without_a_cage_warns_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: Any,
    network: Any,
    warnings: int,
) -> None:
    monkeypatch.setattr(isolation, "in_force", lambda: Isolation(kind, None, network))
    with caplog.at_level("INFO", logger=worker.__name__):
        worker.tell_how_films_are_kept({"ffmpeg": "7"})
    told, *warned = caplog.records
    assert (told.levelname, f"'isolation': '{kind}'" in told.getMessage()) == ("INFO", True)
    assert [record.levelname for record in warned] == ["WARNING"] * warnings
    assert all("install bubblewrap" in record.getMessage() for record in warned)


def test_a_wake_up_carries_nothing_but_its_name_and_always_has_a_timeout(
    settings: Settings,
) -> None:
    app = create_app(settings)
    with app.app_context():
        for queue in outbox.QUEUES:
            outbox.wake(queue)
            (job,) = outbox.rq_queue(queue).jobs
            assert (job.func_name, job.args, job.kwargs) == (outbox.JOBS[queue], [], {})
            assert job.timeout == outbox.TIMEOUTS_S[queue]
            assert b"null" in job.data


def test_redis_may_go_away_while_a_film_is_made(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings)
    (tmp_path / "short").mkdir()
    with Valkey(tmp_path / "short") as server, app.app_context():
        connection = Redis.from_url(server.url)
        found = worker.FestivalWorker(app, connection)
        job = found.queues[0].enqueue(outbox.JOBS[outbox.OUTBOX])
        found.register_birth()
        execution = found.prepare_execution(job)
        found.maintain_heartbeats(job, execution)
    found.maintain_heartbeats(job, execution)
    connection.close()


ORPHAN = """
import os, sys, time
sys.path.insert(0, "plural")
from pdeath import die_with
parent = os.getpid()
child = os.fork()
if child == 0:
    die_with(parent)
    print(os.getpid(), flush=True)
    time.sleep(600)
time.sleep(600)
"""


def test_a_work_horse_dies_with_its_worker() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ORPHAN], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    until(lambda: not Path(f"/proc/{child}").exists() or is_zombie(child))


def is_zombie(pid: int) -> bool:
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()


def test_a_work_horse_whose_worker_is_gone_already_ends_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from pdeath import die_with; die_with(1 << 22)"],
        cwd=ROOT / "plural",
    )
    assert done.returncode == 1
