"""Only what was verified is published."""

from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from flask import Flask

from media_pipeline import encode
from media_pipeline.metering import metered
from media_pipeline.storage import StoredObject
from plural.actions import making
from plural.models.entry import Entry, FilmState
from plural.models.media import OutputState
from tests import arriving
from tests.factories import Make


@pytest.fixture
def entry(make: Make) -> Entry:
    return make.entry()


class Forgetful:
    """Storage on whose way a byte of the small film is lost."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def put_file(self, key: str, path: Path) -> StoredObject:
        if path.name == "120.mp4":
            path.write_bytes(path.read_bytes()[:-1])
        stored: StoredObject = self._storage.put_file(key, path)
        return stored


def test_bytes_that_changed_between_verifying_and_storing_are_not_published(
    app: Flask, entry: Entry, tmp_path: Path
) -> None:
    app.extensions["plural_storage"] = Forgetful(app.extensions["plural_storage"])
    film = arriving.make_film(tmp_path / "film.mp4")
    film_id = arriving.arrive(app, entry, film)
    arriving.work(app, times=2)
    tried = arriving.film_of(app, film_id)
    assert tried.state is FilmState.ACCEPTED
    first = [output for output in tried.outputs if output.group == "first"]
    assert {output.state for output in first} == {OutputState.WAITING}
    assert {output.reason for output in first} == {"digest_mismatch"}


def test_the_rest_takes_the_sound_that_the_first_outputs_brought(
    app: Flask, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[str, bool]] = []
    make = encode.make

    def noted(group: Any, *arguments: Any, **options: Any) -> Any:
        given.append((group, options["shared_sound"] is not None))
        return make(group, *arguments, **options)

    monkeypatch.setattr(encode, "make", noted)
    film_id = arriving.arrive(app, entry, arriving.make_film(tmp_path / "film.mp4"))
    arriving.work_off(app)
    assert given == [("first", False), ("rest", True)]
    made = {output.name: output for output in arriving.film_of(app, film_id).outputs}
    assert made["audio.m4a"].state is OutputState.READY


def test_two_outputs_are_verified_at_once_and_all_of_it_is_charged(
    app: Flask, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify, lock, running, most, cost_s = making.verify, Lock(), [0], [0], [0.0]

    def watched(*arguments: Any, **options: Any) -> Any:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with metered() as meter:
            verified = verify(*arguments, **options)
        with lock:
            running[0] -= 1
            cost_s[0] += meter.cpu_s
        return verified

    encoded_s: list[float] = []
    make = encode.make

    def noted(*arguments: Any, **options: Any) -> Any:
        made = make(*arguments, **options)
        encoded_s.extend(each.cpu_s for each in made)
        return made

    film_id = arriving.arrive(app, entry, arriving.make_film(tmp_path / "film.mp4"))
    arriving.work(app)
    monkeypatch.setattr(making, "verify", watched)
    monkeypatch.setattr(encode, "make", noted)
    arriving.work(app)
    assert most[0] == 2
    first = [o for o in arriving.film_of(app, film_id).outputs if o.group == "first"]
    assert {output.state for output in first} == {OutputState.READY}
    charged_s = sum(output.cpu_s for output in first)
    assert charged_s == pytest.approx(sum(encoded_s) + cost_s[0])
    assert cost_s[0] > 0
