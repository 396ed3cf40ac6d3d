"""Films in a bucket: the pages play them from there, and the browser finds nothing to forbid."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Response

from plural import Settings, create_app
from stack.seaweedfs import SeaweedFS
from tests import arriving
from tests.browser import playing
from tests.browser.visiting import Person, take_session
from tests.factories import Make
from tests.tus import served
from tests.visitor import Visitor

pytestmark = pytest.mark.browser
WORDS = "This is my window."


@pytest.fixture
def bucket(weed: SeaweedFS) -> str:
    """The origin of the bucket, by a name that is local to the browser as well."""
    return f"http://localhost:{urlsplit(weed.endpoint).port}"


@pytest.fixture
def app(settings: Settings, weed: SeaweedFS, bucket: str, tmp_path: Path) -> Iterator[Flask]:
    """A portal whose films are in the bucket."""
    in_bucket = replace(
        settings,
        storage_url=f"s3://films/{tmp_path.name}?endpoint={quote(bucket, safe='')}",
        storage_access_key=weed.access_key,
        storage_secret_key=weed.secret_key,
    )
    app = create_app(in_bucket)
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def origin(app: Flask) -> Iterator[str]:
    """Where the portal answers; the bucket has been told so by the command for it."""
    with served(app) as port:
        origin = f"http://localhost:{port}"
        settings = app.extensions["plural_settings"]
        app.extensions["plural_settings"] = replace(settings, public_address=origin)
        told = app.test_cli_runner().invoke(args=["storage", "prepare"])
        assert told.exit_code == 0, told.output
        yield origin


@pytest.mark.slow
def test_films_stream_and_play_from_the_bucket_with_captions(
    app: Flask,
    make: Make,
    origin: str,
    bucket: str,
    person: Callable[..., Person],
    tmp_path: Path,
) -> None:
    account = make.account()
    entry = make.entry(account)
    film = arriving.make_film(tmp_path / "film.mp4", seconds=4, size="320x240")
    film_id = arriving.arrive(app, entry, film)
    arriving.work_off(app)
    make.subtitles(arriving.film_of(app, film_id), text=WORDS)

    maker = person(f"{origin}/en/plural/2026")
    take_session(maker.page.context, Visitor(app).sign_in(account))
    maker.page.add_init_script(playing.WITHOUT_HLS_OF_ITS_OWN)
    fetched: list[Response] = []
    maker.page.on("response", lambda answer: fetched.append(answer))

    maker.open(f"entries/{entry.id}")
    playing.start(maker.page)
    assert playing.source(maker.page).startswith("blob:")
    assert playing.read_captions(maker.page) == WORDS
    assert (206, "xhr") in from_bucket(fetched, bucket)

    fetched.clear()
    maker.open(f"entries/{entry.id}")
    choose_whole_film(maker.page)
    playing.start(maker.page)
    assert playing.source(maker.page).endswith(".mp4")
    assert playing.read_captions(maker.page) == WORDS
    assert from_bucket(fetched, bucket) == {(206, "media")}


def from_bucket(fetched: list[Response], bucket: str) -> set[tuple[int, str]]:
    """Status and kind of what was fetched from there."""
    return {
        (answer.status, answer.request.resource_type)
        for answer in fetched
        if answer.url.startswith(f"{bucket}/")
    }


def choose_whole_film(page: Page) -> None:
    page.locator("[data-player-quality]").select_option(index=1)
