"""A festival goes on to its end whatever dies on the way, and next year's takes films."""

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

import pytest

from demo import cast, entering, publishing
from demo.browser import Browser
from demo.cast import Maker
from demo.festival import Festival
from stack import Stack

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(900),
    # The tus client leaves closing its files to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Tell = Callable[[Callable[[Stack, str], None], Callable[[Festival], None]], None]


def test_a_festival_ends_complete_although_each_process_is_killed_in_turn(tell: Tell) -> None:
    victims = cycle(("worker1", "web", "worker2", "cron", "valkey"))
    killed = []

    def kill_next(stack: Stack, _moment: str) -> None:
        victim = next(victims)
        stack.kill(victim)
        killed.append(victim)
        if victim == "web":
            stack.wait_until_ready()

    # The story itself raises Trouble when anything is missing at its end.
    tell(kill_next, look_around)
    assert {"web", "worker1", "worker2", "cron", "valkey"} <= set(killed)


def look_around(festival: Festival) -> None:
    """Every printed login opens what is printed beside it, and next year's edition takes films."""
    rows = publishing.addresses(festival)
    for who, email, where in rows:
        visitor = Browser(festival.place, who, email)
        if email:
            visitor.sign_in()
        visitor.open(where)
        assert visitor.address.rstrip("/") == where.rstrip("/"), who
    place = rows[-1][2].rstrip("/")
    assert place.endswith("/2027")
    newcomer = replace(cast.MAKERS[1], name="Vera Lind", title="Ett fönster")
    begin_entry(Browser(place, newcomer.name, newcomer.email).register(), newcomer)
    again = cast.MAKERS[0]
    begin_entry(Browser(place, again.name, again.email).sign_in(), again)


def begin_entry(visitor: Browser, maker: Maker) -> None:
    """Fill in the form of an entry, and find it with its upload among the own films."""
    entered = entering.fill_in(visitor, maker)
    assert entering.film_id_on(visitor.open(f"{entered.path}/film")).isdecimal()
    visitor.open("entries")
    assert visitor.link(rf"/2027/{entered.path}$")
    assert visitor.says(maker.title)
