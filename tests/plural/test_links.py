"""One-time links: found while they live, consumed once, their token kept nowhere."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from plural import links
from plural.errors import LinkUnusable
from plural.extensions import db
from plural.models.people import LinkPurpose, OneTimeLink
from tests.factories import Make

LIFE_S = 30 * 86400


def make_link(make: Make) -> tuple[int, str]:
    festival_id = make.festival().id
    with make.saving():
        token = links.make(festival_id, LinkPurpose.STAFF_INVITATION, "ada@example.org")
    return festival_id, token


def test_a_link_is_found_by_its_token_and_stays_as_it_is(make: Make) -> None:
    festival_id, token = make_link(make)
    with make.saving():
        for _time in range(2):
            link = links.find(festival_id, token)
            assert (link.email, link.consumed_at) == ("ada@example.org", None)


def test_no_column_holds_the_token(make: Make) -> None:
    _festival_id, token = make_link(make)
    with make.saving():
        row = db.session.execute(text("SELECT * FROM one_time_link")).one()
        assert token not in [str(value) for value in row]


def test_a_link_is_consumed_once(make: Make) -> None:
    festival_id, token = make_link(make)
    with make.saving():
        link = links.find(festival_id, token)
        links.consume(link)
        with pytest.raises(LinkUnusable):
            links.consume(link)
        with pytest.raises(LinkUnusable):
            links.find(festival_id, token)
        assert links.find_any(festival_id, token).id == link.id


@pytest.mark.parametrize(("after_s", "usable"), [(LIFE_S - 60, True), (LIFE_S + 60, False)])
def test_a_link_lives_for_thirty_days(
    make: Make, set_clock: Any, after_s: int, usable: bool
) -> None:
    festival_id, token = make_link(make)
    set_clock(after_s)
    with make.saving():
        try:
            links.find(festival_id, token)
        except LinkUnusable:
            assert not usable
        else:
            assert usable


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --"])
def test_an_unknown_token_finds_nothing(make: Make, token: str) -> None:
    festival_id, _token = make_link(make)
    with make.saving(), pytest.raises(LinkUnusable):
        links.find_any(festival_id, token)


def test_a_link_of_one_festival_is_unknown_in_another(make: Make) -> None:
    _festival_id, token = make_link(make)
    other = make.festival("elsewhere")
    with make.saving(), pytest.raises(LinkUnusable):
        links.find(other.id, token)


def test_each_token_is_new(make: Make) -> None:
    tokens = {make_link(make)[1] for _time in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43


def test_of_many_who_consume_at_once_one_succeeds(app: Flask, make: Make) -> None:
    festival_id, token = make_link(make)
    barrier = threading.Barrier(4)
    outcomes: list[bool] = []

    def try_it() -> None:
        with app.app_context():
            barrier.wait()
            try:
                links.consume(links.find(festival_id, token))
                db.session.commit()
                outcomes.append(True)
            except LinkUnusable:
                db.session.rollback()
                outcomes.append(False)

    threads = [threading.Thread(target=try_it) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, False, True]
    assert make.first(OneTimeLink).consumed_at is not None
