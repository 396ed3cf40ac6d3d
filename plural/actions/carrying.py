"""Films that arrived on one host and are judged on another are carried into storage when asked for.

An upload lies on the disk of the host that took it. A worker of that host judges it from there; a
worker of another host finds the film neither on its own disk nor in storage yet, and notes that in
the verdict's row. Each host's scheduler looks for such rows about files that it has.
"""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from media_pipeline.errors import MediaError
from plural import clock, database, outbox
from plural.actions import film_queue
from plural.actions.film_files import VERDICT, source_key, storage, uploads_root
from plural.actions.film_queue import Work
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.media import Output, OutputState

AWAY = "source_away"
SHORTEST_PAUSE_S = 2
LONGEST_PAUSE_S = 60
# Then the host that has it is taken to be gone for good.
PATIENCE = timedelta(days=1)
# Carrying a film takes seconds when its host is there.
SOON = timedelta(minutes=1)


class SourceAway(MediaError):
    """The film's file is on the disk of another host and not in storage yet (data: key)."""

    default_code = AWAY


def wait_or_give_up(work: Work, away: SourceAway) -> None:
    """Give the verdict back until its film is in storage, which is no failed attempt.

    When that has not come for a day the film has failed.
    """
    db.session.rollback()
    begun_at = db.session.scalar(select(Output.created_at).where(Output.id == work.ids[0]))
    waited = clock.now() - begun_at if begun_at else timedelta()
    if waited > PATIENCE:
        film_queue.take_failure(work, away)
        return
    pause_s = min(LONGEST_PAUSE_S, max(SHORTEST_PAUSE_S, waited.total_seconds() / 4))
    film_queue.give_back(
        work, OutputState.WAITING, AWAY, timedelta(seconds=pause_s), attempts=work.attempt - 1
    )


def is_overdue(film: FilmVersion) -> bool:
    """Whether the film waits for the host that took it, longer than carrying it would take."""
    latest = clock.now() - SOON
    return any(
        row.name == VERDICT
        and (row.state, row.reason) == (OutputState.WAITING, AWAY)
        and row.created_at < latest
        for row in film.outputs
    )


def carry() -> int:
    """Put films that workers of other hosts wait for into storage; returns how many it were."""
    asked = Output.query.filter_by(name=VERDICT, state=OutputState.WAITING, reason=AWAY)
    found = [(row.id, row.film_version_id, row.recipe_digest) for row in asked.order_by(Output.id)]
    db.session.rollback()
    here = [each for each in found if path_of(each[2]).exists()]
    for row_id, film_id, code in here:
        storage().put_file(source_key(film_id, code), path_of(code))
        have_judged(row_id)
    return len(here)


def path_of(upload_code: str) -> Path:
    return uploads_root() / upload_code


def have_judged(row_id: int) -> None:
    """The verdict need not wait any longer."""
    with database.writing():
        db.session.execute(
            update(Output)
            .where(Output.id == row_id, Output.state == OutputState.WAITING)
            .values(due_at=None, reason="")
        )
    outbox.wake(outbox.FILMS)
