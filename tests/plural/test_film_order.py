"""Whose film is next: kinds of work, fairness between people, the deadline, what comes last."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from plural import clock, outbox
from plural.actions import film_queue
from plural.actions.film_files import ANEW, EXAMINATION, FIRST, REST, VERDICT
from plural.extensions import db
from plural.models.entry import Entry, EntryState, FilmVersion
from plural.models.festival import Edition
from plural.models.media import Output, OutputState
from plural.models.people import Account
from tests.factories import Make

Queue = Callable[..., int]
DAY = timedelta(days=1)


@pytest.fixture
def queue(app: Flask, make: Make) -> Queue:
    """Queue work on a film of an account; returns the film version's id. Later calls are later."""
    received = iter(range(1, 1000))

    def add(account: Account, *groups: str, entry: Entry | None = None, **facts: Any) -> int:
        entry = entry or make.entry(account, **facts)
        with app.app_context():
            film = db.session.get_one(Entry, entry.id).film
            film.received_at = clock.now() + timedelta(seconds=next(received))
            for group in groups or (FIRST,):
                film_queue.add(film, group, f"{group}.mp4", "recipe")
            db.session.commit()
            film_id: int = film.id
        return film_id

    return add


def order(app: Flask) -> list[int]:
    """Film versions in the order in which workers lease them."""
    return [film_id for film_id, _ in leased(app)]


def leased(app: Flask) -> list[tuple[int, str]]:
    found = []
    with app.app_context():
        while (work := film_queue.lease_next()) is not None:
            found.append((work.film_id, work.group))
    return found


def replaced(app: Flask, make: Make, entry: Entry) -> None:
    with app.app_context():
        row = db.session.get_one(Entry, entry.id)
        row.versions.append(FilmVersion(number=2, created_at=clock.now()))
        db.session.commit()


def close_in(app: Flask, **delta: float) -> None:
    with app.app_context():
        edition = Edition.query.one()
        edition.entries_close_at = clock.now() + timedelta(**delta)
        db.session.commit()


def test_verdicts_first_then_what_plays_then_the_examination_then_the_rest_then_refreshed(
    app: Flask, make: Make, queue: Queue
) -> None:
    groups = [ANEW + FIRST, REST, EXAMINATION, FIRST, VERDICT]
    films = [queue(make.account(), group) for group in groups]
    assert leased(app) == list(zip(reversed(films), reversed(groups), strict=True))


def test_all_else_of_a_film_waits_while_its_first_outputs_are_made_and_only_then(
    app: Flask, make: Make, queue: Queue
) -> None:
    film, other = queue(make.account(), FIRST, EXAMINATION, REST), queue(make.account(), REST)
    with app.app_context():
        first = film_queue.lease_next()
        assert first is not None
        assert (first.film_id, first.group) == (film, FIRST)
        assert leased(app) == [(other, REST)]
        film_queue.give_back(first, OutputState.WAITING, "killed", pause=timedelta(hours=1))
    assert leased(app) == [(film, EXAMINATION), (film, REST)]


@pytest.mark.parametrize(
    ("workers", "patient"), [(1, 1), (2, 1), (3, 2), (5, 3), (None, 3)], ids=str
)
def test_of_several_workers_one_stays_free_for_a_film_that_arrives(
    app: Flask,
    make: Make,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
    workers: int | None,
    patient: int,
) -> None:
    monkeypatch.setattr(outbox, "workers", lambda: workers)
    films = [queue(make.account(), REST) for _ in range(3)]
    arrived = queue(make.account(), FIRST)
    assert leased(app) == [(arrived, FIRST), *((film, REST) for film in films[:patient])]
    with app.app_context():
        assert film_queue.due_count(9) == 0


def test_work_whose_worker_is_away_keeps_nobody_from_patient_work(
    app: Flask, make: Make, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "workers", lambda: 2)
    stopped, other = (queue(make.account(), REST) for _ in range(2))
    assert leased(app) == [(stopped, REST)]
    with app.app_context():
        Output.query.filter_by(film_version_id=stopped).one().leased_until = clock.now() - DAY
        db.session.commit()
    assert leased(app) == [(other, REST)]


def test_everybodys_first_film_goes_before_anybodys_second(
    app: Flask, make: Make, queue: Queue
) -> None:
    busy, newcomer, third = make.account(), make.account(), make.account()
    a1, a2, a3 = (queue(busy) for _ in range(3))
    b1, b2 = queue(newcomer), queue(newcomer)
    c1 = queue(third)
    assert order(app) == [a1, b1, c1, a2, b2, a3]


def test_films_that_are_made_count_too(app: Flask, make: Make, queue: Queue) -> None:
    """The fifth film of somebody whose four others are done waits for first films."""
    busy = make.account()
    four = [queue(busy) for _ in range(4)]
    with app.app_context():
        for output in Output.query:
            output.state, output.storage_key = OutputState.READY, "made"
        db.session.commit()
    fifth = queue(busy)
    first = queue(make.account())
    assert order(app) == [first, fifth]
    assert fifth not in four


def test_from_the_tenth_film_on_all_of_an_account_are_equal(
    app: Flask, make: Make, queue: Queue
) -> None:
    one, other = make.account(), make.account()
    of_one = [queue(one) for _ in range(12)]
    of_other = [queue(other) for _ in range(10)]
    found = order(app)
    interleaved = [film for pair in zip(of_one[:9], of_other[:9], strict=True) for film in pair]
    assert found == [*interleaved, *of_one[9:], of_other[9]]


def test_an_account_in_two_editions_has_a_first_film_in_each(
    app: Flask, make: Make, queue: Queue
) -> None:
    account, other = make.account(), make.account()
    this_year = queue(account)
    second = queue(account)
    others = queue(other)
    next_year = queue(account, edition=make.edition("2027"), category=make.category("adult"))
    assert order(app) == [this_year, others, next_year, second]


@pytest.mark.parametrize(
    ("closes_in", "is_near"),
    [
        ({"hours": 23}, True),
        ({"minutes": -10}, True),
        ({"hours": 25}, False),
        ({"hours": -25}, False),
    ],
)
def test_near_the_deadline_a_first_version_goes_before_one_that_replaces_another(
    app: Flask, make: Make, queue: Queue, closes_in: dict[str, float], is_near: bool
) -> None:
    account = make.account()
    entry = make.entry(account)
    replaced(app, make, entry)
    again = queue(account, entry=entry)
    busy = make.account()
    b1, b2 = queue(busy), queue(busy)
    close_in(app, **closes_in)
    assert order(app) == ([b1, b2, again] if is_near else [again, b1, b2])


def test_near_the_deadline_verdicts_still_come_first(app: Flask, make: Make, queue: Queue) -> None:
    account = make.account()
    entry = make.entry(account)
    replaced(app, make, entry)
    again = queue(account, VERDICT, entry=entry)
    fresh = queue(make.account())
    close_in(app, hours=1)
    assert order(app) == [again, fresh]


def test_films_that_nobody_wants_are_not_in_the_order_and_push_nobody_back(
    app: Flask, make: Make, queue: Queue
) -> None:
    account = make.account()
    queue(account, state=EntryState.WITHDRAWN)
    entry = make.entry(account)
    queue(account, entry=entry)
    replaced(app, make, entry)
    wanted = queue(account)
    others = queue(make.account())
    assert order(app) == [wanted, others]
