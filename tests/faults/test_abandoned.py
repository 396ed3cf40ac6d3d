"""Films that nobody wants any more while they are transcoded: the work stops and leaves nothing."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from plural.actions import entries, film_queue, films, making
from plural.extensions import db
from plural.models.audit import TaskEvent
from plural.models.entry import Entry, FilmState, FilmVersion, Person
from plural.models.media import Output, OutputState, Upload
from tests import arriving
from tests.factories import Make
from tests.faults import invariants
from tests.quick_making import make_quickly
from tests.running import below, encoder, until
from tests.seldom import seldom


def replace(entry: Entry) -> None:
    entries.replace_film(entry)


def withdraw(entry: Entry) -> None:
    entries.withdraw(entry, "not mine any more", by=entry.account)


def erase(entry: Entry) -> None:
    """As erasure does it: rows first, files by the sweep."""
    film = entry.film
    for model in (Output, Upload):
        model.query.filter_by(film_version_id=film.id).delete()
    for finding in film.findings:
        db.session.delete(finding)
    Person.query.filter_by(entry_id=entry.id).delete()
    db.session.flush()
    db.session.expire_all()
    FilmVersion.query.filter_by(id=film.id).delete()
    Entry.query.filter_by(id=entry.id).delete()


def do(app: Flask, deed: Callable[[Entry], None], entry_id: int) -> None:
    with app.app_context():
        deed(db.session.get_one(Entry, entry_id))
        db.session.commit()


def exists(app: Flask, film_id: int) -> bool:
    with app.app_context():
        return db.session.get(FilmVersion, film_id) is not None


def was_published(app: Flask, film_id: int) -> bool:
    """Whether something but the verdict has ever become ready."""
    with app.app_context():
        ids = [o.id for o in Output.query.filter_by(film_version_id=film_id) if o.name != "verdict"]
        subjects = [f"output:{id_}" for id_ in ids]
        ready = TaskEvent.query.filter(
            TaskEvent.subject.in_(subjects), TaskEvent.state == OutputState.READY.value
        )
        return ready.first() is not None


@pytest.mark.parametrize(
    "deed",
    [replace, *seldom(withdraw, erase)],
)
def test_work_on_a_film_that_nobody_wants_stops_and_the_next_film_is_made(
    app: Flask,
    make: Make,
    worker: subprocess.Popen[bytes],
    cron: subprocess.Popen[bytes],
    long_film: Path,
    tiny_film: Path,
    deed: Callable[[Entry], None],
) -> None:
    entry, other = make.entry(), make.entry()
    film_id = arriving.arrive(app, entry, long_film)
    until(lambda: encoder(worker) is not None)
    do(app, deed, entry.id)
    until(lambda: not below(worker.pid, "ffmpeg"))
    assert not was_published(app, film_id)

    next_id = arriving.arrive(app, entry if deed is replace else other, tiny_film)
    invariants.assert_made_once(app, tiny_film, next_id)
    assert not was_published(app, film_id)
    invariants.assert_nothing_orphaned(app, film_id)
    if exists(app, film_id):
        assert arriving.film_of(app, film_id).state is FilmState.ACCEPTED
    else:
        assert arriving.stored_keys(app, film_id) == set()


# ----- in steps


@pytest.mark.parametrize("deed", [replace, withdraw])
def test_what_nobody_wants_is_never_next(
    app: Flask, make: Make, tiny_film: Path, deed: Callable[[Entry], None]
) -> None:
    entry = make.entry()
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work(app)
    do(app, deed, entry.id)
    with app.app_context():
        assert film_queue.lease_next() is None
        assert not films.more_is_due()
    assert arriving.is_under_way(app, film_id)
    invariants.assert_nothing_stuck(app)


@pytest.mark.parametrize("deed", [replace, withdraw])
def test_a_film_given_up_between_the_last_check_and_publication_is_not_published(
    app: Flask,
    make: Make,
    tiny_film: Path,
    deed: Callable[[Entry], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make.entry()
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work(app)
    make_quickly(monkeypatch)
    publish = making.publish

    def publish_too_late(*arguments: Any) -> None:
        do(app, deed, entry.id)
        publish(*arguments)

    monkeypatch.setattr(making, "publish", publish_too_late)
    arriving.work(app)
    assert not was_published(app, film_id)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.ACCEPTED
    assert {o.reason for o in film.outputs if o.group == "first"} == {"unwanted"}
    invariants.assert_nothing_orphaned(app, film_id)
