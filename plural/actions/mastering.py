"""Making one master that somebody has asked for."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from media_pipeline import masters as pipeline
from media_pipeline.delivery import PROFILES
from media_pipeline.digests import digests_of
from media_pipeline.errors import NotAsPromised
from media_pipeline.ladder import Group, PlannedOutput
from media_pipeline.masters import Order, Text
from media_pipeline.source import Source
from plural import leases
from plural.actions import making, tracks
from plural.actions.film_files import attempt_prefix
from plural.actions.film_queue import Work
from plural.actions.making import Task
from plural.actions.masters import digest_of, order_for, texts_of
from plural.extensions import db
from plural.holding import Hold
from plural.models.entry import Track
from plural.models.media import Output


@dataclass(frozen=True)
class Job:
    """What master is to be made of which film."""

    task: Task
    order: Order


def make(work: Work, held: Hold, folder: Path) -> None:
    """Make, check, store and publish a master and its report.

    Raises LeaseLost, Unwanted and MediaError.
    """
    job = read_job(work)
    source_path = making.bring_out(job.task.source_key, folder)
    made_folder = folder / "made"
    made_folder.mkdir()
    made = pipeline.make(
        job.order, source_path, job.task.source, made_folder, on_progress=held.note
    )
    stored = {}
    for each in made:
        held.check()
        sha256 = digests_of(each.path).sha256
        stored[each.name] = making.store(f"{job.task.prefix}{each.name}", each, sha256)
    held.check()
    making.publish(work, job.task, made, stored)


def read_job(work: Work) -> Job:
    """What the rows say; no transaction is left open. Raises NotAsPromised("text_gone")."""
    rows = Output.query.filter(Output.id.in_(work.ids)).all()
    if len(rows) != len(work.ids):
        raise leases.LeaseLost(ids=list(work.ids), token=work.token)
    film, asked = rows[0].film, rows[0].details
    profile = PROFILES[asked["profile"]]
    track = db.session.get(Track, asked["track"]) if asked["track"] else None
    if asked["track"] and track not in texts_of(film):
        raise NotAsPromised("text_gone", group=work.group)
    text = Text(track.language, tracks.read(track)) if track else None
    digest = digest_of(profile, track)
    task = Task(
        source_key=film.storage_key,
        source=Source.from_data(film.source or {}),
        planned=tuple(
            PlannedOutput(row.name, cast("Group", work.group), row.media_type, digest)
            for row in rows
        ),
        prefix=attempt_prefix(film.storage_key, work.group, work.token),
        shared_sound_key=None,
        patient=True,
    )
    job = Job(task, replace(order_for(profile, track), text=text))
    db.session.rollback()
    return job
