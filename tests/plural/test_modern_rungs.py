"""Where an installation asks for them, films get smaller AV1 files too, after all else."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from plural.actions import downloads
from plural.actions.film_files import MODERN
from plural.models.entry import Entry, FilmState
from plural.models.media import OutputState
from plural.models.people import Account
from plural.status import film_status
from tests import arriving
from tests.factories import Make
from tests.quick_making import make_quickly
from tests.visitor import Visitor

API = "/api/v1/plural/2026"


@pytest.fixture(scope="session")
def small_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("modern") / "film.mp4"
    return arriving.make_film(path, seconds=1, size="320x240", rate=10)


@pytest.fixture
def entry(app: Flask, make: Make) -> Entry:
    ask_for_modern(app, 1)
    return make.entry()


def ask_for_modern(app: Flask, wanted: int) -> None:
    settings = app.extensions["plural_settings"]
    app.extensions["plural_settings"] = replace(settings, modern_rungs=wanted)


def test_a_film_is_complete_before_its_modern_file_is_begun(
    app: Flask, entry: Entry, small_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quickly(monkeypatch)
    film_id = arriving.arrive(app, entry, small_film)
    while arriving.film_of(app, film_id).state is not FilmState.COMPLETE:
        arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert arriving.states(film)[MODERN] == {OutputState.WAITING}
    with app.test_request_context(f"{API}/"):
        assert film_status(film)["percent"] == 100


def test_a_modern_file_is_offered_to_players_beside_the_usual_one_and_to_no_licensee(
    app: Flask, entry: Entry, small_film: Path, sign_in: Callable[[Account], Visitor]
) -> None:
    film_id = arriving.arrive(app, entry, small_film)
    arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    made = next(o for o in film.outputs if o.group == MODERN)
    assert made.state is OutputState.READY
    assert made.details["codecs"].startswith("av01.")
    page = sign_in(entry.account).get(f"entries/{entry.id}").text
    option = re.search(r'<option value="240" data-url="([^"]+)" data-modern-url="([^"]+)"', page)
    assert option is not None
    folder = f"{API}/films/{film_id}"
    assert option.groups() == (f"{folder}/240.mp4", f"{folder}/240-av1.mp4")
    with app.app_context():
        fetched = {file.name for file in downloads.files_of(arriving.film_of(app, film_id))}
    assert "240.mp4" in fetched
    assert "240-av1.mp4" not in fetched


def test_turning_them_on_and_off_is_followed_by_a_refresh(
    app: Flask, entry: Entry, small_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_quickly(monkeypatch)
    ask_for_modern(app, 0)
    film_id = arriving.arrive(app, entry, small_film)
    arriving.work_off(app)
    assert names(app, film_id) == set()
    for wanted, expected in ((1, {"240-av1.mp4"}), (0, set())):
        ask_for_modern(app, wanted)
        done = app.test_cli_runner().invoke(args=["media", "refresh", "--make"])
        assert done.exit_code == 0, done.output
        arriving.work_off(app)
        assert names(app, film_id) == expected


def names(app: Flask, film_id: int) -> set[str]:
    outputs = arriving.film_of(app, film_id).outputs
    assert {o.state for o in outputs} == {OutputState.READY}
    return {o.name for o in outputs if "av1" in o.name}
