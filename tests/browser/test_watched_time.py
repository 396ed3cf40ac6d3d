"""What the desk tells of how much of a film was played, in Chromium with a film that plays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.scoring import Assignment
from tests import arriving
from tests.browser import playing
from tests.browser.visiting import Person, Watch, take_session
from tests.factories import Make
from tests.plural.panels import Panel
from tests.visitor import Visitor

pytestmark = pytest.mark.browser
LENGTH_S = 12
NEAR_S = 0.7
PAST = "second => document.querySelector('video').currentTime > second"
CUT = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def panel(app: Flask, make: Make, tmp_path: Path) -> Panel:
    """A juror with one film, whose bytes are a real film."""
    panel = Panel(app, make, make.staff())
    panel.add_jurors(1)
    panel.add_films(1)
    path = arriving.make_film(tmp_path / "film.mp4", LENGTH_S)
    with make.saving():
        film = db.session.get_one(FilmVersion, panel.films[0].id)
        output = next(o for o in film.outputs if o.name == "240.mp4")
        stored = app.extensions["plural_storage"].put_file(output.storage_key, path)
        output.size_bytes, output.sha256 = stored.size_bytes, stored.sha256
    panel.assigned(reviews_wanted=1)
    return panel


@pytest.fixture
def desk(app: Flask, panel: Panel, origin: str, person: Callable[..., Person]) -> Person:
    """The juror, before the page of the film."""
    juror = person(f"{origin}/en/plural/2026")
    take_session(juror.page.context, Visitor(app).sign_in(panel.jurors[0][0]))
    juror.open(film_path(panel))
    return juror


def film_path(panel: Panel) -> str:
    with panel.app.app_context():
        return f"jury/films/{Assignment.query.one().id}"


def told(panel: Panel) -> float:
    with panel.app.app_context():
        return Assignment.query.one().watched_s or 0.0


def start(page: Page) -> None:
    """Start the film, and wait until the festival has heard of it."""
    with page.expect_response("**/watched"):
        playing.start(page)


def play_to(page: Page, second: float) -> None:
    page.wait_for_function(PAST, arg=second)


def pause(page: Page) -> float:
    """Halt the film, and wait until the festival has heard of it; the second it stands at."""
    with page.expect_response("**/watched"):
        page.evaluate("document.querySelector('video').pause()")
    return float(page.evaluate("document.querySelector('video').currentTime"))


def go_on(page: Page, second: float) -> None:
    """Play from a second of the film until somewhat later, when the festival has heard of it."""
    with page.expect_response("**/watched"):
        page.evaluate("document.querySelector('video').play()")
    playing.seek(page, second)


@pytest.mark.slow
def test_playing_for_some_seconds_stores_about_that_many_and_jumping_none(
    panel: Panel, desk: Person
) -> None:
    page = desk.page
    start(page)
    play_to(page, 3.0)
    first = pause(page)
    assert first == pytest.approx(told(panel), abs=NEAR_S)

    go_on(page, 9.0)
    play_to(page, 10.0)
    second = first + pause(page) - 9.0
    assert second == pytest.approx(told(panel), abs=NEAR_S)
    assert told(panel) < 6

    page.locator("[data-player-speed]").select_option("2")
    go_on(page, 1.0)
    play_to(page, 5.0)
    third = second + pause(page) - 1.0
    assert third == pytest.approx(told(panel), abs=2 * NEAR_S)

    desk.open(film_path(panel))
    start(page)
    before = page.evaluate("document.querySelector('video').currentTime")
    play_to(page, before + 2)
    fourth = third + pause(page) - before
    assert fourth == pytest.approx(told(panel), abs=3 * NEAR_S), "it counts on"


def test_a_score_tells_that_nothing_was_played(panel: Panel, desk: Person) -> None:
    with panel.app.app_context():
        assert Assignment.query.one().watched_s is None
    page = desk.page
    chosen = page.locator('[name="criterion_story"][value="3"]')
    page.locator(f'label[for="{chosen.get_attribute("id")}"]').click()
    with page.expect_response("**/watched"):
        page.get_by_role("button", name="Keep my score").click()
    page.wait_for_url("**/jury/*")
    with panel.app.app_context():
        kept = Assignment.query.one()
        assert (kept.watched_s, kept.state) == (0, "scored")


@pytest.mark.slow
def test_what_is_played_without_network_is_told_when_it_is_back(
    panel: Panel, desk: Person, watch: Watch
) -> None:
    watch.expected.append(CUT)
    page = desk.page
    start(page)
    page.wait_for_function(
        """() => {
          const { buffered, duration } = document.querySelector("video");
          return buffered.length > 0 && buffered.end(0) > duration - 0.5;
        }"""
    )
    page.context.set_offline(True)
    play_to(page, 4.0)
    with page.expect_event("requestfailed"):
        page.evaluate("document.querySelector('video').pause()")
    assert told(panel) < 2
    with page.expect_response("**/watched"):
        page.context.set_offline(False)
    assert told(panel) == pytest.approx(4, abs=NEAR_S + 0.3)
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.includes('watched'))")
    assert kept == []
