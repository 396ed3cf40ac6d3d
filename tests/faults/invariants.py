"""What must be true of films after every fault, whatever happened; the numbers are the rules'."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import psutil
from flask import Flask

from plural import audit, clock, failures
from plural.actions import film_files, film_queue, upkeep
from plural.extensions import db
from plural.models.audit import TaskEvent
from plural.models.entry import Entry, FilmState, FilmVersion
from plural.models.festival import Festival
from plural.models.media import Output, OutputState
from tests import arriving
from tests.running import command_of, is_ffmpeg, is_living, until

PLAYS = (FilmState.PLAYABLE, FilmState.COMPLETE)
ENDS = (FilmState.COMPLETE, FilmState.FAILED, FilmState.REFUSED)
LONGEST_WAIT = timedelta(minutes=2)


def ffmpegs_in(folder: Path, word: str = "ffmpeg") -> list[psutil.Process]:
    """Living processes with `word` in their command that work on files of this instance folder.

    Those that confine and guard an ffmpeg are among them.
    """
    return [
        process
        for process in psutil.process_iter()
        if word in command_of(process) and is_living(process)
        if str(folder) in command_of(process) or folder in places_of(process)
    ]


def places_of(process: psutil.Process) -> list[Path]:
    """The folder that a process works in, and those above: ffmpeg names its files from there."""
    try:
        place = Path(process.cwd())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []
    return [place, *place.parents]


def encoders_in(folder: Path) -> list[psutil.Process]:
    """The ffmpegs themselves that encode: one for each film that is being made."""
    return [process for process in ffmpegs_in(folder, "libx264") if is_ffmpeg(process)]


def assert_no_byte_lost(app: Flask, film_id: int, sent: Path) -> None:
    """I1: what was acknowledged is in storage as it was sent."""
    film = arriving.film_of(app, film_id)
    digest = sha256(sent.read_bytes()).hexdigest()
    assert app.extensions["plural_storage"].stat(film.storage_key).sha256 == digest
    assert film.sha256 == digest


def assert_plays_or_says_why(app: Flask, film_id: int) -> None:
    """I2."""
    film = arriving.film_of(app, film_id)
    reasons = {o.reason for o in film.outputs if o.state is OutputState.FAILED}
    assert film.state in PLAYS or (reasons and reasons <= set(failures.SENTENCES))


def assert_nothing_stuck(app: Flask) -> None:
    """I2: what somebody waits for is leased or due within two minutes."""
    with app.app_context():
        latest = clock.database_now(db.session) + LONGEST_WAIT
        unfinished = (
            Output.query.join(FilmVersion)
            .join(Entry)
            .filter(Output.state.in_(film_queue.UNFINISHED), film_queue.wanted())
        )
        for row in unfinished:
            until_when = row.leased_until if row.state is OutputState.MAKING else row.due_at
            assert until_when is None or until_when <= latest, row.name


def published(app: Flask, film_id: int) -> dict[str, int]:
    """How often each output that exists became ready.

    SQLite gives the numbers of erased rows out again, so only what is younger than the row counts.
    """
    with app.app_context():
        rows = Output.query.filter_by(film_version_id=film_id).all()
        return {
            row.name: TaskEvent.query.filter_by(
                subject=f"output:{row.id}", state=OutputState.READY.value
            )
            .filter(TaskEvent.at >= row.created_at)
            .count()
            for row in rows
        }


def assert_nothing_orphaned(app: Flask, film_id: int) -> None:
    """I4: after the sweeps, storage holds what rows name, and the disk nothing."""
    with app.app_context():
        upkeep.sweep_films()
        upkeep.sweep_uploads()
        upkeep.sweep_scratch()
        db.session.rollback()
        left = [*film_files.scratch_root().iterdir(), *film_files.uploads_root().iterdir()]
        film = db.session.get(FilmVersion, film_id)
        outputs = Output.query.filter_by(film_version_id=film_id).all()
        named = {film.storage_key if film else "", *(o.storage_key for o in outputs)}
    assert left == []
    assert arriving.stored_keys(app, film_id) == named - {""}


def assert_audit_verifies(app: Flask) -> None:
    """I5."""
    with app.app_context():
        assert [audit.first_broken(festival) for festival in Festival.query] == [None]


def assert_made_once(app: Flask, sent: Path, *film_ids: int) -> None:
    """The films are complete in the end, each output published once, and all invariants hold.

    Nothing else may be under way: whatever lies on the disk counts as left over.
    """
    for film_id in film_ids:
        until(lambda film_id=film_id: arriving.film_of(app, film_id).state in ENDS)
        assert arriving.film_of(app, film_id).state is FilmState.COMPLETE
        until(lambda film_id=film_id: not arriving.is_under_way(app, film_id))
    for film_id in film_ids:
        assert set(published(app, film_id).values()) == {1}
        assert_no_byte_lost(app, film_id, sent)
        assert_plays_or_says_why(app, film_id)
        assert_nothing_orphaned(app, film_id)
    assert_nothing_stuck(app)
    assert_audit_verifies(app)
