"""Films from their last uploaded byte to outputs that play."""

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import delete

from plural import clock, lifecycle, outbox
from plural.actions import carrying, examining, film_queue, making, mastering, verdicts
from plural.actions.carrying import SourceAway
from plural.actions.film_files import EXAMINATION, MASTER, VERDICT, scratch, tidy
from plural.actions.film_queue import Work, retry
from plural.extensions import db
from plural.holding import Hold, Unwanted
from plural.leases import LeaseLost
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState, Upload
from plural.models.people import Account

log = logging.getLogger(__name__)

__all__ = ["do_next", "more_is_due", "receive", "retry"]


def receive(film: FilmVersion, upload: Upload, by: Account) -> None:
    """The whole file is here: it has to be judged, and what was made of an older one goes."""
    lifecycle.move(
        film, FilmState.RECEIVED, by=by, file_name=upload.file_name, received_at=clock.now()
    )
    db.session.execute(delete(Output).where(Output.film_version_id == film.id))
    film_queue.add(film, VERDICT, VERDICT, upload.code)
    db.session.flush()
    outbox.wake_after_commit(outbox.FILMS)


def do_next() -> None:
    """Judge or make what is next, whatever comes of it; commits by itself.

    No transaction is open while ffmpeg runs.
    """
    work = film_queue.lease_next()
    if work is None:
        return
    log.info("film %s: %s, attempt %s", work.film_id, work.group, work.attempt)
    deed = deed_for(work.group)
    try:
        with film_queue.charged(work), scratch(work.name) as folder, film_queue.hold(work) as held:
            deed(work, held, folder)
    except LeaseLost:
        db.session.rollback()
        log.info("film %s: %s is somebody else's now", work.film_id, work.group)
    except Unwanted:
        film_queue.give_back(work, OutputState.WAITING, "unwanted")
    except SourceAway as away:
        carrying.wait_or_give_up(work, away)
    except Exception as error:
        log.warning("film %s: %s failed: %s", work.film_id, work.group, error, exc_info=True)
        film_queue.take_failure(work, error)
    tidy(work.film_id)


def deed_for(group: str) -> Callable[[Work, Hold, Path], None]:
    """What is done about a group of outputs."""
    if group.startswith(MASTER):
        return mastering.make
    return {VERDICT: verdicts.judge, EXAMINATION: examining.examine}.get(group, making.make)


def more_is_due() -> bool:
    found = film_queue.due_count(1) > 0
    db.session.rollback()
    return found
