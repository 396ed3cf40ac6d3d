"""An upload in Chromium over the real stack: it survives what happens to telephones."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route

from demo.festival import Festival
from tests.browser.entering import PHONE, Maker, choose_film, entry_path, fill_in, register
from tests.browser.visiting import Person, Watch

pytestmark = pytest.mark.browser
MAKER = Maker("Rami Saleh", "rami@example.org", 20, "طريق")


def is_piece(request: Request) -> bool:
    return request.method == "PATCH"


def offset_of(request: Request) -> int:
    return int(request.headers["upload-offset"])


def test_what_has_arrived_is_kept_when_the_connection_breaks_and_the_page_is_opened_again(
    taking_entries: Festival, person: Callable[..., Person], watch: Watch, film_file: Path
) -> None:
    festival = taking_entries
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "tus:"]
    maker = person(festival.place, **PHONE)
    register(maker, MAKER)
    fill_in(maker, festival.clock, MAKER)
    entry = entry_path(maker)
    maker.open(f"{entry}/film")

    lose_connection_after_first_piece(maker)
    choose_film(maker, film_file)
    maker.page.locator("[data-upload-message][data-tone=waiting]").wait_for()
    maker.look("upload-without-connection")
    maker.page.unroute_all(behavior="wait")
    maker.page.context.set_offline(False)

    maker.page.reload()
    earlier = maker.page.locator("[data-upload-message]", has_text=film_file.name)
    earlier.wait_for()
    maker.look("upload-found-again")
    sent: list[Request] = []
    maker.page.on("request", lambda r: sent.append(r) if is_upload(r) else None)
    choose_film(maker, film_file)
    entry_path(maker)

    pieces = [offset_of(r) for r in sent if is_piece(r)]
    assert [r.method for r in sent if r.method == "POST"] == []
    assert pieces[0] > 0
    assert film_digest(festival, entry) == hashlib.sha256(film_file.read_bytes()).hexdigest()


def lose_connection_after_first_piece(maker: Person) -> None:
    def lose(route: Route) -> None:
        if is_piece(route.request) and offset_of(route.request) > 0:
            maker.page.context.set_offline(True)
        route.continue_()

    maker.page.route("**/uploads/*", lose)


def is_upload(request: Request) -> bool:
    return "/uploads" in request.url


def film_digest(festival: Festival, entry: str) -> str:
    """What staff read about the film that arrived, once a worker has read it."""

    def shown() -> str | None:
        term = festival.staff[0].open(f"staff/{entry}").find("dt", string="SHA-256")
        digest = str(term.find_next_sibling("dd").get_text(strip=True))
        return digest if len(digest) == 64 else None

    return festival.wait_for("the digest of the film", shown)
