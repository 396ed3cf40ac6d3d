"""A portal over a real Valkey, with workers that tests can kill."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from plural.settings import Settings
from stack.valkey import Valkey
from tests.arriving import make_film
from tests.conftest import settings_for
from tests.running import running


@pytest.fixture
def settings(tmp_path: Path, database_url: str, valkey: Valkey) -> Settings:
    return settings_for(
        tmp_path,
        database_url,
        redis_url=valkey.url,
        lease_s=2,
        cron_pause_s=0.2,
        log_level="INFO",
    )


@pytest.fixture(scope="session")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to be in the middle of its encoding when something happens."""
    path = tmp_path_factory.mktemp("long") / "film.mp4"
    return make_film(path, seconds=15, size="640x480", rate=25)


@pytest.fixture(scope="session")
def tiny_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("tiny") / "film.mp4")


@pytest.fixture
def cron(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with running("plural.cron", settings, tmp_path / "cron.log") as process:
        yield process


@pytest.fixture
def worker(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with running("plural.worker", settings, tmp_path / "worker.log") as process:
        yield process
