"""The entrant's percentage over a real encode: it grows, and as fast as the work is done."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from plural import database, status
from plural.actions.film_files import ANEW, FIRST, REST
from plural.extensions import db
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState
from tests import arriving
from tests.factories import Make


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
