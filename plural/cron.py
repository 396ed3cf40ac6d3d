"""What runs by the clock: lost work is found, what has expired goes, announcements leave."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable

from flask import Flask

from plural import SettingWrong, create_app, database, outbox
from plural.actions import (
    announcing,
    audit_heads,
    carrying,
    film_queue,
    masters,
    reopened_films,
    topping_up,
    upkeep,
    uploads,
)
from plural.extensions import db

log = logging.getLogger(__name__)

# Tasks that change rows; each gets a transaction of its own.
WRITING: tuple[Callable[[], int], ...] = (
    film_queue.recover,
    uploads.expire,
    announcing.announce_due,
    reopened_films.announce_due,
    masters.sweep,
    topping_up.top_up_due,
    audit_heads.mail_due,
)
READING: tuple[Callable[[], int], ...] = (
    upkeep.sweep_uploads,
    upkeep.sweep_scratch,
    upkeep.wake_workers,
)
# Tasks that ask the storage, which may be far away and paid by the question.
RARE: tuple[Callable[[], int], ...] = (upkeep.sweep_storage, upkeep.sweep_films)
RARE_PAUSE_S = 3600
# Tasks that may take minutes; they run beside the others.
SLOW: tuple[Callable[[], int], ...] = (carrying.carry,)


def do_round(app: Flask, tasks: tuple[Callable[[], int], ...] | None = None) -> None:
    """Every task once; one that fails is logged and keeps none of the others from running."""
    for task in tasks or (*WRITING, *READING):
        with app.app_context():
            try:
                done = run(task)
            except Exception:
                log.exception("%s failed", task.__name__)
            else:
                log.log(logging.INFO if done else logging.DEBUG, "%s: %s", task.__name__, done)


def run(task: Callable[[], int]) -> int:
    database.set_reading(task not in WRITING)
    try:
        done = task()
        outbox.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        database.set_reading(False)
    return done


def main() -> int:
    try:
        app = create_app()
    except SettingWrong as error:
        print(error, file=sys.stderr)
        return 1
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    beside = threading.Thread(target=do_slow_rounds, args=(app, ended), daemon=True)
    beside.start()
    rare_at = time.monotonic()
    while not ended.is_set():
        do_round(app)
        if time.monotonic() >= rare_at:
            do_round(app, RARE)
            rare_at += RARE_PAUSE_S
        ended.wait(pause_s(app))
    return 0


def do_slow_rounds(app: Flask, ended: threading.Event) -> None:
    while not ended.wait(pause_s(app)):
        do_round(app, SLOW)


def pause_s(app: Flask) -> float:
    return float(app.extensions["plural_settings"].cron_pause_s)


if __name__ == "__main__":
    sys.exit(main())
