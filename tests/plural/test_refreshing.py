"""Recipes change: what is outdated is shown and made anew last; the old serves meanwhile."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from media_pipeline import encode, ladder, sandbox
from media_pipeline.errors import NotAsPromised
from plural.actions import film_queue, making, refreshing
from plural.extensions import db
from plural.models.audit import TaskEvent
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState
from tests import arriving
from tests.factories import Make
from tests.quick_making import make_quickly
from tests.visitor import Visitor

API = "/api/v1/plural/2026"


@pytest.fixture(scope="session")
def small_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Large enough for two rungs."""
    path = tmp_path_factory.mktemp("small") / "film.mp4"
    return arriving.make_film(path, seconds=1, size="400x300", rate=10)


@pytest.fixture(autouse=True)
def quick_making(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ffmpeg, but for one test that makes real outputs."""
    if "real_making" not in request.fixturenames:
        make_quickly(monkeypatch)


@pytest.fixture
def real_making() -> None:
    """Asked for by tests that are to run ffmpeg."""


@pytest.fixture
def film_id(app: Flask, make: Make, small_film: Path) -> int:
    film_id = arriving.arrive(app, make.entry(), small_film)
    arriving.work_off(app)
    assert arriving.film_of(app, film_id).state is FilmState.COMPLETE
    return film_id


def change_smallest_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    smallest = replace(ladder.RUNGS[0], crf=ladder.RUNGS[0].crf + 3)
    monkeypatch.setattr(ladder, "RUNGS", (smallest, *ladder.RUNGS[1:]))


def refresh(app: Flask, *options: str) -> str:
    done = app.test_cli_runner().invoke(args=["media", "refresh", *options])
    assert done.exit_code == 0, done.output
    return done.output


def rows(app: Flask, film_id: int, name: str) -> list[Output]:
    return [o for o in arriving.film_of(app, film_id).outputs if o.name == name]


def assert_nothing_orphaned(app: Flask, film_id: int) -> None:
    film = arriving.film_of(app, film_id)
    named = {film.storage_key} | {o.storage_key for o in film.outputs if o.storage_key}
    assert arriving.stored_keys(app, film_id) == named


def test_films_by_todays_recipes_are_left_alone(app: Flask, film_id: int) -> None:
    before = [(o.id, o.storage_key) for o in arriving.film_of(app, film_id).outputs]
    said = "Every film has what today's recipes give, or is about to get it.\n"
    assert refresh(app, "--make") == said
    assert [(o.id, o.storage_key) for o in arriving.film_of(app, film_id).outputs] == before


def test_it_shows_what_is_outdated_with_its_cost_and_changes_nothing(
    app: Flask, film_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_smallest_rung(monkeypatch)
    film = arriving.film_of(app, film_id)
    lines = refresh(app).splitlines()
    assert lines[0] == f"film {film_id} ({film.entry.code}, version 1): 240.mp4 hls-240.mp4"
    table = [line.split() for line in lines[2:5]]
    assert table == [
        ["output", "films", "CPU", "s"],
        ["240.mp4", "1", "5.0"],
        ["hls-240.mp4", "1", "5.0"],
    ]
    assert lines[-2] == "Films: 1. About 10 seconds of one processor."
    assert {o.state for o in arriving.film_of(app, film_id).outputs} == {OutputState.READY}


def test_an_output_without_a_predecessor_costs_what_others_cost_by_length(
    app: Flask, make: Make, film_id: int
) -> None:
    half_s = 0.5 * (arriving.film_of(app, film_id).duration_s or 0)
    other = make.film(make.entry())
    with app.app_context():
        film = db.session.get_one(FilmVersion, other.id)
        film.source = db.session.get_one(FilmVersion, film_id).source
        film.duration_s = half_s
        Output.query.filter_by(film_version_id=film.id).delete()
        recorded = Output.query.filter_by(film_version_id=film_id, name="240.mp4").one().cpu_s
        (estimate,) = [
            e for e in refreshing.estimates(refreshing.outdated_films()) if e.name == "240.mp4"
        ]
    assert estimate.films == 1
    assert estimate.cpu_s == pytest.approx(recorded / 2)


def test_old_outputs_serve_until_the_new_ones_take_their_place_and_nothing_is_left_over(
    app: Flask,
    make: Make,
    small_film: Path,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    real_making: None,
) -> None:
    entry = make.entry()
    film_id = arriving.arrive(app, entry, small_film)
    arriving.work_off(app)
    (old,) = rows(app, film_id, "240.mp4")
    untouched = rows(app, film_id, "poster.jpg")[0].id
    visitor.sign_in(entry.account)
    change_smallest_rung(monkeypatch)
    refresh(app, "--make")

    def digest() -> str:
        answer = visitor.get(f"{API}/films/{film_id}/240.mp4")
        assert answer.status_code == 200
        return answer.headers["ETag"].strip('"')

    assert digest() == old.sha256
    with app.app_context():
        work = film_queue.lease_next()
        assert work is not None
        assert digest() == old.sha256
        film_queue.give_back(work, OutputState.WAITING, "")
    arriving.set_outputs(app, film_id, due_at=None)
    arriving.work_off(app)

    (new,) = rows(app, film_id, "240.mp4")
    assert (new.state, new.group) == (OutputState.READY, "first")
    assert new.recipe_digest != old.recipe_digest
    assert digest() == new.sha256
    assert visitor.get(f"{API}/films/{film_id}/hls-240.m3u8").status_code == 200
    assert rows(app, film_id, "poster.jpg")[0].id == untouched
    assert arriving.film_of(app, film_id).state is FilmState.COMPLETE
    assert_nothing_orphaned(app, film_id)
    with app.app_context():
        gone = TaskEvent.query.filter_by(subject=f"output:{old.id}", state="replaced").count()
    assert gone == 1
    assert "Every film has" in refresh(app)


def test_a_refresh_during_a_refresh_plans_nothing_twice(
    app: Flask, film_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_smallest_rung(monkeypatch)
    refresh(app, "--make")
    planned = [(o.name, o.state) for o in arriving.film_of(app, film_id).outputs]
    refresh(app, "--make")
    with app.app_context():
        assert film_queue.lease_next() is not None
    refresh(app, "--make")
    assert [o.name for o in arriving.film_of(app, film_id).outputs] == [name for name, _ in planned]


def test_a_recipe_that_changes_again_during_a_refresh_is_made_and_named_rightly(
    app: Flask, film_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also back to what it was."""
    (old,) = rows(app, film_id, "240.mp4")
    with monkeypatch.context() as changed:
        change_smallest_rung(changed)
        refresh(app, "--make")
    arriving.work_off(app)
    (new,) = rows(app, film_id, "240.mp4")
    assert new.recipe_digest == old.recipe_digest
    assert new.id != old.id
    assert_nothing_orphaned(app, film_id)
    assert "Every film has" in refresh(app)


def test_an_output_that_films_no_longer_get_goes_when_the_rest_is_there(
    app: Flask, film_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    smallest = replace(ladder.RUNGS[0], crf=30)
    monkeypatch.setattr(ladder, "RUNGS", (smallest, *ladder.RUNGS[2:]))
    assert " -360.mp4 -hls-360.mp4\n" in refresh(app, "--make")
    assert len(rows(app, film_id, "360.mp4")) == 1
    arriving.work_off(app)
    assert rows(app, film_id, "360.mp4") == []
    assert_nothing_orphaned(app, film_id)


def test_a_refresh_that_fails_leaves_the_film_as_it_is_and_can_be_tried_again(
    app: Flask, film_id: int, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = rows(app, film_id, "240.mp4")
    change_smallest_rung(monkeypatch)
    refresh(app, "--make")
    with monkeypatch.context() as broken:
        error = NotAsPromised("size")
        broken.setattr(encode, "make", lambda *_a, **_k: (_ for _ in ()).throw(error))
        arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.COMPLETE
    assert {o.state for o in rows(app, film_id, "240.mp4")} == {
        OutputState.READY,
        OutputState.FAILED,
    }
    assert_nothing_orphaned(app, film_id)
    assert "Every film has" in refresh(app, "--make")
    staff = make.staff()
    with app.app_context():
        film = db.session.get_one(FilmVersion, film_id)
        film_queue.retry(film, by=db.session.merge(staff))
        db.session.commit()
    arriving.work_off(app)
    (new,) = rows(app, film_id, "240.mp4")
    assert new.id != old.id


def test_what_is_made_anew_gives_way_like_the_rest_and_only_first_outputs_do_not(
    app: Flask,
    make: Make,
    small_film: Path,
    monkeypatch: pytest.MonkeyPatch,
    real_making: None,
) -> None:
    started: dict[str, set[tuple[str, int]]] = {}
    run, make_group = sandbox.run, making.make

    def noted(work: film_queue.Work, *arguments: Any) -> None:
        programs = started.setdefault(work.group, set())

        def run_noted(tool: Any, *given: Any, bounds: sandbox.Bounds, **options: Any) -> Any:
            programs.add((tool, bounds.niceness))
            return run(tool, *given, bounds=bounds, **options)

        with monkeypatch.context() as inside:
            inside.setattr(sandbox, "run", run_noted)
            make_group(work, *arguments)

    monkeypatch.setattr(making, "make", noted)
    film_id = arriving.arrive(app, make.entry(), small_film)
    arriving.work_off(app)
    change_smallest_rung(monkeypatch)
    refresh(app, "--make")
    arriving.work_off(app)
    assert {o.state for o in rows(app, film_id, "240.mp4")} == {OutputState.READY}
    assert started == {
        "first": {("ffmpeg", 0), ("ffprobe", 0)},
        "rest": {("ffmpeg", sandbox.PATIENT), ("ffprobe", sandbox.PATIENT)},
        "anew-first": {("ffmpeg", sandbox.PATIENT), ("ffprobe", sandbox.PATIENT)},
    }


def test_a_refresh_waits_for_everything_else(
    app: Flask, film_id: int, make: Make, small_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_smallest_rung(monkeypatch)
    refresh(app, "--make")
    busy = make.account()
    later = [arriving.arrive(app, make.entry(busy), small_film) for _ in range(2)]
    order = []
    with app.app_context():
        while (work := film_queue.lease_next()) is not None:
            order.append((work.film_id, work.group))
    assert order == [(later[0], "verdict"), (later[1], "verdict"), (film_id, "anew-first")]
