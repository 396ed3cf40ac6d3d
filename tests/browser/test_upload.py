"""An upload by the page's own script in Chromium: it survives what happens to telephones."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Request, Route

from plural.actions import films
from plural.models.entry import FilmVersion
from tests.browser.entering import PHONE, choose_film
from tests.browser.visiting import Person, Watch, take_session
from tests.factories import Make
from tests.visitor import Visitor

pytestmark = pytest.mark.browser


def test_what_has_arrived_is_kept_when_the_connection_breaks_and_the_page_is_opened_again(
    app: Flask,
    make: Make,
    origin: str,
    person: Callable[..., Person],
    watch: Watch,
    film_file: Path,
) -> None:
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "tus:"]
    account = make.account()
    entry = make.entry(account)
    maker = person(f"{origin}/en/plural/2026", **PHONE)
    take_session(maker.page.context, Visitor(app).sign_in(account))
    maker.open(f"entries/{entry.id}/film")

    lose_connection_after_first_piece(maker)
    choose_film(maker, film_file)
    maker.page.locator("[data-upload-message][data-tone=waiting]").wait_for()
    maker.look("without-connection")
    maker.page.unroute_all(behavior="wait")
    maker.page.context.set_offline(False)

    maker.page.reload()
    maker.page.locator("[data-upload-message]", has_text=film_file.name).wait_for()
    maker.look("found-again")
    sent: list[Request] = []
    maker.page.on("request", lambda r: sent.append(r) if "/uploads" in r.url else None)
    choose_film(maker, film_file)
    maker.page.wait_for_url(f"**/entries/{entry.id}")

    assert "POST" not in [request.method for request in sent]
    assert min(offset_of(request) for request in sent if is_piece(request)) > 0
    assert received_digest(app, entry.id) == hashlib.sha256(film_file.read_bytes()).hexdigest()


def lose_connection_after_first_piece(maker: Person) -> None:
    def lose(route: Route) -> None:
        if is_piece(route.request) and offset_of(route.request) > 0:
            maker.page.context.set_offline(True)
        route.continue_()

    maker.page.route("**/uploads/*", lose)


def is_piece(request: Request) -> bool:
    return request.method == "PATCH"


def offset_of(request: Request) -> int:
    return int(request.headers["upload-offset"])


def received_digest(app: Flask, entry_id: int) -> str | None:
    """What a worker finds the film that arrived to be."""
    with app.app_context():
        films.do_next()
        return FilmVersion.query.filter_by(entry_id=entry_id).one().sha256
