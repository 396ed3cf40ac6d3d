"""Where the files of a film lie, in storage and while they are made."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from sqlalchemy.exc import OperationalError

from media_pipeline import ladder
from media_pipeline.errors import MediaError
from media_pipeline.ladder import PlannedOutput
from media_pipeline.source import Source
from media_pipeline.storage import Storage
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.media import Output, OutputState
from plural.settings import Settings

log = logging.getLogger(__name__)

VERDICT, FIRST, EXAMINATION, REST = "verdict", "first", "examination", "rest"
# What a film needs to be complete.
LADDER = (FIRST, REST)
# What it gets later, where the installation asks for it.
MODERN = "modern"
# Groups of masters, which somebody has asked for, begin with this; each master has its own.
MASTER = "master-"
# Groups of outputs that take the place of others begin with this.
ANEW = "anew-"
SOURCE = "source"


def is_master(output: Output) -> bool:
    """Whether it is a master, or the report on one."""
    return output.group.startswith(MASTER)


def made_from(source: Source) -> tuple[PlannedOutput, ...]:
    """All outputs that this installation makes from a film."""
    return ladder.plan(source, modern=bool(settings().modern_rungs))


def uploads_of(film_id: int) -> str:
    """What the keys of a film's source and outputs begin with."""
    return f"films/{film_id}/uploads/"


def source_key(film_id: int, upload_code: str) -> str:
    return f"{uploads_of(film_id)}{upload_code}/{SOURCE}"


def attempt_prefix(source: str, group: str, token: int) -> str:
    """What the keys begin with that one attempt on a group stores; beside the source's key."""
    return f"{source.removesuffix(SOURCE)}{group}-{token}/"


def tidy(film_id: int) -> None:
    """Remove from storage what lost and dead attempts and older uploads have left of a film.

    The keys are listed before the rows are read: what a living attempt stores later is not among
    them.
    """
    try:
        keys = list(storage().keys(uploads_of(film_id)))
        kept = kept_prefixes(film_id)
        db.session.rollback()
        for key in keys:
            if not key.startswith(kept):
                storage().delete(key)
    except (MediaError, OperationalError) as error:
        log.warning("film %s is not tidied: %s", film_id, error)


def kept_prefixes(film_id: int) -> tuple[str, ...]:
    """Keys that rows name, and beginnings of those that living attempts may write."""
    film = db.session.get(FilmVersion, film_id)
    if film is None:
        return ()
    if film.entry.sealed_at is not None:
        # A sealed film may be evidence: nothing of it goes, not even what was replaced.
        return (uploads_of(film_id),)
    kept = {film.storage_key}
    for row in Output.query.filter_by(film_version_id=film_id):
        kept.add(row.storage_key)
        if row.group == VERDICT and row.state is not OutputState.READY:
            kept.add(source_key(film_id, row.recipe_digest))
        elif row.group != VERDICT and row.state is OutputState.MAKING:
            kept.add(attempt_prefix(film.storage_key, row.group, row.lease_token))
    return tuple(kept - {""})


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """An empty folder for one attempt, removed afterwards."""
    path = scratch_root() / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def scratch_root() -> Path:
    return private_folder("scratch")


def uploads_root() -> Path:
    """Where films lie until they are whole and stored."""
    return private_folder("uploads")


def private_folder(name: str) -> Path:
    path = settings().instance_folder / name
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def storage() -> Storage:
    found: Storage = current_app.extensions["plural_storage"]
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["plural_settings"]
    return found
