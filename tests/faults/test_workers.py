"""Workers that are killed, stopped and left without Redis: every film plays in the end, once."""

import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from flask import Flask
from redis import Redis

from plural.models.entry import FilmState
from plural.models.media import Output, OutputState
from plural.settings import Settings
from tests import arriving
from tests.factories import Make
from tests.faults.invariants import (
    assert_made_once,
    assert_no_process_left,
    encoders_in,
    left_over,
)
from tests.running import encoder, is_living, running, until
from tests.seldom import seldom

ALL_STATES = (FilmState.PLAYABLE, FilmState.COMPLETE)


def is_in(app: Flask, film_id: int, *wanted: FilmState) -> bool:
    return arriving.film_of(app, film_id).state in wanted


def work_horse(worker: subprocess.Popen[bytes]) -> psutil.Process:
    (horse,) = psutil.Process(worker.pid).children()
    return horse


@pytest.mark.parametrize(
    "victim",
    seldom("ffmpeg", "work_horse", "worker"),
)
def test_a_kill_in_the_middle_of_an_encode_delays_the_film_and_loses_nothing(
    app: Flask,
    make: Make,
    worker: subprocess.Popen[bytes],
    cron: subprocess.Popen[bytes],
    settings: Settings,
    tmp_path: Path,
    long_film: Path,
    victim: str,
) -> None:
    film_id = arriving.arrive(app, make.entry(), long_film)
    ffmpeg = until(lambda: encoder(worker))
    assert ffmpeg is not None
    killed = {"work_horse": work_horse(worker), "worker": worker, "ffmpeg": ffmpeg}[victim]
    os.kill(killed.pid, signal.SIGKILL)
    until(lambda: not is_living(ffmpeg))
    if victim == "worker":
        with running("plural.worker", settings, tmp_path / "second.log") as second:
            anew = until(lambda: encoder(second))
            assert encoders_in(settings.instance_folder) == [anew]
            assert_made_once(app, long_film, film_id)
    else:
        assert_made_once(app, long_film, film_id)


@pytest.mark.slow
def test_a_worker_stopped_past_its_lease_publishes_nothing_when_it_goes_on(
    app: Flask,
    make: Make,
    worker: subprocess.Popen[bytes],
    cron: subprocess.Popen[bytes],
    settings: Settings,
    tmp_path: Path,
    long_film: Path,
) -> None:
    film_id = arriving.arrive(app, make.entry(), long_film)
    encoding = until(lambda: encoder(worker))
    assert encoding is not None
    stopped = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
    for process in stopped:
        process.suspend()
    lost = f"film {film_id}: first is somebody else's now"
    with running("plural.worker", settings, tmp_path / "second.log"):
        until(lambda: is_in(app, film_id, *ALL_STATES))
        assert left_over(app)
        assert is_living(encoding)
        for process in stopped:
            process.resume()
        until(lambda: lost in (tmp_path / "worker.log").read_text())
        until(lambda: not is_living(encoding))
        assert_made_once(app, long_film, film_id)


@pytest.mark.slow
def test_two_workers_share_films_and_make_each_once(
    app: Flask,
    make: Make,
    worker: subprocess.Popen[bytes],
    settings: Settings,
    tmp_path: Path,
    tiny_film: Path,
) -> None:
    with running("plural.worker", settings, tmp_path / "second.log"):
        ids = [arriving.arrive(app, make.entry(), tiny_film) for _ in range(4)]
        assert_made_once(app, tiny_film, *ids)


def test_flushing_redis_delays_and_loses_nothing(
    app: Flask, make: Make, settings: Settings, tmp_path: Path, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    with Redis.from_url(settings.redis_url) as redis:
        assert redis.llen("rq:queue:films") == 1
        redis.flushall()
    with (
        running("plural.worker", settings, tmp_path / "worker.log"),
        running("plural.cron", settings, tmp_path / "cron.log"),
    ):
        assert_made_once(app, tiny_film, film_id)


@pytest.mark.slow
def test_a_film_that_kills_every_worker_is_given_up_and_the_next_one_plays(
    app: Flask,
    make: Make,
    worker: subprocess.Popen[bytes],
    cron: subprocess.Popen[bytes],
    long_film: Path,
    tiny_film: Path,
) -> None:
    poison = arriving.arrive(app, make.entry(), long_film)

    def kill_until_failed() -> bool:
        if encoder(worker) is not None:
            for horse in psutil.Process(worker.pid).children():
                horse.kill()
        return is_in(app, poison, FilmState.FAILED)

    until(kill_until_failed)
    reasons = {o.reason for o in arriving.film_of(app, poison).outputs if o.group == "first"}
    assert reasons == {"killed"}
    healthy = arriving.arrive(app, make.entry(), tiny_film)
    assert_made_once(app, tiny_film, healthy)


@pytest.mark.slow
def test_a_worker_asked_to_end_finishes_its_film_first(
    app: Flask, make: Make, worker: subprocess.Popen[bytes], long_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), long_film)
    until(lambda: encoder(worker) is not None)
    worker.send_signal(signal.SIGTERM)
    worker.wait(120)
    assert worker.returncode == 0
    with app.app_context():
        making = Output.query.filter_by(film_version_id=film_id, state=OutputState.MAKING).count()
    assert making == 0
    assert_no_process_left(app)
    assert is_in(app, film_id, *ALL_STATES)
