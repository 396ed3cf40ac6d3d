"""Which film is next, who works on it, and how that ends.

What must exist is a row of `Output`; a worker leases the waiting rows of one film's group that SQL
ranks next, and publishes them if the lease is still its own.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from media_pipeline.errors import MediaError, ScratchFull
from media_pipeline.metering import metered
from plural import clock, leases, lifecycle, mailing, outbox
from plural.actions.fenced_file import FULL
from plural.actions.film_files import (
    ANEW,
    EXAMINATION,
    FIRST,
    MASTER,
    MODERN,
    REST,
    VERDICT,
    settings,
)
from plural.actions.film_order import first_come_first, in_order, leaves_a_worker, wanted
from plural.extensions import db
from plural.holding import Hold
from plural.leases import LeaseLost
from plural.models.entry import Entry, FilmState, FilmVersion
from plural.models.media import Output, OutputState
from plural.models.people import Account

log = logging.getLogger(__name__)

RANKS = {
    VERDICT: 0,
    FIRST: 10,
    EXAMINATION: 20,
    REST: 30,
    ANEW + FIRST: 90,
    MODERN: 85,
    ANEW + REST: 90,
    ANEW + MODERN: 95,
}
# After all that every film needs, before what is only made better.
MASTERS_RANK = 80
RETRY_PAUSE_S = 5
# Whatever waits goes on within two minutes, after many attempts as well.
LONGEST_RETRY_PAUSE_S = 100
UNEXPECTED = "unexpected"
KILLED = "killed"
UNFINISHED = (OutputState.WAITING, OutputState.MAKING)


@dataclass(frozen=True)
class Work:
    """The rows of one group of a film, leased under one fencing token."""

    film_id: int
    group: str
    ids: tuple[int, ...]
    token: int
    attempt: int

    @property
    def name(self) -> str:
        return f"{self.film_id}-{self.group}-{self.token}"


# ----- who is next


def add(film: FilmVersion, group: str, name: str, recipe_digest: str, media_type: str = "") -> None:
    """Something has to exist."""
    db.session.add(
        Output(
            film_version_id=film.id,
            name=name,
            group=group,
            rank=rank_of(group),
            recipe_digest=recipe_digest,
            media_type=media_type,
            created_at=clock.now(),
        )
    )


def rank_of(group: str) -> int:
    """Its place among the kinds of work, the lowest first."""
    return MASTERS_RANK if group.startswith(MASTER) else RANKS[group]


def due() -> Any:
    """A query for the outputs that can be worked on now, in their order."""
    return in_order(unordered())


def unordered() -> Any:
    """A query for the outputs that can be worked on now."""
    return (
        select(Output)
        .join(FilmVersion)
        .join(Entry)
        .where(
            Output.state == OutputState.WAITING,
            leases.due(Output),
            wanted(),
            first_come_first(),
            leaves_a_worker(RANKS[EXAMINATION], outbox.workers()),
        )
    )


def due_count(most: int) -> int:
    """How many pieces of work are due, counted up to `most`."""
    pieces = unordered().with_only_columns(Output.film_version_id, Output.group)
    return len(db.session.execute(pieces.distinct().limit(most)).all())


def lease_next() -> Work | None:
    """Lease what is next, committed; None when nothing is due."""
    while (chosen := db.session.scalars(due().limit(1)).first()) is not None:
        work = lease(chosen.film_version_id, chosen.group)
        outbox.commit()
        if work is not None:
            return work
    db.session.rollback()
    return None


def lease(film_id: int, group: str) -> Work | None:
    """Lease all due rows of the group; None when somebody else was quicker."""
    same = unordered().where(Output.film_version_id == film_id, Output.group == group)
    rows = db.session.scalars(same.order_by(Output.id)).all()
    ids = tuple(row.id for row in rows)
    token = leases.take(Output, ids, settings().lease_s) if rows else None
    if token is None:
        db.session.rollback()
        return None
    for row in rows:
        lifecycle.move(
            row, OutputState.MAKING, by=None, progress=0.0, reason="", begun_at=clock.now()
        )
    return Work(film_id, group, ids, token, max(row.attempts for row in rows))


def hold(work: Work) -> Hold:
    """Keeps the lease while the work goes on, and ends it when nobody wants its film any more."""
    return Hold(Output, work.ids, work.token, settings().lease_s, lambda: is_wanted(work.film_id))


def is_wanted(film_id: int) -> bool:
    """Whether what is made of this film version is still of use."""
    found = select(FilmVersion.id).join(Entry).where(FilmVersion.id == film_id, wanted())
    return db.session.scalar(found) is not None


@contextmanager
def charged(work: Work) -> Iterator[None]:
    """Add to the rows what the processes inside have cost if they end without a result.

    Publishing adds the cost of a result. What a worker has spent that was killed nobody knows.
    """
    with metered() as meter:
        try:
            yield
        except Exception:
            db.session.rollback()
            share_s = meter.cpu_s / len(work.ids)
            rows = update(Output).where(Output.id.in_(work.ids))
            db.session.execute(rows.values(cpu_s=Output.cpu_s + share_s))
            db.session.commit()
            raise


# ----- how it ends


def lock_film(film_id: int) -> FilmVersion:
    """The film's row as it is now, locked, so that two groups that end at once see each other."""
    return db.session.get_one(FilmVersion, film_id, with_for_update=True, populate_existing=True)


def take_failure(work: Work, error: Exception) -> None:
    """Try again later if that can help, else give the work up with the reason."""
    curable = error.curable if isinstance(error, MediaError) else True
    again = curable and work.attempt < settings().make_attempts
    give_back(work, OutputState.WAITING if again else OutputState.FAILED, reason_of(error))


def reason_of(error: Exception) -> str:
    """The code of an error, by which staff read what to do."""
    if isinstance(error, MediaError):
        return error.code
    full = isinstance(error, OSError) and error.errno in FULL
    return ScratchFull.default_code if full else UNEXPECTED


def give_back(
    work: Work, to: OutputState, reason: str, pause: timedelta | None = None, **facts: Any
) -> None:
    """End the lease without a result; nothing happens when it is somebody else's by now.

    `pause` is how long it is left alone, without one longer after each attempt.
    """
    db.session.rollback()
    due_at = clock.database_now(db.session) + (pause or retry_pause(work.attempt))
    try:
        leases.release(Output, work.ids, work.token, reason=reason, due_at=due_at, **facts)
    except LeaseLost:
        db.session.rollback()
        log.info("film %s: %s is somebody else's now", work.film_id, work.group)
        return
    leave(work.ids, to)
    outbox.commit()


def retry_pause(attempt: int) -> timedelta:
    return timedelta(seconds=min(LONGEST_RETRY_PAUSE_S, RETRY_PAUSE_S * 4 ** (attempt - 1)))


def leave(ids: tuple[int, ...], to: OutputState) -> None:
    """Bring rows that nobody makes any more into `to`.

    A film whose verdict or first outputs are given up has failed, and its maker is told; one that
    plays stays playable.
    """
    rows = Output.query.filter(Output.id.in_(ids)).all()
    for row in rows:
        lifecycle.move(row, to, by=None)
    film = lock_film(rows[0].film_version_id)
    given_up = to is OutputState.FAILED and rows[0].group in (VERDICT, FIRST)
    if given_up and film.state in (FilmState.RECEIVED, FilmState.ACCEPTED):
        lifecycle.move(film, FilmState.FAILED, by=None)
        mailing.post(film.entry.edition.festival_id, "film_checked", film_version_id=film.id)


def recover() -> int:
    """Take back what workers that are gone have left; returns how many pieces of work."""
    expired = Output.query.filter(
        Output.state == OutputState.MAKING,
        Output.leased_until < clock.database_now(db.session),
    )
    pieces: dict[tuple[int, str, int], list[Output]] = {}
    for row in expired:
        pieces.setdefault((row.film_version_id, row.group, row.lease_token), []).append(row)
    for (_film_id, _group, token), rows in pieces.items():
        take_back(rows, token)
    return len(pieces)


def take_back(rows: list[Output], token: int) -> None:
    ids = tuple(row.id for row in rows)
    spent = max(row.attempts for row in rows) >= settings().make_attempts
    if leases.revoke(Output, ids, token, reason=KILLED, due_at=None):
        leave(ids, OutputState.FAILED if spent else OutputState.WAITING)


def retry(film: FilmVersion, by: Account) -> None:
    """Make once more what has failed, from a first attempt on, as if it had just been queued."""
    failed = Output.query.filter_by(film_version_id=film.id, state=OutputState.FAILED).all()
    for row in failed:
        lifecycle.move(
            row,
            OutputState.WAITING,
            by=by,
            attempts=0,
            due_at=None,
            reason="",
            created_at=clock.now(),
        )
    if film.state is FilmState.FAILED and failed:
        judged = all(row.group != VERDICT for row in failed)
        lifecycle.move(film, FilmState.ACCEPTED if judged else FilmState.RECEIVED, by=by)
    outbox.wake_after_commit(outbox.FILMS)
