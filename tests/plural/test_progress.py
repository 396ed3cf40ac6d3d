"""The entrant's percentage over a real encode: it grows, and as fast as the work is done."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from plural import clock, database, status
from plural.actions.film_files import ANEW, EXAMINATION, FIRST, REST, VERDICT
from plural.extensions import db
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState
from tests import arriving
from tests.factories import Make

GROUPS = (VERDICT, FIRST, EXAMINATION, REST)
# So that seconds are many enough to be rounded.
SLOWER = 100


@pytest.fixture(scope="session")
def film_720p(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("progress") / "film.mp4"
    return arriving.make_film(path, seconds=4, size="1280x720", rate=25)


@dataclass
class Watcher:
    """What somebody sees who asks again and again."""

    seen: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def watching(self, app: Flask, film_id: int) -> Iterator[None]:
        ended = threading.Event()

        def look() -> None:
            with app.app_context():
                database.set_reading(True)
                while not ended.wait(0.05):
                    self.seen.append(status.film_status(db.session.get_one(FilmVersion, film_id)))
                    db.session.rollback()
                    db.session.expire_all()

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def now(app: Flask, film_id: int) -> dict[str, Any]:
    with app.app_context():
        return status.film_status(db.session.get_one(FilmVersion, film_id))


@pytest.mark.slow
def test_the_percentage_never_falls_and_ends_with_the_work(
    app: Flask, make: Make, film_720p: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), film_720p)
    assert (now(app, film_id)["percent"], now(app, film_id)["seconds_left"]) == (0, None)
    watcher = Watcher()
    with watcher.watching(app, film_id):
        arriving.work_off(app)
    percents = [seen["percent"] for seen in watcher.seen]
    assert percents == sorted(percents)
    assert len(set(percents)) > 4
    assert all(seen["seconds_left"] > 0 for seen in watcher.seen if 5 < seen["percent"] < 100)
    end = now(app, film_id)
    assert (end["state"], end["percent"], end["seconds_left"]) == ("complete", 100, None)


def test_the_time_left_is_true_within_a_factor_of_two_however_long_the_film_has_waited(
    app: Flask, make: Make, film_720p: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), film_720p)
    arriving.work_off(app)
    told = []
    with app.app_context(), db.session.no_autoflush:
        film = db.session.get_one(FilmVersion, film_id)
        cost_s = {g: sum(o.cpu_s for o in film.outputs if o.group == g) for g in GROUPS}
        for group in GROUPS[1:]:
            for share in (0.1, 0.3, 0.5, 0.7, 0.9):
                left_s = replay(film, cost_s, group, share)
                found = status.film_status(film)
                told.append((found["percent"], found["seconds_left"] / left_s))
        db.session.rollback()
    middle = [ratio for percent, ratio in told if 30 <= percent <= 90]
    assert len(middle) > 4
    assert min(middle) > 0.5
    assert max(middle) < 2


def replay(film: FilmVersion, cost_s: dict[str, float], under_way: str, share: float) -> float:
    """Bring a complete film back to where so much of a group was made; returns what is left.

    The work has gone on as fast as one processor does it, whatever else this machine does now, but
    for an hour in the queue before each group.
    """
    place, now = GROUPS.index(under_way), clock.now()
    film.state = FilmState.PLAYABLE
    begun_at = now - timedelta(seconds=share * cost_s[under_way] * SLOWER)
    for output in film.outputs:
        if GROUPS.index(output.group) > place:
            output.state, output.progress, output.begun_at = OutputState.WAITING, 0.0, None
        elif output.group == under_way:
            output.state, output.progress = OutputState.MAKING, share
            output.begun_at, output.ready_at = begun_at, None
    for before in reversed(GROUPS[:place]):
        ended_at = begun_at - timedelta(hours=1)
        begun_at = ended_at - timedelta(seconds=cost_s[before] * SLOWER)
        for output in film.outputs:
            if output.group == before:
                output.state, output.progress = OutputState.READY, 1.0
                output.begun_at, output.ready_at = begun_at, ended_at
    film.created_at = film.received_at = begun_at - timedelta(hours=1)
    later = sum(cost_s[group] for group in GROUPS[place + 1 :])
    return SLOWER * (later + (1 - share) * cost_s[under_way])


def test_the_time_left_is_said_in_words(app: Flask) -> None:
    with app.test_request_context():
        told = [status.time_left(seconds) for seconds in (None, 59, 60, 61, 7201)]
    assert told == [
        "",
        "Less than a minute of work left",
        "About 1 minute of work left",
        "About 2 minutes of work left",
        "About 3 hours of work left",
    ]


@pytest.mark.slow
def test_the_shares_of_the_groups_are_about_those_of_what_they_cost(
    app: Flask, make: Make, film_720p: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), film_720p)
    arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.COMPLETE
    cost = {g: sum(o.cpu_s for o in film.outputs if o.group == g) for g in (FIRST, REST)}
    with make.saving():
        row = db.session.get_one(FilmVersion, film_id)
        row.state = FilmState.PLAYABLE
        for output in row.outputs:
            if output.group == REST:
                output.progress = 0.0
    shown = 1 - now(app, film_id)["percent"] / 100
    assert shown == pytest.approx(cost[REST] / sum(cost.values()), abs=0.15)


def test_what_is_made_anew_does_not_count(app: Flask, make: Make) -> None:
    film = make.film(make.entry(), state=FilmState.PLAYABLE)
    before = now(app, film.id)
    make.add(
        Output(
            film_version_id=film.id,
            name="240.mp4",
            group=ANEW + FIRST,
            rank=90,
            recipe_digest="newer",
            state=OutputState.WAITING,
            created_at=film.received_at,
        )
    )
    assert now(app, film.id) == before
