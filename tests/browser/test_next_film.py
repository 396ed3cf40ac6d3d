"""The next film, fetched ahead while the link has nothing better to do: what of it is used then."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import inspect

from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.media import Output
from tests import arriving
from tests.browser import playing
from tests.browser.desks import choose, open_first, send
from tests.browser.visiting import Person, Watch
from tests.factories import Make
from tests.plural.panels import Panel

pytestmark = pytest.mark.browser
LENGTH_S = 14
SMALL = ["master.m3u8", "hls-240.m3u8", "hls-audio.m3u8", "hls-240.mp4", "hls-audio.mp4"]
NAMES = [column.key for column in inspect(Output).column_attrs]
ENDED = "document.querySelector('video').dispatchEvent(new Event('ended'))"
# What a browser of a telephone lacks: then only its own streaming is left.
WITHOUT_MEDIA_SOURCE = "for (const n of ['MediaSource', 'ManagedMediaSource']) delete window[n];"


@pytest.fixture(scope="session")
def film_of_two_sizes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("next") / "film.mp4"
    return arriving.make_film(path, LENGTH_S, "640x360")


@pytest.fixture
def films(app: Flask, make: Make, panel: Panel, film_of_two_sizes: Path) -> Callable[..., None]:
    """`films(*names)`: the panel's films have what a worker has made of one, all or only these."""
    made = arriving.arrive(app, make.entry(make.account()), film_of_two_sizes)
    arriving.work_off(app)

    def give(*names: str) -> None:
        with panel.deed():
            found = db.session.get_one(FilmVersion, made).outputs
            for judged in panel.films:
                Output.query.filter_by(film_version_id=judged.id).delete()
                kept = [o for o in found if not names or o.name in names]
                db.session.add_all(copy(output, judged.id) for output in kept)

    return give


def copy(output: Output, film_id: int) -> Output:
    """A row of another film about the same stored file."""
    values = {name: getattr(output, name) for name in NAMES}
    return Output(**{**values, "id": None, "film_version_id": film_id})


class Link:
    """What a page asks the portal for, from the film on that was fetched ahead."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.folder = ""
        page.on("request", lambda request: self.asked.append(request.url))

    def fetch_ahead(self, last: str = "") -> list[str]:
        """Let the present film end; the files that are fetched of the next one, in that order.

        `last` is what is fetched last, a file of the film if nothing else is said.
        """
        wanted = str(self.page.locator("[data-desk]").get_attribute("data-next-film")).split()
        self.folder = wanted[0].rpartition("/")[0]
        self.asked.clear()
        with self.page.expect_response(last or f"**{wanted[-1]}") as fetched:
            self.page.evaluate(ENDED)
        fetched.value.finished()
        return [name for name in self.files_asked_for() if name != "poster.jpg"]

    def files_asked_for(self) -> Counter[str]:
        """How often for each of the film that was fetched ahead, in the order of the first."""
        parts = (urlsplit(address).path.rpartition("/") for address in self.asked)
        return Counter(name for folder, _slash, name in parts if folder == self.folder)

    def open_next(self) -> None:
        choose(self.page, "story", "3")
        send(self.page)
        expect(self.page.locator(".desk-head")).to_contain_text("1 of 4")
        self.asked.clear()

    def play(self) -> Counter[str]:
        """Start the film that is open; what was asked for until its pictures moved."""
        playing.start(self.page)
        return self.files_asked_for()


@pytest.mark.slow
def test_a_film_that_streams_begins_with_what_was_fetched_ahead_and_asks_for_none_of_it_again(
    films: Callable[..., None], panel: Panel, juror: Callable[..., Person]
) -> None:
    films()
    visitor = juror()
    visitor.page.add_init_script(playing.HLS_WITHIN_REACH)
    open_first(visitor, panel)
    link = Link(visitor.page)
    assert link.fetch_ahead() == SMALL
    link.open_next()
    assert visitor.page.locator("[data-player-quality]").input_value() == "auto"
    asked = link.play()
    assert not set(asked) & set(SMALL), "not once, whatever the range"
    assert visitor.page.evaluate("window.streaming.levels.length") == 2
    visitor.page.wait_for_function("() => document.querySelector('video').videoHeight === 360")
    assert link.files_asked_for()["hls-360.mp4"] > 0, "it goes up, as the link is good enough"


@pytest.mark.slow
def test_a_film_that_streams_plays_to_its_end_from_memory_without_network(
    films: Callable[..., None], panel: Panel, juror: Callable[..., Person], watch: Watch
) -> None:
    films()
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    visitor = juror()
    open_first(visitor, panel)
    link = Link(visitor.page)
    link.fetch_ahead()
    link.open_next()
    visitor.page.context.set_offline(True)
    playing.start(visitor.page)
    visitor.page.evaluate("document.querySelector('video').playbackRate = 4")
    visitor.page.wait_for_function("() => document.querySelector('video').ended")
    assert playing.height(visitor.page) == 240


@pytest.mark.slow
@pytest.mark.parametrize("usual", [("240.mp4",), ("240.mp4", "360.mp4")])
def test_a_film_that_does_not_stream_is_fetched_ahead_as_it_is_played(
    films: Callable[..., None], panel: Panel, juror: Callable[..., Person], usual: tuple[str, ...]
) -> None:
    films(*usual, "poster.jpg")
    visitor = juror()
    open_first(visitor, panel)
    link = Link(visitor.page)
    assert link.fetch_ahead() == [usual[-1]]
    link.open_next()
    assert not set(link.play()) & set(usual)
    assert playing.height(visitor.page) == int(usual[-1].removesuffix(".mp4"))


@pytest.mark.slow
def test_no_film_is_fetched_ahead_for_a_browser_that_could_not_play_it_from_memory(
    films: Callable[..., None], panel: Panel, juror: Callable[..., Person]
) -> None:
    films()
    visitor = juror()
    visitor.page.add_init_script(WITHOUT_MEDIA_SOURCE)
    open_first(visitor, panel)
    link = Link(visitor.page)
    assert link.fetch_ahead("**/hls.min.js") == []
    link.open_next()
    assert link.files_asked_for() == {}, "its poster was at hand"
