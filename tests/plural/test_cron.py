"""The scheduler: lost wake-ups are found, tasks do not disturb each other, it ends when asked."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from plural import create_app, cron, outbox
from plural.actions import announcing, upkeep
from plural.settings import Settings
from stack.valkey import Valkey
from tests.conftest import settings_for
from tests.factories import Make
from tests.running import running, until


@pytest.fixture
def awake(tmp_path: Path, database_url: str, valkey: Valkey) -> Settings:
    """Settings with a Redis that answers."""
    return settings_for(tmp_path, database_url, redis_url=valkey.url, cron_pause_s=0.1)


@pytest.fixture
def awake_app(awake: Settings) -> Iterator[Flask]:
    app = create_app(awake)
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def queue_length(app: Flask, queue: str) -> int:
    with app.app_context():
        return outbox.rq_queue(queue).count


def add_items(app: Flask, make: Make, count: int) -> None:
    """Things to do whose wake-ups are lost."""
    festival_id = make.festival().id
    with app.app_context():
        for _ in range(count):
            outbox.add(festival_id, "note")
        outbox.db.session.commit()


def test_work_without_wake_up_gets_one_and_never_more_than_a_handful(awake_app: Flask) -> None:
    app, make = awake_app, Make(awake_app)
    cron.do_round(app)
    assert queue_length(app, outbox.OUTBOX) == 0
    add_items(app, make, 2)
    for _ in range(3):
        cron.do_round(app)
        assert queue_length(app, outbox.OUTBOX) == 2
    add_items(app, make, 20)
    for _ in range(3):
        cron.do_round(app)
        assert queue_length(app, outbox.OUTBOX) == upkeep.MOST_WAKE_UPS
    assert queue_length(app, outbox.FILMS) == 0


def test_a_task_that_fails_does_not_stop_the_others(
    awake_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = awake_app
    add_items(app, Make(app), 1)

    def break_down() -> int:
        raise RuntimeError("broken task")

    monkeypatch.setattr(cron, "WRITING", (break_down, announcing.announce_due))
    cron.do_round(app)
    assert queue_length(app, outbox.OUTBOX) == 1
    assert "break_down failed" in caplog.text


def test_it_goes_on_without_redis_and_catches_up(
    app: Flask, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    add_items(app, make, 1)
    cron.do_round(app)
    assert "wake_workers failed" in caplog.text


def test_the_process_does_its_rounds_and_ends_when_it_is_asked(
    awake: Settings, awake_app: Flask, tmp_path: Path
) -> None:
    app = awake_app
    add_items(app, Make(app), 1)
    with running("plural.cron", awake, tmp_path / "cron.log") as process:
        until(lambda: queue_length(app, outbox.OUTBOX) == 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
