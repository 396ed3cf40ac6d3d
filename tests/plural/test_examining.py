"""What a whole decode finds arrives late: while an entry is a draft, submitted, or decided on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from media_pipeline import codes, examination
from media_pipeline.errors import ProcessKilled
from media_pipeline.examination import Examination
from plural.actions import desk, eligibility, film_queue
from plural.errors import Refused
from plural.extensions import db
from plural.models.audit import OutboxItem
from plural.models.entry import Entry, EntryState, FilmState, FilmVersion, Severity
from plural.models.media import Output, OutputState
from tests import arriving, letters
from tests.factories import Make
from tests.media_pipeline.films import Films

BEYOND_USE = codes.finding("mostly_damaged", good_s=2.0, duration_s=6.0)
BLACK = codes.finding("all_black")
DARK_PARTS = codes.finding("black_parts", count=1, times_s=[2.0])

Finds = Callable[..., None]


@pytest.fixture(scope="session")
def tiny_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return arriving.make_film(tmp_path_factory.mktemp("tiny") / "film.mp4")


@pytest.fixture
def entry(make: Make) -> Entry:
    return make.entry()


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Finds:
    """Have the examination find something."""

    def find(*found: codes.Finding) -> None:
        def examine(*_arguments: Any, **_options: Any) -> Examination:
            return Examination(found, 2.0, 0.5)

        monkeypatch.setattr(examination, "examine", examine)

    return find


def played(app: Flask, entry: Entry, film: Path) -> int:
    """A film whose first outputs are made; its examination is next."""
    film_id = arriving.arrive(app, entry, film)
    arriving.work(app, times=2)
    assert arriving.film_of(app, film_id).state is FilmState.PLAYABLE
    return film_id


def mails(app: Flask) -> int:
    with app.app_context():
        return OutboxItem.query.count()


def set_state(make: Make, entry: Entry, state: EntryState) -> None:
    with make.saving():
        row = db.session.get_one(Entry, entry.id)
        row.state, row.decided_at = state, row.created_at


def test_it_comes_after_the_first_outputs_of_all_films_and_before_the_rest(
    app: Flask, make: Make, tiny_film: Path
) -> None:
    for _ in range(2):
        arriving.arrive(app, make.entry(), tiny_film)
    arriving.work(app, times=2)
    with app.app_context():
        groups = [o.group for o in db.session.scalars(film_queue.due())]
    order = list(dict.fromkeys(groups))
    assert order == ["first", "examination", "rest"]


def test_what_is_good_to_know_joins_the_findings_and_nobody_is_written_to(
    app: Flask, entry: Entry, tiny_film: Path, finds: Finds
) -> None:
    finds(DARK_PARTS)
    film_id = played(app, entry, tiny_film)
    before = mails(app)
    arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert [(f.code, f.severity) for f in film.findings] == [
        ("low_resolution", Severity.NOTE),
        ("black_parts", Severity.NOTE),
    ]
    assert film.findings[1].data == {"count": 1, "times_s": [2.0]}
    (row,) = (o for o in film.outputs if o.name == "examination")
    assert (row.state, row.cpu_s, row.storage_key) == (OutputState.READY, 0.5, "")
    assert row.details == {"kind": "examination", "duration_s": 2.0}
    assert mails(app) == before


def test_something_to_fix_is_told_by_mail_and_stands_in_the_way(
    app: Flask, make: Make, entry: Entry, tiny_film: Path, finds: Finds
) -> None:
    finds(BLACK)
    film_id = played(app, entry, tiny_film)
    letters.deliver(app)
    set_state(make, entry, EntryState.SUBMITTED)
    arriving.work(app)
    (mail,) = letters.deliver(app)
    assert "There is only black to see in your film" in " ".join(mail.get_content().split())
    with app.app_context():
        film = db.session.get_one(FilmVersion, film_id)
        assert film.state is FilmState.PLAYABLE
        assert "finding_open" in eligibility.obstacles(film.entry)
        assert desk.open_findings(film.entry.edition) == 1


def test_what_the_verdict_has_found_is_not_repeated(
    app: Flask, entry: Entry, tiny_film: Path, finds: Finds
) -> None:
    finds(codes.finding("low_resolution", width=1, height=1))
    film_id = played(app, entry, tiny_film)
    arriving.work(app)
    (found,) = arriving.film_of(app, film_id).findings
    assert found.data == {"width": 160, "height": 120}


@pytest.mark.parametrize("state", [EntryState.DRAFT, EntryState.SUBMITTED])
def test_a_film_beyond_use_is_refused_and_no_more_is_made_of_it(
    app: Flask, make: Make, entry: Entry, tiny_film: Path, finds: Finds, state: EntryState
) -> None:
    finds(BEYOND_USE)
    film_id = played(app, entry, tiny_film)
    letters.deliver(app)
    set_state(make, entry, state)
    arriving.work(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.REFUSED
    assert ("mostly_damaged", Severity.REFUSED) in [(f.code, f.severity) for f in film.findings]
    assert {o.group for o in film.outputs} == {"verdict", "first", "examination"}
    (mail,) = letters.deliver(app)
    assert "Most of your film is damaged" in " ".join(mail.get_content().split())
    with app.app_context():
        assert film_queue.due_count(1) == 0


def test_another_file_may_follow_a_film_beyond_use(
    app: Flask, entry: Entry, tiny_film: Path, finds: Finds, monkeypatch: pytest.MonkeyPatch
) -> None:
    finds(BEYOND_USE)
    film_id = played(app, entry, tiny_film)
    arriving.work(app)
    monkeypatch.undo()
    assert arriving.arrive(app, entry, tiny_film) == film_id
    arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    assert (film.state, [f.code for f in film.findings]) == (FilmState.COMPLETE, ["low_resolution"])


def test_where_staff_have_decided_no_machine_refuses(
    app: Flask, make: Make, entry: Entry, tiny_film: Path, finds: Finds
) -> None:
    finds(BEYOND_USE)
    film_id = played(app, entry, tiny_film)
    set_state(make, entry, EntryState.ELIGIBLE)
    arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.COMPLETE
    assert ("mostly_damaged", Severity.TO_FIX) in [(f.code, f.severity) for f in film.findings]
    staff = make.staff()
    with app.app_context():
        row = db.session.get_one(Entry, entry.id)
        assert desk.open_findings(row.edition) == 1
        with pytest.raises(Refused, match="entry_not_ready"):
            eligibility.decide(row, EntryState.ELIGIBLE, "", db.session.merge(staff))


def test_rows_that_are_being_made_of_a_film_beyond_use_belong_to_nobody_any_more(
    app: Flask, entry: Entry, tiny_film: Path, finds: Finds
) -> None:
    finds(BEYOND_USE)
    film_id = played(app, entry, tiny_film)
    with app.app_context():
        work = film_queue.lease(film_id, "rest")
        assert work is not None
        db.session.commit()
    arriving.work(app)
    with app.app_context():
        assert Output.query.filter(Output.id.in_(work.ids)).count() == 0
    assert arriving.film_of(app, film_id).state is FilmState.REFUSED


def test_a_film_plays_and_is_complete_though_nobody_could_examine_it(
    app: Flask, entry: Entry, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise ProcessKilled(tool="ffmpeg", signal=9)

    monkeypatch.setattr(examination, "examine", fail)
    film_id = played(app, entry, tiny_film)
    for _ in range(app.extensions["plural_settings"].make_attempts + 1):
        arriving.work(app)
        arriving.set_outputs(app, film_id, due_at=None)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.COMPLETE
    assert [(o.state, o.reason) for o in film.outputs if o.group == "examination"] == [
        (OutputState.FAILED, "process_killed")
    ]


def test_a_file_that_decodes_for_a_moment_only_is_found_out(
    app: Flask, entry: Entry, tmp_path: Path
) -> None:
    """The whole way with a real file: taken in at first sight, playable, then refused."""
    damaged = Films(tmp_path / "films").get("mostly_damaged")
    film_id = arriving.arrive(app, entry, damaged)
    arriving.work(app)
    assert arriving.film_of(app, film_id).state is FilmState.ACCEPTED
    arriving.work_off(app)
    film = arriving.film_of(app, film_id)
    assert film.state is FilmState.REFUSED
    assert "mostly_damaged" in [f.code for f in film.findings]
