"""Masters: asked for by distributors and staff, made once, fetched under a licence, then swept."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from media_pipeline import masters as pipeline
from media_pipeline.delivery import PROFILES
from media_pipeline.errors import ProcessKilled
from plural import clock
from plural.actions import film_queue, masters, upkeep
from plural.extensions import db
from plural.models.consent import Consent
from plural.models.entry import Entry, FilmState, FilmVersion, Track, TrackState
from plural.models.media import Output, OutputState
from plural.models.people import Account
from plural.models.sharing import Download, Licence
from tests import arriving
from tests.factories import Make
from tests.visitor import Visitor

DAY_S = 86400


@dataclass
class Scene:
    """A film that plays, a distributor's browser with a licence for it, and a worker."""

    app: Flask
    make: Make
    film_id: int
    track_id: int
    licence: Licence
    distributor: Account
    browser: Visitor

    def film(self) -> FilmVersion:
        return arriving.film_of(self.app, self.film_id)

    def ask(self, profile: str = "web", text: str = "") -> TestResponse:
        fields = {"profile": profile, "text": text}
        return self.browser.post(f"catalogue/{self.licence.id}/masters", fields)

    def rows(self) -> dict[str, Output]:
        return {o.name: o for o in self.film().outputs if o.group.startswith("master-")}

    def stored(self) -> set[str]:
        """Keys of what lies in storage beside the source and the subtitles."""
        keys = arriving.stored_keys(self.app, self.film_id) - {self.film().storage_key}
        return {key for key in keys if "/tracks/" not in key}

    def work(self) -> None:
        arriving.work_off(self.app)

    def fetch(self, path: str) -> TestResponse:
        answer = self.browser.get(f"catalogue/{self.licence.id}{path}")
        answer.get_data()
        answer.close()
        return answer

    def status(self) -> Any:
        where = f"/api/v1/plural/2026/licences/{self.licence.id}/masters/status"
        return self.browser.get(where).json


@pytest.fixture(scope="session")
def tiny_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return arriving.make_film(tmp_path_factory.mktemp("tiny") / "film.mp4", rate=25)


@pytest.fixture
def scene(app: Flask, make: Make, tiny_film: Path, sign_in: Callable[[Account], Visitor]) -> Scene:
    entry = make.entry()
    film_id = arriving.arrive(app, entry, tiny_film)
    arriving.work(app)
    with app.app_context():
        # What every film gets is not of interest here.
        Output.query.filter(Output.film_version_id == film_id, Output.name != "verdict").delete()
        film = db.session.get_one(FilmVersion, film_id)
        film.state = FilmState.COMPLETE
        db.session.commit()
    make.consents(entry)
    track = make.subtitles(arriving.film_of(app, film_id), "ar", "مرحبا بكم")
    distributor, organisation = make.distributor()
    licence = make.licence(organisation, arriving.film_of(app, film_id))
    return Scene(app, make, film_id, track.id, licence, distributor, sign_in(distributor))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[pipeline.Order]:
    """Masters that are made at once and hold little; returns what is ordered."""
    ordered: list[pipeline.Order] = []

    def make(order: pipeline.Order, _path: Path, _source: Any, folder: Path, **_others: Any) -> Any:
        ordered.append(order)
        film, report = folder / order.file_name, folder / order.report_name
        film.write_text(f"master {order.name} {order.text}")
        report.write_text("{}")
        quality = {"profile": order.profile.name, "passed": True, "lines": []}
        made = pipeline.MadeOutput
        return (
            made(film.name, film, order.profile.media_type, {"quality": quality}, 1.0),
            made(report.name, report, "application/json", {"kind": "quality"}, 0.0),
        )

    monkeypatch.setattr(pipeline, "make", make)
    return ordered


def change(app: Flask, deed: Callable[[], object]) -> None:
    with app.app_context():
        deed()
        db.session.commit()


def test_a_real_master_is_asked_for_made_fetched_and_put_on_record(scene: Scene) -> None:
    page = scene.ask("web", str(scene.track_id))
    assert "Waiting for its turn" in page.text
    assert scene.status()["masters"] == {
        "master-web-ar-subtitles": {"percent": 0, "label": "Waiting for its turn"}
    }
    scene.work()
    film = scene.rows()["master-web-ar-subtitles.mp4"]
    assert film.state is OutputState.READY
    assert film.cpu_s > 0
    assert scene.status()["final"] is True
    page = scene.browser.get(f"catalogue/{scene.licence.id}").text
    assert str(film.sha256) in page
    assert "Arabic" in page
    answer = scene.fetch(f"/files/{film.name}")
    assert hashlib.sha256(answer.data).hexdigest() == film.sha256
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with scene.app.app_context():
        assert [(d.name, d.sha256) for d in Download.query] == [(film.name, film.sha256)]
    report = json.loads(scene.fetch("/files/master-web-ar-subtitles.json").data)
    assert report == film.details["quality"]
    shown = scene.fetch("/masters/master-web-ar-subtitles").text
    for words in ("Loudness of the programme", "LUFS", "not certified", "All could be drawn"):
        assert words in shown


@pytest.mark.usefixtures("quick")
def test_a_master_is_made_once_for_all_who_ask(
    scene: Scene, sign_in: Callable[[Account], Visitor], quick: list[pipeline.Order]
) -> None:
    scene.ask("prores")
    scene.ask("prores")
    other, organisation = scene.make.distributor()
    licence = scene.make.licence(organisation, scene.film())
    sign_in(other).post(f"catalogue/{licence.id}/masters", {"profile": "prores", "text": ""})
    assert sorted(scene.rows()) == ["master-prores.json", "master-prores.mov"]
    scene.work()
    scene.ask("prores")
    scene.work()
    assert [order.name for order in quick] == ["master-prores"]
    assert scene.rows()["master-prores.mov"].state is OutputState.READY


def test_masters_come_after_what_every_film_needs(scene: Scene) -> None:
    scene.ask("web")
    waiting = scene.make.entry()
    with scene.app.app_context():
        film = db.session.get_one(Entry, waiting.id).film
        film_queue.add(film, "rest", "480.mp4", "")
        db.session.commit()
        groups = [output.group for output in db.session.scalars(film_queue.due())]
    assert groups == ["rest", "master-web", "master-web"]


def test_a_master_under_way_or_failed_leaves_the_film_complete(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object, **_others: object) -> None:
        raise pipeline.NotAsPromised(name="x")

    monkeypatch.setattr(pipeline, "make", die)
    scene.ask("web")
    assert scene.film().state is FilmState.COMPLETE
    scene.work()
    assert {row.state for row in scene.rows().values()} == {OutputState.FAILED}
    assert scene.film().state is FilmState.COMPLETE
    assert "It could not be made" in scene.fetch("").text


def test_one_that_failed_can_be_asked_for_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object, **_others: object) -> None:
        raise pipeline.NotAsPromised(name="x")

    monkeypatch.setattr(pipeline, "make", die)
    scene.ask("web")
    scene.work()
    scene.ask("web")
    assert {(row.state, row.attempts) for row in scene.rows().values()} == {
        (OutputState.WAITING, 0)
    }


@pytest.mark.usefixtures("quick")
def test_a_withdrawn_consent_ends_it_at_once(scene: Scene) -> None:
    scene.ask("web")
    scene.work()
    assert scene.fetch("/files/master-web.mp4").status_code == 200

    def revoke() -> None:
        for consent in Consent.query.filter_by(film_version_id=scene.film_id):
            consent.revoked_at = clock.now()

    change(scene.app, revoke)
    paths = ("/files/master-web.mp4", "/files/master-web.json", "/masters/master-web", "")
    assert {scene.fetch(path).status_code for path in paths} == {404}
    scene.ask("prores")
    assert "master-prores.mov" not in scene.rows()


@pytest.mark.usefixtures("quick")
def test_a_master_is_no_film_to_watch(scene: Scene) -> None:
    scene.ask("web")
    scene.work()
    where = f"/api/v1/plural/2026/films/{scene.film_id}/master-web.mp4"
    assert scene.browser.get(where).status_code == 404
    assert scene.fetch("/files/master-web.mp4").status_code == 200


@pytest.mark.usefixtures("quick")
def test_changed_subtitles_are_another_master_and_take_the_place_of_the_first(
    scene: Scene, quick: list[pipeline.Order]
) -> None:
    name = "master-web-ar-subtitles.mp4"
    scene.ask("web", str(scene.track_id))
    scene.work()
    before = scene.rows()[name].sha256

    def retire() -> None:
        db.session.get_one(Track, scene.track_id).state = TrackState.RETIRED

    change(scene.app, retire)
    track = scene.make.subtitles(scene.film(), "ar", "أهلا")
    scene.ask("web", str(track.id))
    assert scene.fetch(f"/files/{name}").status_code == 200
    scene.work()
    rows = [o for o in scene.film().outputs if o.name == name]
    assert [(row.state, row.sha256 == before) for row in rows] == [(OutputState.READY, False)]
    assert len(quick) == 2
    assert scene.stored() == {row.storage_key for row in scene.rows().values()}


@pytest.mark.usefixtures("quick")
def test_subtitles_that_are_gone_by_then_are_not_burned_in(scene: Scene) -> None:
    scene.ask("web", str(scene.track_id))

    def retire() -> None:
        db.session.get_one(Track, scene.track_id).state = TrackState.RETIRED

    change(scene.app, retire)
    scene.work()
    assert {(r.state, r.reason) for r in scene.rows().values()} == {
        (OutputState.FAILED, "text_gone")
    }


def test_only_what_is_offered_can_be_asked_for(scene: Scene) -> None:
    stranger = scene.make.subtitles(scene.make.eligible_film(), "fr", "Bonjour")
    for profile, text in (("evil", ""), ("web", str(stranger.id)), ("web", "x")):
        assert "Please choose one" in scene.ask(profile, text).text
    assert scene.rows() == {}


def test_a_film_that_is_not_ready_has_no_masters(scene: Scene) -> None:
    def back() -> None:
        db.session.get_one(FilmVersion, scene.film_id).state = FilmState.ACCEPTED

    change(scene.app, back)
    assert "once the film is ready" in scene.fetch("").text
    scene.ask("web")
    assert scene.rows() == {}


@pytest.mark.usefixtures("quick")
def test_staff_ask_and_read_the_report_and_fetch_nothing(
    scene: Scene, sign_in: Callable[[Account], Visitor]
) -> None:
    staff = sign_in(scene.make.staff())
    page = staff.post(f"staff/films/{scene.film_id}/masters", {"profile": "xdcam", "text": ""})
    assert "Television: XDCAM" in page.text
    scene.work()
    page = staff.get(f"staff/films/{scene.film_id}/masters").text
    assert "Passed our checks" in page
    assert "/files/" not in page
    assert staff.get(f"staff/films/{scene.film_id}/masters/master-xdcam").status_code == 200
    scene.ask("xdcam")
    assert scene.fetch("/files/master-xdcam.mxf").status_code == 200


@pytest.mark.usefixtures("quick")
def test_what_nobody_fetches_for_thirty_days_goes_and_can_be_asked_for_again(
    scene: Scene, set_clock: Callable[[float], None]
) -> None:
    scene.ask("web")
    scene.ask("prores")
    scene.work()
    set_clock(20 * DAY_S)
    scene.fetch("/files/master-web.mp4")
    set_clock(31 * DAY_S)
    with scene.app.app_context():
        assert masters.sweep() == 1
    assert sorted(scene.rows()) == ["master-web.json", "master-web.mp4"]
    assert scene.stored() == {row.storage_key for row in scene.rows().values()}
    with scene.app.app_context():
        assert masters.sweep() == 0
    set_clock(51 * DAY_S)
    with scene.app.app_context():
        assert masters.sweep() == 1
        upkeep.sweep_films()
    assert scene.rows() == {}
    assert scene.stored() == set()
    set_clock(0)
    scene.ask("web")
    scene.work()
    assert scene.rows()["master-web.mp4"].state is OutputState.READY


def test_a_worker_that_dies_is_followed_by_another(
    scene: Scene, quick: list[pipeline.Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    working, deaths = pipeline.make, [ProcessKilled(tool="ffmpeg", signal=9)]

    def die_once(*arguments: Any, **others: Any) -> Any:
        if deaths:
            raise deaths.pop()
        return working(*arguments, **others)

    monkeypatch.setattr(pipeline, "make", die_once)
    scene.ask("web")
    scene.work()
    assert {row.state for row in scene.rows().values()} == {OutputState.WAITING}
    arriving.set_outputs(scene.app, scene.film_id, due_at=None)
    scene.work()
    assert {row.state for row in scene.rows().values()} == {OutputState.READY}


def test_subtitles_come_as_ebu_tt_d_too(scene: Scene) -> None:
    answer = scene.fetch("/files/subtitles-ar.xml")
    assert answer.status_code == 200
    assert answer.content_type.startswith("application/ttml+xml")
    assert "مرحبا بكم" in answer.data.decode()
    assert "/files/subtitles-ar.xml" in scene.fetch("").text


def test_every_profile_and_line_has_words(app: Flask) -> None:
    from media_pipeline.quality import Line
    from plural import master_words

    assert set(master_words.PROFILES) == set(PROFILES)
    spans: list[list[float]] = [[61.5, 63.0]]
    lines = [
        Line("black", "warn", spans, 3.0),
        Line("flashes", "pass", [], 3),
        Line("loudness", "warn", None, -23.0),
        Line("picture_size", "pass", [1920, 1080], [1920, 1080]),
        Line("characters", "warn", "ʘ", ""),
    ]
    with app.test_request_context("/en/plural/2026/"):
        found = [master_words.found_word(vars(line)) for line in lines]
        expected = [master_words.expected_word(vars(line)) for line in lines]
    assert found == ["1:01.5–1:03.0", "None found", "Silence", "1920 × 1080",
                     "No font has these: ʘ"]  # fmt: skip
    assert expected[0] == "Nothing longer than 3 s"
    assert expected[1] == "At most 3 flashes in a second"
    assert expected[2] == "-23 LUFS"
