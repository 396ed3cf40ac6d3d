"""Hosts that share nothing but PostgreSQL, Redis and S3: films get from one to the other."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from plural import clock, create_app
from plural.actions import carrying, film_files, films, upkeep
from plural.extensions import db
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState
from plural.settings import Settings
from stack.postgres import Postgres
from stack.seaweedfs import SeaweedFS
from stack.valkey import Valkey
from tests import arriving
from tests.conftest import settings_for
from tests.factories import Make
from tests.faults import invariants
from tests.running import running, until
from tests.visitor import Visitor


def host(folder: Path, name: str, database_url: str, valkey: Valkey, weed: SeaweedFS) -> Settings:
    """Settings of one host: its own disk, the same database, Redis and bucket."""
    own = folder / name
    own.mkdir()
    return settings_for(
        own,
        database_url,
        redis_url=valkey.url,
        storage_url=f"s3://films/{folder.name}?endpoint={weed.endpoint}",
        storage_access_key=weed.access_key,
        storage_secret_key=weed.secret_key,
        lease_s=4,
        cron_pause_s=0.2,
        log_level="INFO",
    )


@pytest.fixture
def hosts(
    tmp_path: Path, postgres: Postgres, valkey: Valkey, weed: SeaweedFS
) -> Iterator[tuple[Settings, Settings, Settings]]:
    """The web host and two hosts of workers."""
    postgres.create("hosts")
    url = postgres.url("hosts")
    web, first, second = (
        host(tmp_path, name, url, valkey, weed) for name in ("web", "first", "second")
    )
    yield web, first, second
    postgres.drop("hosts")


@pytest.fixture
def web(hosts: tuple[Settings, Settings, Settings]) -> Iterator[Flask]:
    app = create_app(hosts[0])
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def attempts_of(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if "attempt" in line]


@pytest.mark.slow
def test_films_sent_to_one_host_are_made_by_workers_of_two_others(
    web: Flask, hosts: tuple[Settings, Settings, Settings], tmp_path: Path, tiny_film: Path
) -> None:
    make = Make(web)
    film_ids = [arriving.arrive(web, make.entry(), tiny_film) for _ in range(4)]
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    with ExitStack() as processes:
        for settings, log in zip(hosts[1:], logs, strict=True):
            processes.enter_context(running("plural.worker", settings, log))
            processes.enter_context(running("plural.cron", settings, log.with_suffix(".cron")))
        until(lambda: all(attempts_of(log) for log in logs))
        processes.enter_context(running("plural.cron", hosts[0], tmp_path / "web.cron"))
        invariants.assert_made_once(web, tiny_film, *film_ids)
    for settings in hosts:
        host_app = create_app(settings)
        invariants.assert_no_process_left(host_app)
        with host_app.app_context():
            upkeep.sweep_uploads()
            assert list(film_files.uploads_root().iterdir()) == []
            assert list(film_files.scratch_root().iterdir()) == []
            db.engine.dispose()


# ----- the same in steps, without processes


@pytest.fixture
def elsewhere(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """A host with the database and the storage of `app` and a disk of its own."""
    (tmp_path / "other").mkdir()
    other = settings_for(
        tmp_path / "other", settings.database_url, storage_url=settings.storage_url
    )
    host = create_app(other)
    yield host
    with host.app_context():
        db.engine.dispose()


def test_a_worker_without_the_file_asks_for_it_and_no_attempt_is_lost(
    app: Flask, elsewhere: Flask, make: Make, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    for _ in range(2 * app.extensions["plural_settings"].make_attempts):
        arriving.work(elsewhere)
        (row,) = arriving.film_of(app, film_id).outputs
        assert (row.state, row.reason, row.attempts) == (OutputState.WAITING, carrying.AWAY, 0)
        invariants.assert_nothing_stuck(app)
        arriving.set_outputs(app, film_id, due_at=None)
    with app.app_context():
        assert carrying.carry() == 1
        assert carrying.carry() == 0
    arriving.work(elsewhere)
    assert arriving.film_of(app, film_id).state is FilmState.ACCEPTED
    invariants.assert_no_byte_lost(app, film_id, tiny_film)


def test_only_the_host_that_has_the_file_carries_it(
    app: Flask, elsewhere: Flask, make: Make, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    with app.app_context():
        assert carrying.carry() == 0
    arriving.work(elsewhere)
    with elsewhere.app_context():
        assert carrying.carry() == 0
    assert arriving.stored_keys(app, film_id) == set()


def test_maker_and_staff_read_that_a_film_waits_for_a_host_that_is_away(
    app: Flask, elsewhere: Flask, make: Make, tiny_film: Path
) -> None:
    entry = make.entry()
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work(elsewhere)
    maker, staff = Visitor(app).sign_in(entry.account), Visitor(app).sign_in(make.staff())
    page, sentence = (
        f"entries/{entry.id}",
        "does not answer at the moment. We wait for it for up to",
    )
    assert sentence not in maker.get(page).text
    arriving.set_outputs(app, film_id, created_at=clock.now() - 2 * carrying.SOON)
    assert sentence in maker.get(page).text
    assert "لا يجيب" in maker.get(f"/ar/plural/2026/{page}").text
    told = maker.get(f"/api/v1/plural/2026/entries/{entry.id}/status").json
    assert sentence in told["film"]["away"]
    assert "Waits for the host that took the file" in staff.get("staff/films").text
    with app.app_context():
        assert carrying.carry() == 1
    assert sentence not in maker.get(page).text
    assert "Waits for the host that took the file" not in staff.get("staff/films").text


def test_a_host_that_never_comes_back_ends_the_wait_with_a_reason_and_it_can_be_tried_again(
    app: Flask, elsewhere: Flask, make: Make, tiny_film: Path
) -> None:
    film_id = arriving.arrive(app, make.entry(), tiny_film)
    with app.app_context():
        row = Output.query.one()
        row.created_at -= carrying.PATIENCE
        db.session.commit()
    arriving.work(elsewhere)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.FAILED
    assert [(o.state, o.reason) for o in film.outputs] == [(OutputState.FAILED, carrying.AWAY)]
    invariants.assert_plays_or_says_why(app, film_id)
    staff = make.staff()
    with app.app_context():
        films.retry(db.session.get_one(FilmVersion, film_id), by=db.session.merge(staff))
        db.session.commit()
    arriving.work(elsewhere)
    with app.app_context():
        assert carrying.carry() == 1
    arriving.work(elsewhere)
    assert arriving.film_of(app, film_id).state is FilmState.ACCEPTED
