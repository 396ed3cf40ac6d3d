"""A film that was made here, watched in Chromium: the right picture, rung and words in time."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from flask import Flask
from playwright.sync_api import Page

from tests import arriving
from tests.browser import playing
from tests.browser.visiting import Person, take_session
from tests.factories import Make
from tests.missing import skip_or_fail
from tests.visitor import Visitor

pytestmark = pytest.mark.browser
LENGTH_S = 12
FIRST, SECOND = "This is my window.", "And this is the street."
TWO_CUES = f"{FIRST}\n\n00:05.000 --> 00:07.000\n{SECOND}"
SLOW_LINK = """
Object.defineProperty(Navigator.prototype, "connection", { value: { effectiveType: "3g" } });
"""


def grey_of(second: int) -> int:
    """The grey that the whole picture has during a second of the film."""
    return 20 + 18 * second


@pytest.fixture(scope="session")
def grey_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grey") / "film.mp4"
    picture = f"color=c=black:s=640x360:r=25:d={LENGTH_S}"
    for second in range(LENGTH_S):
        grey = f"0x{grey_of(second):02x}" + f"{grey_of(second):02x}" * 2
        shown = f"between(n,{25 * second},{25 * second + 24})"
        picture += f",drawbox=c={grey}:t=fill:enable='{shown}'"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"]
    command += ["-f", "lavfi", "-i", f"{picture},format=yuv420p"]
    command += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={LENGTH_S}"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture
def watch_film(
    app: Flask, make: Make, origin: str, person: Callable[..., Person], grey_film: Path
) -> Callable[..., Page]:
    """`watch_film(*scripts)`: the page of the film, open in a browser that runs scripts first."""
    account = make.account()

    def opened(*scripts: str) -> Page:
        entry = make.entry(account)
        film_id = arriving.arrive(app, entry, grey_film)
        arriving.work_off(app)
        make.subtitles(arriving.film_of(app, film_id), text=TWO_CUES)
        maker = person(f"{origin}/en/plural/2026")
        take_session(maker.page.context, Visitor(app).sign_in(account))
        for script in scripts:
            maker.page.add_init_script(script)
        maker.open(f"entries/{entry.id}")
        return maker.page

    return opened


def expect_pictures(page: Page, seconds: tuple[int, ...]) -> None:
    for second in seconds:
        playing.show(page, second + 0.5)
        assert abs(playing.grey(page) - grey_of(second)) <= 6, second


def test_streaming_seeks_to_the_right_picture_on_every_rung_with_captions_in_time(
    watch_film: Callable[..., Page],
) -> None:
    page = watch_film(playing.WITHOUT_HLS_OF_ITS_OWN, playing.HLS_WITHIN_REACH)
    playing.start(page)
    assert playing.source(page).startswith("blob:")
    assert playing.read_captions(page) == FIRST

    heights = playing.rungs(page)
    assert heights == [240, 360]
    for level in (1, 0, 1):
        playing.show(page, 1.0)
        playing.choose_rung(page, level)
        assert playing.height(page) == heights[level]
        second = float(page.evaluate("document.querySelector('video').currentTime"))
        page.wait_for_function(playing.MOVES_AGAIN, arg=second)
        expect_pictures(page, (9, 0, 5))

    playing.show(page, 5.5)
    assert playing.read_captions(page) == SECOND
    playing.show(page, 8.5)
    page.wait_for_function(playing.NOTHING_CAPTIONED)


@pytest.mark.slow
def test_the_browsers_own_streaming_shows_the_right_pictures(
    watch_film: Callable[..., Page],
) -> None:
    page = watch_film()
    if not page.evaluate(
        "document.createElement('video').canPlayType('application/vnd.apple.mpegurl')"
    ):
        skip_or_fail("Chromium with HLS of its own")
    playing.start(page)
    assert playing.source(page).endswith("master.m3u8")
    expect_pictures(page, (7, 2, 10))
    playing.show(page, 6.0)
    assert playing.read_captions(page) == SECOND


def test_a_weak_link_gets_the_small_film_and_keys_and_speed_work(
    watch_film: Callable[..., Page],
) -> None:
    page = watch_film(SLOW_LINK)
    assert page.locator("[data-player-save-data]").is_checked()
    playing.start(page)
    assert playing.source(page).endswith("/240.mp4")
    assert playing.height(page) == 240
    page.locator("[data-player-speed]").select_option("0.5")
    assert page.evaluate("document.querySelector('video').playbackRate") == 0.5

    video = page.locator("video")
    video.focus()
    video.press("k")
    page.wait_for_function("() => document.querySelector('video').paused")
    expect_pictures(page, (2,))
    video.press("ArrowRight")
    page.wait_for_function("() => !document.querySelector('video').seeking")
    assert page.evaluate("document.querySelector('video').currentTime") == 7.5
    video.press("ArrowLeft")
    video.press("m")
    assert page.evaluate("document.querySelector('video').muted") is True
    playing.show(page, 6.0)
    assert playing.read_captions(page) == SECOND
    video.press("c")
    page.wait_for_function(playing.NOTHING_CAPTIONED)
    video.press("c")
    assert playing.read_captions(page) == SECOND
    video.press("k")
    page.wait_for_function(playing.MOVES_AGAIN, arg=6.0)


@pytest.mark.slow
def test_a_weak_link_gets_the_smaller_file_of_a_browser_that_plays_it(
    app: Flask, watch_film: Callable[..., Page]
) -> None:
    settings = app.extensions["plural_settings"]
    app.extensions["plural_settings"] = replace(settings, modern_rungs=1)
    page = watch_film(SLOW_LINK)
    playing.start(page)
    assert playing.source(page).endswith("/240-av1.mp4")
    assert playing.height(page) == 240
    expect_pictures(page, (8, 3))


@pytest.mark.slow
def test_a_smaller_file_that_fails_gives_way_to_the_usual_one(
    app: Flask, watch_film: Callable[..., Page]
) -> None:
    settings = app.extensions["plural_settings"]
    app.extensions["plural_settings"] = replace(settings, modern_rungs=1)
    page = watch_film(SLOW_LINK)
    broken = {"status": 200, "content_type": "video/mp4", "body": "no film"}
    page.route("**/240-av1.mp4", lambda route: route.fulfill(**broken))
    page.locator(".player-start").click()
    page.wait_for_function(playing.MOVES)
    assert playing.source(page).endswith("/240.mp4")
