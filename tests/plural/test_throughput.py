"""What staff and Prometheus are told about the queue: true numbers, for whoever may see them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from plural import clock, create_app
from plural.actions import desk, throughput
from plural.extensions import db
from plural.models.audit import TaskEvent
from plural.models.entry import EntryState, FilmState, FilmVersion
from plural.models.media import Output, OutputState
from plural.settings import Settings, SettingWrong
from tests.conftest import settings_for
from tests.factories import Make
from tests.visitor import Visitor

TOKEN = "a token for metrics of tests"


@pytest.fixture
def settings(tmp_path: Any, database_url: str) -> Settings:
    return settings_for(tmp_path, database_url, metrics_token=TOKEN)


def note(app: Flask, make: Make, subject: str, state: str, hours_ago: float) -> None:
    festival_id = make.festival().id
    with app.app_context():
        at = clock.now() - timedelta(hours=hours_ago)
        db.session.add(TaskEvent(festival_id=festival_id, at=at, subject=subject, state=state))
        db.session.commit()


@pytest.fixture
def busy_day(app: Flask, make: Make) -> FilmVersion:
    """A complete film of 12 s that cost 6 s, one that has failed, one that waits for an hour."""
    done = make.film(make.entry())
    failed, waiting, _gone = (
        make.film(make.entry(state=s), state=FilmState.ACCEPTED)
        for s in (EntryState.DRAFT, EntryState.DRAFT, EntryState.WITHDRAWN)
    )
    with make.saving():
        for row in Output.query:
            row.cpu_s = 3.0
            if row.film_version_id == done.id:
                continue
            row.storage_key = ""
            row.state = OutputState.FAILED if row.film_version_id == failed.id else "waiting"
            row.created_at = clock.now() - timedelta(hours=1 if row.film.id == waiting.id else 9)
    for hours_ago in (0, 0, 2, 23, 30):
        note(app, make, "output:1", "ready", hours_ago)
    note(app, make, "output:2", "failed", 2)
    note(app, make, "film_version:1", "complete", 2)
    note(app, make, "upload:1", "complete", 0)
    note(app, make, "output:1", "making", 0)
    return waiting


@pytest.mark.usefixtures("busy_day")
def test_a_day_is_counted_by_the_hour(app: Flask) -> None:
    with app.app_context():
        day = throughput.throughput()
        this_hour = clock.now().replace(minute=0, second=0, microsecond=0)
    assert [hour.begins_at for hour in day.hours] == [
        this_hour - timedelta(hours=back) for back in reversed(range(24))
    ]
    counts = [(hour.outputs, hour.films, hour.failures) for hour in day.hours]
    assert counts[23] == (2, 0, 0)
    assert counts[21] == (1, 1, 1)
    assert counts[0] == (1, 0, 0)
    assert (day.outputs, day.films, day.failures, day.most) == (4, 1, 1, 2)
    assert day.cpu_s_per_film_minute == pytest.approx(60 * 6.0 / 12.0)


def test_a_day_without_films_has_no_cost(app: Flask) -> None:
    with app.app_context():
        day = throughput.throughput()
    assert (day.outputs, day.films, day.most, day.cpu_s_per_film_minute) == (0, 0, 0, None)


@pytest.mark.usefixtures("busy_day")
def test_the_queue_holds_what_somebody_still_waits_for(app: Flask) -> None:
    with app.app_context():
        queue = desk.queue()
        waited = clock.now() - queue.oldest_at if queue.oldest_at else timedelta()
    assert (queue.length, queue.failed) == (2, 2)
    assert waited.total_seconds() == pytest.approx(3600, abs=60)


@pytest.mark.usefixtures("busy_day")
def test_staff_see_the_day_as_numbers_and_as_a_plot_with_words(
    make: Make, visitor: Visitor
) -> None:
    visitor.sign_in(make.staff())
    page = visitor.get("staff/films").text
    assert page.count('class="plot-made"') == 24
    assert page.count('class="plot-failed"') == 1
    assert "Made: 4. Given up: 1. Most in one hour: 2." in page
    words = " ".join(page.split())
    assert "<dt>Processor seconds per minute of film</dt><dd>30</dd>" in words
    assert "<script" not in page[page.index('class="plot"') : page.index("</figure>")]
    assert "style=" not in page[page.index('class="plot"') : page.index("</figure>")]


# ----- Prometheus


def metrics(app: Flask, token: str | None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return app.test_client().get("/metrics", base_url="https://localhost", headers=headers)


def samples(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


@pytest.mark.usefixtures("busy_day")
def test_prometheus_reads_the_same_numbers(app: Flask) -> None:
    answer = metrics(app, TOKEN)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {(name, *labels.values()): value for name, labels, value in samples(answer.text)}
    assert found[("plural_queue_outputs",)] == 2
    assert found[("plural_queue_oldest_seconds",)] == pytest.approx(3600, abs=60)
    assert found[("plural_failed_outputs",)] == 2
    assert found[("plural_day_outputs",)] == 4
    assert found[("plural_day_films",)] == 1
    assert found[("plural_day_failures",)] == 1
    assert found[("plural_day_cpu_seconds_per_film_minute",)] == pytest.approx(30)
    assert found[("plural_film_versions", "complete")] == 1
    assert found[("plural_film_versions", "accepted")] == 2
    assert found[("plural_film_versions", "failed")] == 0


@pytest.mark.parametrize("token", [None, "", "another", TOKEN + "!", "Bearer"])
def test_nobody_reads_metrics_without_the_token(app: Flask, token: str | None) -> None:
    assert metrics(app, token).status_code == 404


@pytest.mark.parametrize("token", [None, "", "anything"])
def test_without_a_token_in_the_settings_there_are_no_metrics(
    tmp_path: Any, database_url: str, token: str | None
) -> None:
    app = create_app(settings_for(tmp_path, database_url))
    assert metrics(app, token).status_code == 404
    with app.app_context():
        db.engine.dispose()


def test_a_token_that_can_be_guessed_is_refused_at_start(tmp_path: Any) -> None:
    with pytest.raises(SettingWrong, match="PLURAL_METRICS_TOKEN must have at least 16"):
        settings_for(tmp_path, "sqlite:////x", metrics_token="short")
