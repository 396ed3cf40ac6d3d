"""What deeds leave to be done: once at least, in order, again after a failure."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from plural import clock, jobs, mailing, outbox
from plural.actions import outbox as deeds
from plural.extensions import db
from plural.models.audit import OutboxItem
from tests.factories import Make


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A kind of deed, `note`, that only notes with what it was done."""
    noted: list[Any] = []
    monkeypatch.setitem(deeds.HANDLERS, "note", lambda **payload: noted.append(payload))
    return noted


@pytest.fixture
def add(app: Flask, make: Make) -> Callable[..., int]:
    festival_id = make.festival().id

    def add_item(kind: str = "note", **payload: Any) -> int:
        with app.app_context():
            outbox.add(festival_id, kind, **payload)
            outbox.commit()
            item_id: int = db.session.query(db.func.max(OutboxItem.id)).scalar()
        return item_id

    return add_item


def item(app: Flask, item_id: int) -> OutboxItem:
    with app.app_context():
        return db.session.get_one(OutboxItem, item_id)


def wake(app: Flask, times: int = 1) -> None:
    for _ in range(times):
        with app.app_context():
            jobs.do_outbox()


def make_due(app: Flask, item_id: int, **facts: Any) -> None:
    with app.app_context():
        row = db.session.get_one(OutboxItem, item_id)
        for name, value in {"due_at": None, **facts}.items():
            setattr(row, name, value)
        db.session.commit()


def test_items_are_done_once_each_the_oldest_first(
    app: Flask, add: Callable[..., int], done: list[Any]
) -> None:
    ids = [add(number=number) for number in range(3)]
    wake(app, times=5)
    assert done == [{"number": 0}, {"number": 1}, {"number": 2}]
    assert all(item(app, i).done_at is not None for i in ids)
    with app.app_context():
        assert not deeds.more_is_due()


def test_a_failure_is_tried_again_with_growing_pauses_and_others_go_on(
    app: Flask, add: Callable[..., int], done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_payload: Any) -> None:
        raise OSError("the server is away")

    monkeypatch.setitem(deeds.HANDLERS, "stubborn", fail)
    stubborn = add("stubborn")
    add(number=1)
    pauses_s = []
    for _ in range(4):
        wake(app)
        found = item(app, stubborn)
        with app.app_context():
            assert found.due_at is not None
            now = clock.database_now(db.session)
        pauses_s.append(round((found.due_at - now).total_seconds()))
        wake(app)
        make_due(app, stubborn)
    assert done == [{"number": 1}]
    assert item(app, stubborn).reason == "OSError"
    assert pauses_s == sorted(pauses_s)
    assert pauses_s[-1] > 4 * pauses_s[0]
    monkeypatch.setitem(deeds.HANDLERS, "stubborn", lambda **payload: done.append("healed"))
    wake(app)
    assert done[-1] == "healed"
    assert (item(app, stubborn).done_at is not None, item(app, stubborn).reason) == (True, "")


def test_an_item_that_always_fails_is_given_up_with_its_reason(
    app: Flask, add: Callable[..., int]
) -> None:
    unknown = add("unknown_kind")
    make_due(app, unknown, attempts=deeds.MOST_ATTEMPTS - 1)
    wake(app)
    make_due(app, unknown)
    with app.app_context():
        assert not deeds.more_is_due()
    assert (item(app, unknown).done_at, item(app, unknown).reason) == (None, "KeyError")


def test_work_of_a_worker_that_is_gone_is_done_by_another(
    app: Flask, add: Callable[..., int], done: list[Any]
) -> None:
    item_id = add(number=1)
    with app.app_context():
        gone = deeds.lease_next()
        assert gone is not None
        assert deeds.lease_next() is None
        long_ago = clock.database_now(db.session) - timedelta(seconds=1)
        db.session.rollback()
    make_due(app, item_id, leased_until=long_ago)
    wake(app)
    assert done == [{"number": 1}]
    finished_at = item(app, item_id).done_at
    with app.app_context():
        deeds.finish(gone, reason="too late", done_at=None)
    assert (item(app, item_id).done_at, item(app, item_id).reason) == (finished_at, "")


def test_a_mail_sent_twice_is_the_same_mail_and_is_sent_outside_of_any_transaction(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = make.entry(make.account("Nour"))
    film = make.film(entry)
    in_transaction = []
    keep = mailing.keep_as_file

    def keep_and_look(message: Any) -> Path:
        in_transaction.append(db.session().in_transaction())
        return keep(message)

    monkeypatch.setattr(mailing, "keep_as_file", keep_and_look)
    for _ in range(2):
        with app.app_context():
            mailing.deliver("film_checked", {"film_version_id": film.id})
    folder = app.extensions["plural_settings"].instance_folder / "mails"
    first, second = (path.read_text() for path in folder.iterdir())
    assert first == second
    assert "Nour" in first
    assert in_transaction == [False, False]


def test_a_mail_that_must_not_go_any_more_is_done_without_being_sent(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(mailing.COMPOSERS, "obsolete", lambda: None)
    festival_id = make.festival().id
    with app.app_context():
        mailing.post(festival_id, "obsolete")
        outbox.commit()
    wake(app)
    with app.app_context():
        assert not deeds.more_is_due()
    assert not (app.extensions["plural_settings"].instance_folder / "mails").exists()
