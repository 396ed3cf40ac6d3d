"""Storage fails in every way that is known: films wait, and play once it is back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from plural import clock
from plural.actions import film_queue, films
from plural.extensions import db
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState
from plural.settings import Settings
from stack.seaweedfs import SeaweedFS
from tests import arriving
from tests.conftest import settings_for
from tests.factories import Make
from tests.faults import invariants
from tests.faults.s3_proxy import PIECE_BYTES, Fault, FaultyProxy
from tests.quick_making import make_quickly
from tests.seldom import seldom

UNAVAILABLE = Fault(status=503, code="SlowDown")
FAULTS = {
    "error": (Fault(status=500, code="InternalError"), "storage_unavailable"),
    "busy": (UNAVAILABLE, "storage_unavailable"),
    "full": (Fault(("PUT", "POST"), status=507, code="InsufficientStorage"), "storage_full"),
    "reset": (Fault(("PUT", "POST"), reset=True), "storage_unavailable"),
    "lost answer": (Fault(("PUT", "POST"), loses_answer=True), "storage_unavailable"),
}


@pytest.fixture(autouse=True)
def without_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quickly(monkeypatch)


@pytest.fixture
def proxy(weed: SeaweedFS) -> Iterator[FaultyProxy]:
    with FaultyProxy(weed.endpoint) as found:
        yield found


@pytest.fixture
def settings(tmp_path: Path, database_url: str, weed: SeaweedFS, proxy: FaultyProxy) -> Settings:
    return settings_for(
        tmp_path,
        database_url,
        storage_url=f"s3://films/{tmp_path.name}?endpoint={proxy.endpoint}",
        storage_access_key=weed.access_key,
        storage_secret_key=weed.secret_key,
        lease_s=2,
    )


def unfinished(app: Flask, film_id: int, group: str) -> list[Output]:
    outputs = arriving.film_of(app, film_id).outputs
    return [o for o in outputs if o.group == group and o.state is not OutputState.READY]


def work_off_later(app: Flask, film_id: int) -> None:
    """As if the pause were over."""
    arriving.set_outputs(app, film_id, due_at=None)
    arriving.work_off(app)


@pytest.mark.parametrize("kind", ["busy", *seldom("error", "full", "reset", "lost answer")])
def test_a_film_arrives_while_storage_fails(
    app: Flask, make: Make, proxy: FaultyProxy, tiny_film: Path, kind: str
) -> None:
    fault, reason = FAULTS[kind]
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    with proxy.failing(fault):
        arriving.work(app)
    assert proxy.hits > 0
    (row,) = unfinished(app, film_id, "verdict")
    assert (row.state, row.reason) == (OutputState.WAITING, reason)
    invariants.assert_nothing_stuck(app)
    work_off_later(app, film_id)
    invariants.assert_made_once(app, tiny_film, film_id)


@pytest.mark.parametrize("kind", ["full", "lost answer", *seldom("error", "busy", "reset")])
def test_storage_fails_while_outputs_are_stored(
    app: Flask, make: Make, proxy: FaultyProxy, tiny_film: Path, kind: str
) -> None:
    fault, reason = FAULTS[kind]
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    arriving.work(app)
    with proxy.failing(fault):
        arriving.work(app)
    rows = unfinished(app, film_id, "first")
    assert {(row.state, row.reason) for row in rows} == {(OutputState.WAITING, reason)}
    assert arriving.film_of(app, film_id).state is FilmState.ACCEPTED
    invariants.assert_nothing_stuck(app)
    work_off_later(app, film_id)
    invariants.assert_made_once(app, tiny_film, film_id)


def test_a_connection_cut_between_two_parts_leaves_no_parts_behind(
    app: Flask, make: Make, proxy: FaultyProxy, tmp_path: Path, tiny_film: Path
) -> None:
    large = tmp_path / "large.mp4"
    parts_of_16_mib = 17 * 1024**2 - tiny_film.stat().st_size
    free = parts_of_16_mib.to_bytes(4, "big") + b"free" + bytes(parts_of_16_mib - 8)
    large.write_bytes(tiny_film.read_bytes() + free)
    film_id = arriving.arrive(app, make.entry(), large)
    with proxy.failing(Fault(("PUT", "DELETE"), word="uploadId=", reset=True)):
        arriving.work(app)
    (row,) = unfinished(app, film_id, "verdict")
    assert row.reason == "storage_unavailable"
    storage = app.extensions["plural_storage"]
    assert storage.sweep(0) == 1
    assert storage.sweep(0) == 0
    work_off_later(app, film_id)
    invariants.assert_made_once(app, large, film_id)


@contextmanager
def taking_back(app: Flask) -> Iterator[list[int]]:
    """A scheduler that takes back what has an expired lease all the time; yields what it took."""
    ended, taken = threading.Event(), list[int]()

    def recover() -> None:
        with app.app_context():
            while not ended.wait(0.05):
                taken.append(film_queue.recover())
                db.session.commit()

    thread = threading.Thread(target=recover)
    thread.start()
    try:
        yield taken
    finally:
        ended.set()
        thread.join()


def slow(app: Flask, method: str, path: Path, word: str = "") -> Fault:
    """Takes longer than a lease for a file of this size."""
    pieces = 1 + path.stat().st_size // PIECE_BYTES
    pause_s = 1.2 * app.extensions["plural_settings"].lease_s / pieces
    return Fault((method,), word, pause_s=pause_s)


@pytest.mark.slow
def test_slow_storage_costs_time_and_no_attempt(
    app: Flask, make: Make, proxy: FaultyProxy, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    with proxy.failing(slow(app, "PUT", tiny_film)), taking_back(app) as taken:
        arriving.work(app)
    assert proxy.hits == 1
    assert len(taken) > 10
    assert sum(taken) == 0
    (verdict,) = [o for o in arriving.film_of(app, film_id).outputs if o.name == "verdict"]
    assert (verdict.state, verdict.attempts) == (OutputState.READY, 1)
    arriving.work_off(app)
    invariants.assert_made_once(app, tiny_film, film_id)


@pytest.mark.slow
def test_storage_that_hands_the_film_out_slowly_costs_time_and_no_attempt(
    app: Flask, make: Make, proxy: FaultyProxy, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    arriving.work(app)
    fault = slow(app, "GET", tiny_film, "/source")
    with proxy.failing(fault), taking_back(app) as taken:
        arriving.work(app)
    assert proxy.hits == 1
    assert len(taken) > 10
    assert sum(taken) == 0
    first = [o for o in arriving.film_of(app, film_id).outputs if o.group == "first"]
    assert {(o.state, o.attempts, o.lease_token) for o in first} == {(OutputState.READY, 1, 1)}
    arriving.work_off(app)
    invariants.assert_made_once(app, tiny_film, film_id)


@pytest.mark.slow
def test_storage_that_stays_away_ends_the_attempts_after_growing_pauses(
    app: Flask, make: Make, proxy: FaultyProxy, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    pauses_s = []
    with proxy.failing(UNAVAILABLE):
        for _ in range(app.extensions["plural_settings"].make_attempts):
            arriving.work(app)
            invariants.assert_nothing_stuck(app)
            (row,) = unfinished(app, film_id, "verdict")
            pauses_s.append(seconds_until(app, row.due_at))
            arriving.set_outputs(app, film_id, due_at=None)
    assert pauses_s[:3] == [pytest.approx(p, abs=3) for p in (5, 20, 80)]
    assert (row.state, row.reason) == (OutputState.FAILED, "storage_unavailable")
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.FAILED
    invariants.assert_plays_or_says_why(app, film_id)
    staff = make.staff()
    with app.app_context():
        films.retry(db.session.get_one(FilmVersion, film_id), by=db.session.merge(staff))
        db.session.commit()
    arriving.work_off(app)
    invariants.assert_made_once(app, tiny_film, film_id)


def seconds_until(app: Flask, instant: datetime | None) -> float:
    assert instant is not None
    with app.app_context():
        return (instant - clock.database_now(db.session)).total_seconds()


def test_storage_that_refuses_us_is_not_asked_again(
    app: Flask, make: Make, proxy: FaultyProxy, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    with proxy.failing(Fault(status=403, code="AccessDenied")):
        arriving.work(app)
    (row,) = unfinished(app, film_id, "verdict")
    assert (row.state, row.reason, row.attempts) == (OutputState.FAILED, "storage_refused", 1)
    with app.app_context():
        assert film_queue.due_count(1) == 0


def test_what_could_not_be_tidied_away_is_swept_later(
    app: Flask, make: Make, proxy: FaultyProxy, tiny_film: Path
) -> None:
    """The last sizes are stored, then storage goes away before a lost attempt is tidied."""
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    arriving.work(app)
    with proxy.failing(Fault(("GET",), "list-type", status=503, code="SlowDown")):
        app.extensions["plural_storage"].put_file(
            f"films/{film_id}/uploads/lost/first-1/240.mp4", tiny_film
        )
        arriving.work(app)
    assert any("/lost/" in key for key in arriving.stored_keys(app, film_id))
    arriving.work_off(app)
    invariants.assert_made_once(app, tiny_film, film_id)
