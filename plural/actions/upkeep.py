"""What must be put right from time to time: work nobody was woken for, files nobody needs."""

import logging
import re
import shutil
from pathlib import Path

from plural import outbox
from plural.actions import film_queue
from plural.actions import outbox as deeds
from plural.actions.fenced_file import FENCE
from plural.actions.film_files import (
    VERDICT,
    scratch_root,
    source_key,
    storage,
    tidy,
    uploads_root,
)
from plural.extensions import db
from plural.models.media import Output, OutputState, Upload, UploadState

log = logging.getLogger(__name__)

MOST_WAKE_UPS = 4
UNFINISHED_WRITE_LIVES_S = 86400
FILM = re.compile(r"films/(\d+)/")
DUE = {outbox.OUTBOX: deeds.due_count, outbox.FILMS: film_queue.due_count}


def wake_workers() -> int:
    """Call workers for work that is due but has no wake-up; returns how often it called."""
    called = 0
    for queue, due_count in DUE.items():
        due = due_count(MOST_WAKE_UPS)
        db.session.rollback()
        for _ in range(due - outbox.rq_queue(queue).count if due else 0):
            outbox.wake(queue)
            called += 1
    return called


def sweep_uploads() -> int:
    """Remove bytes of uploads that were given up or erased, or whose film is stored.

    Returns how many files. An upload's row is committed before its file is made; so the files are
    listed before a transaction sees the rows, and one that no row names is nobody's.
    """
    db.session.rollback()
    left = [path for path in list(uploads_root().iterdir()) if not is_needed(path)]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def is_needed(path: Path) -> bool:
    upload = Upload.query.filter_by(code=path.name.removesuffix(FENCE)).first()
    if upload is None:
        return False
    if upload.state is UploadState.COMPLETE:
        return is_to_be_judged(upload)
    return upload.state is UploadState.OPEN


def is_to_be_judged(upload: Upload) -> bool:
    """Whether the film's verdict is on this upload and has not stored its source yet."""
    verdict = Output.query.filter_by(
        film_version_id=upload.film_version_id, name=VERDICT, recipe_digest=upload.code
    ).first()
    key = source_key(upload.film_version_id, upload.code)
    return verdict is not None and verdict.film.storage_key != key


def sweep_scratch() -> int:
    """Remove folders of attempts that are over; returns how many.

    The folders are listed before the rows are read: an attempt that begins later is not among
    them.
    """
    folders = list(scratch_root().iterdir())
    living = {
        f"{row.film_version_id}-{row.group}-{row.lease_token}"
        for row in Output.query.filter_by(state=OutputState.MAKING)
    }
    left = [path for path in folders if path.name not in living]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def sweep_storage() -> int:
    """Remove writes that killed processes left unfinished; returns how many."""
    return storage().sweep(UNFINISHED_WRITE_LIVES_S)


def sweep_films() -> int:
    """Tidy every film that has files in storage; returns how many films those are.

    Each worker tidies the films that it has worked on; what one that was killed has stored of a
    film that nobody works on again is found here.
    """
    ids = sorted({int(found[1]) for key in storage().keys("films/") if (found := FILM.match(key))})
    for film_id in ids:
        tidy(film_id)
    return len(ids)
