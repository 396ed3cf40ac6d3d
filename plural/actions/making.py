"""Making the outputs of one group of a film, and publishing them once."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from media_pipeline import encode, ladder
from media_pipeline.encode import MadeOutput
from media_pipeline.errors import DigestMismatch, NotAsPromised, ObjectMissing
from media_pipeline.ladder import Group, PlannedOutput
from media_pipeline.metering import metered
from media_pipeline.source import Source
from media_pipeline.storage import StoredObject, fetch
from media_pipeline.verify import verify
from plural import clock, leases, lifecycle, mailing, outbox
from plural.actions import film_queue, refreshing
from plural.actions.film_files import ANEW, FIRST, LADDER, attempt_prefix, storage
from plural.actions.film_queue import Work
from plural.extensions import db
from plural.holding import Hold, Unwanted
from plural.models.entry import FilmState, FilmVersion
from plural.models.media import Output, OutputState

_VERIFIED_AT_ONCE = 2


@dataclass(frozen=True)
class Task:
    """What is to be made from which source, and what the keys of the results begin with.

    `shared_sound_key` names the film's sound in storage, where it has been made by today's recipe.
    It is `patient` when nobody waits for it: it then gives way to all other work.
    """

    source_key: str
    source: Source
    planned: tuple[PlannedOutput, ...]
    prefix: str
    shared_sound_key: str | None
    patient: bool


def make(work: Work, held: Hold, folder: Path) -> None:
    """Make, verify, store and publish the group. Raises LeaseLost, Unwanted and MediaError."""
    task = read_task(work)
    source_path = bring_out(task.source_key, folder)
    made_folder = folder / "made"
    made_folder.mkdir()
    made = encode.make(
        ladder_group(work.group),
        task.planned,
        source_path,
        task.source,
        made_folder,
        on_progress=held.note,
        shared_sound=bring_shared_sound(task, folder),
        patient=task.patient,
    )
    verified, made = verify_all(task, made, held)
    publish(work, task, made, store_all(task, made, verified, held))


def ladder_group(group: str) -> Group:
    """The group of the ladder that rows of `group` are in, made for the first time or anew."""
    return cast("Group", group.removeprefix(ANEW))


def read_task(work: Work) -> Task:
    """What the rows say; no transaction is left open."""
    rows = Output.query.filter(Output.id.in_(work.ids)).all()
    if len(rows) != len(work.ids):
        raise leases.LeaseLost(ids=list(work.ids), token=work.token)
    film, names = rows[0].film, {row.name for row in rows}
    source = Source.from_data(film.source or {})
    group = ladder_group(work.group)
    planned = tuple(
        p for p in ladder.plan(source, modern=True) if p.name in names and p.group == group
    )
    if len(planned) != len(names):
        raise NotAsPromised("not_in_the_ladder", names=sorted(names - {p.name for p in planned}))
    task = Task(
        source_key=film.storage_key,
        source=source,
        planned=planned,
        prefix=attempt_prefix(film.storage_key, work.group, work.token),
        shared_sound_key=shared_sound_key(film, source),
        patient=work.group != FIRST,
    )
    db.session.rollback()
    return task


def shared_sound_key(film: FilmVersion, source: Source) -> str | None:
    digests = {p.recipe_digest for p in ladder.plan(source) if p.name == ladder.SHARED_SOUND}
    ready = (
        o.storage_key
        for o in film.outputs
        if o.state is OutputState.READY and o.recipe_digest in digests
    )
    return next(ready, None)


def bring_shared_sound(task: Task, folder: Path) -> Path | None:
    """The sound as a file of this machine; None where it has to be made."""
    if task.shared_sound_key is None:
        return None
    path = folder / ladder.SHARED_SOUND
    try:
        fetch(storage(), task.shared_sound_key, path)
    except ObjectMissing:
        return None
    return path


def bring_out(key: str, folder: Path) -> Path:
    """The source as a file of this machine."""
    path = storage().local_path(key)
    if path is None:
        path = folder / "source"
        fetch(storage(), key, path)
    return path


def verify_all(
    task: Task, made: Sequence[MadeOutput], held: Hold
) -> tuple[dict[str, str], tuple[MadeOutput, ...]]:
    """SHA-256 of each output, and the outputs with what verifying has cost added.

    Two at once: most of what it runs has one thread, and somebody may be waiting for the film.
    """
    digests, charged = {}, []
    with ThreadPoolExecutor(_VERIFIED_AT_ONCE) as pool:
        # Each in a copy of this context, so that the work's meter counts what it takes as well.
        begun = [pool.submit(copy_context().run, verify_one, task, each, made) for each in made]
        try:
            for each, found in zip(made, begun, strict=True):
                digests[each.name], cpu_s = found.result()
                charged.append(replace(each, cpu_s=each.cpu_s + cpu_s))
                held.check()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return digests, tuple(charged)


def verify_one(task: Task, made: MadeOutput, others: Sequence[MadeOutput]) -> tuple[str, float]:
    """SHA-256 of an output that holds, and the processor's seconds that it took to see that."""
    with metered() as meter:
        verified = verify(made, task.source, others, patient=task.patient)
    return verified.sha256, meter.cpu_s


def store_all(
    task: Task, made: Sequence[MadeOutput], verified: Mapping[str, str], held: Hold
) -> dict[str, StoredObject]:
    """Raises DigestMismatch if bytes have changed since they were verified."""
    stored = {}
    for each in made:
        stored[each.name] = store(f"{task.prefix}{each.name}", each, verified[each.name])
        held.check()
    return stored


def store(key: str, made: MadeOutput, sha256: str) -> StoredObject:
    stored = storage().put_file(key, made.path)
    if stored.sha256 != sha256:
        raise DigestMismatch(key=key, expected=sha256, found=stored.sha256)
    return stored


def publish(
    work: Work, task: Task, made: Sequence[MadeOutput], stored: Mapping[str, StoredObject]
) -> None:
    """Make the outputs available, all at once, if the lease is still ours.

    Those that they take the place of go in the same transaction. Raises LeaseLost, and Unwanted
    when the film has been replaced or withdrawn at the last moment.
    """
    leases.release(Output, work.ids, work.token)
    film = film_queue.lock_film(work.film_id)
    if not film_queue.is_wanted(film.id):
        raise Unwanted()
    rows = {row.name: row for row in Output.query.filter(Output.id.in_(work.ids))}
    refreshing.retire_replaced(film, list(rows.values()))
    digests = {planned.name: planned.recipe_digest for planned in task.planned}
    for each in made:
        publish_one(rows[each.name], each, stored[each.name], digests[each.name])
    refreshing.retire_unplanned(film, task.source)
    if work.group == FIRST:
        # What has waited for it is more than this worker alone can do at once.
        outbox.wake_after_commit(outbox.FILMS)
    if advance(film):
        mailing.post(film.entry.edition.festival_id, "film_checked", film_version_id=film.id)
    outbox.commit()


def publish_one(row: Output, made: MadeOutput, stored: StoredObject, recipe_digest: str) -> None:
    """The digest is that of the recipe in force when it was made, not when it was planned."""
    lifecycle.move(
        row,
        OutputState.READY,
        by=None,
        group=ladder_group(row.group),
        recipe_digest=recipe_digest,
        progress=1.0,
        media_type=made.media_type,
        storage_key=stored.key,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        crc32=stored.crc32,
        details=made.details,
        cpu_s=Output.cpu_s + made.cpu_s,
        ready_at=clock.now(),
    )


def advance(film: FilmVersion) -> bool:
    """Move a film on as far as its outputs allow; returns whether it has become playable."""
    outputs = Output.query.filter_by(film_version_id=film.id).all()
    missing = {o.group for o in outputs if o.group in LADDER and o.state is not OutputState.READY}
    became_playable = film.state is FilmState.ACCEPTED and FIRST not in missing
    if became_playable:
        lifecycle.move(film, FilmState.PLAYABLE, by=None)
    if film.state is FilmState.PLAYABLE and not missing:
        lifecycle.move(film, FilmState.COMPLETE, by=None)
    return became_playable
