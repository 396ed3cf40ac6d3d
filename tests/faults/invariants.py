"""What must be true of films after every fault, whatever happened; the numbers are the rules'."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from redis import RedisError

from plural import audit, clock, failures, outbox
from plural.actions import film_files, film_queue, upkeep
from plural.actions import outbox as outbox_deeds
from plural.extensions import db
from plural.models.audit import OutboxItem, TaskEvent
from plural.models.entry import Entry, FilmState, FilmVersion
from plural.models.festival import Festival
from plural.models.media import Output, OutputState
from tests import arriving
from tests.running import command_of, is_ffmpeg, is_living, until

PLAYS = (FilmState.PLAYABLE, FilmState.COMPLETE)
ENDS = (FilmState.COMPLETE, FilmState.FAILED, FilmState.REFUSED)
MEDIA = ("launcher.py", "bwrap --unshare", "ffmpeg", "ffprobe")
LONGEST_WAIT = timedelta(minutes=2)
LEADS_ON = {FilmState.RECEIVED: film_files.VERDICT, FilmState.ACCEPTED: film_files.FIRST}


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


def left_over(app: Flask) -> list[str]:
    """Command lines of media processes, or of what starts and holds them, on this app's files.

    Files are what tells them from those of tests that run at the same time.
    """
    folder = f"{app.extensions['plural_settings'].instance_folder.parent}/"
    commands = [command_of(process) for process in psutil.process_iter() if is_living(process)]
    return [one for one in commands if folder in one and any(word in one for word in MEDIA)]


def assert_no_process_left(app: Flask) -> None:
    """Nothing goes on for a worker that is gone, nor for one that has done its work."""
    until(lambda: not left_over(app))


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
    """I2: what somebody waits for is leased, or a worker is called for it within two minutes."""
    with app.app_context():
        latest = clock.database_now(db.session) + LONGEST_WAIT
        for output in unfinished_outputs():
            assert_goes_on(output, latest, film_queue.unordered)
        for item in unfinished_items():
            again = (
                timedelta(seconds=outbox_deeds.LONGEST_PAUSE_S) if item.attempts else timedelta()
            )
            assert_goes_on(item, latest + again, outbox_deeds.due)
        for film in FilmVersion.query.join(Entry).filter(film_queue.wanted()):
            assert_is_worked_on(film)
        db.session.rollback()
        if answers(app):
            assert_workers_are_called()


def unfinished_outputs() -> list[Output]:
    wanted = Output.query.join(FilmVersion).join(Entry).filter(film_queue.wanted())
    return list(wanted.filter(Output.state.in_(film_queue.UNFINISHED)))


def unfinished_items() -> list[OutboxItem]:
    """What is left of the outbox; what was tried for a day is given up."""
    untried = OutboxItem.attempts < outbox_deeds.MOST_ATTEMPTS
    return list(OutboxItem.query.filter(OutboxItem.done_at.is_(None), untried))


def assert_goes_on(row: Output | OutboxItem, latest: datetime, due: Callable[[], Any]) -> None:
    """A lease that runs out is taken back; what is due is what workers are called for."""
    if row.leased_until is not None:
        assert row.leased_until <= latest, row
    elif row.due_at is None or row.due_at <= clock.database_now(db.session):
        assert row in db.session.scalars(due()).all(), row
    else:
        assert row.due_at <= latest, row


def assert_is_worked_on(film: FilmVersion) -> None:
    """A film that is on its way has an unfinished output that leads on, or is done or given up."""
    unfinished = {o.group for o in film.outputs if o.state in film_queue.UNFINISHED}
    if film.state in LEADS_ON:
        assert LEADS_ON[film.state] in unfinished, film.state
    if film.state is FilmState.PLAYABLE:
        rest = {o.state for o in film.outputs if o.group in film_files.LADDER}
        assert rest != {OutputState.READY}


def answers(app: Flask) -> bool:
    """Whether there is a Redis; tests that take single steps have none."""
    try:
        return bool(app.extensions["plural_redis"].ping())
    except RedisError:
        return False


def assert_workers_are_called() -> None:
    """After a round of the scheduler there is a wake-up for all that is due."""
    upkeep.wake_workers()
    for queue, due_count in upkeep.DUE.items():
        until(lambda queue=queue, due_count=due_count: is_called_for(queue, due_count))


def is_called_for(queue: str, due_count: Callable[[int], int]) -> bool:
    """No transaction stays open between two looks: it would keep the workers from their work."""
    try:
        return bool(outbox.rq_queue(queue).count or not due_count(1))
    finally:
        db.session.rollback()


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
    assert_no_process_left(app)
    assert_audit_verifies(app)
