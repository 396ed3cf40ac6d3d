"""What is promised of a killed worker, with the lease that a festival has and not a test's."""

import subprocess
from pathlib import Path

import pytest
from flask import Flask

from plural.settings import Settings
from stack.valkey import Valkey
from tests import arriving
from tests.conftest import settings_for
from tests.factories import Make
from tests.faults.invariants import PLAYS, assert_made_once, encoders_in
from tests.running import encoder, is_living, running, until

TWO_MINUTES_S = 120


@pytest.fixture
def settings(tmp_path: Path, database_url: str, valkey: Valkey) -> Settings:
    return settings_for(tmp_path, database_url, redis_url=valkey.url, log_level="INFO")


@pytest.mark.slow
def test_after_a_worker_is_killed_the_film_plays_within_two_minutes_made_by_one_ffmpeg(
    app: Flask,
    make: Make,
    worker: subprocess.Popen[bytes],
    cron: subprocess.Popen[bytes],
    settings: Settings,
    tmp_path: Path,
    long_film: Path,
) -> None:
    film_id = arriving.arrive(app, make.entry(), long_film)
    first = until(lambda: encoder(worker))
    assert first is not None
    assert encoders_in(settings.instance_folder) == [first]
    worker.kill()
    until(lambda: not is_living(first))
    seen = set()

    def plays() -> bool:
        now = encoders_in(settings.instance_folder)
        assert len(now) <= 1
        seen.update(now)
        return arriving.film_of(app, film_id).state in PLAYS

    with running("plural.worker", settings, tmp_path / "second.log"):
        until(plays, TWO_MINUTES_S)
        assert_made_once(app, long_film, film_id)
    assert seen
    assert first not in seen
