"""Work that must follow a deed: a row in the deed's transaction, a wake-up after it."""

import logging
from typing import Any

from flask import current_app
from redis import Redis, RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from plural import clock
from plural.extensions import db
from plural.models.audit import OutboxItem

log = logging.getLogger(__name__)

OUTBOX, FILMS = "outbox", "films"
QUEUES = (OUTBOX, FILMS)
JOBS = {OUTBOX: "plural.jobs.do_outbox", FILMS: "plural.jobs.do_films"}
TIMEOUTS_S = {OUTBOX: 120, FILMS: 3600}


def add(festival_id: int, kind: str, **payload: Any) -> None:
    """Note that `kind` must be done with these ids. `plural.actions.outbox` knows the kinds."""
    db.session.add(
        OutboxItem(festival_id=festival_id, kind=kind, payload=payload, created_at=clock.now())
    )
    wake_after_commit(OUTBOX)


def wake_after_commit(queue: str) -> None:
    """Have a worker look at `queue` once this transaction is committed."""
    db.session.info.setdefault("wake", []).append(queue)


def commit() -> None:
    """Commit, then wake workers for what the transaction has left to do."""
    db.session.commit()
    for queue in db.session.info.pop("wake", []):
        wake(queue)


def wake(queue: str) -> None:
    """Enqueue one wake-up. If Redis is away the scheduler's reconciler does it later."""
    try:
        rq_queue(queue).enqueue(
            JOBS[queue], job_timeout=TIMEOUTS_S[queue], result_ttl=0, failure_ttl=3600
        )
    except RedisError as error:
        log.warning("wake-up for %s is left to the reconciler: %s", queue, error)


def workers() -> int | None:
    """How many workers there are on all hosts; None if Redis is away."""
    try:
        return int(Worker.count(connection=connection()))
    except RedisError:
        return None


def rq_queue(name: str) -> Queue:
    return Queue(name, connection=connection(), serializer=JSONSerializer)


def connection() -> Redis:
    redis: Redis = current_app.extensions["plural_redis"]
    return redis
