"""A worker: takes wake-ups from Redis, each in a forked work-horse that dies with it."""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask
from redis import Redis, RedisError
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

from media_pipeline import capabilities, sandbox
from media_pipeline.errors import BinaryMissing
from plural import SettingWrong, create_app, outbox
from plural.extensions import db
from plural.pdeath import die_with

log = logging.getLogger(__name__)

HEARTBEAT_S = 30
MONITORING_S = 10
MAINTENANCE_S = 60


class FestivalWorker(Worker):
    """RQ's worker with the application made once and handed to every work-horse."""

    max_connection_wait_time = 5.0

    def __init__(self, app: Flask, connection: Redis) -> None:
        super().__init__(
            list(outbox.QUEUES),
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=HEARTBEAT_S,
            job_monitoring_interval=MONITORING_S,
            maintenance_interval=MAINTENANCE_S,
            log_job_description=False,
        )
        self.app = app

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        die_with(int(self.pid or 0))
        super().main_work_horse(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Runs in the work-horse's main thread, the one that ffmpeg dies with."""
        with self.app.app_context():
            db.engine.dispose(close=False)
            done: bool = super().perform_job(job, queue, execution)
            return done

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Redis may be away while a film is made: the work is leased in SQL, so it goes on."""
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:
            self.log.warning("no heartbeat, Redis is away: %s", error)


def tell_how_films_are_kept(versions: Mapping[str, str]) -> None:
    """Log what keeps media processes apart here, and a warning where nothing does."""
    told = sandbox.describe()
    log.info("worker %s: %s, %s", os.getpid(), told, versions)
    if (told["isolation"], told["network"]) == ("limits only", "open"):
        log.warning(
            "Films are not kept in a cage here: what a hostile one makes of ffmpeg could read this "
            "machine's files and reach its network; install bubblewrap before you run workers."
        )


def main() -> int:
    try:
        app = create_app()
        modern = bool(app.extensions["plural_settings"].modern_rungs)
        versions = capabilities.check(modern=modern)
    except (SettingWrong, BinaryMissing) as error:
        print(error, file=sys.stderr)
        return 1
    tell_how_films_are_kept(versions)
    connection: Any = Redis.from_url(app.extensions["plural_settings"].redis_url)
    FestivalWorker(app, connection).work(logging_level=app.extensions["plural_settings"].log_level)
    return 0


if __name__ == "__main__":
    sys.exit(main())
