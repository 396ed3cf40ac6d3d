"""The verdict on a film that has arrived: its source is stored, read and judged, in seconds."""

from dataclasses import dataclass
from pathlib import Path

from media_pipeline import codes, examination
from media_pipeline.errors import DigestMismatch, ObjectMissing
from media_pipeline.storage import StoredObject, fetch
from media_pipeline.verdict import Limits, Verdict, inspect
from plural import clock, leases, lifecycle, mailing, outbox
from plural.actions import film_queue
from plural.actions.carrying import SourceAway
from plural.actions.film_files import (
    EXAMINATION,
    made_from,
    settings,
    source_key,
    storage,
    uploads_root,
)
from plural.actions.film_queue import Work
from plural.extensions import db
from plural.holding import Hold
from plural.models.entry import FilmState, FilmVersion, Finding, Severity
from plural.models.media import Output, OutputState, Upload


@dataclass(frozen=True)
class Incoming:
    """A file that has arrived: where its bytes came in, and the key that they get."""

    path: Path
    key: str
    limits: Limits


def judge(work: Work, held: Hold, folder: Path) -> None:
    """Store and judge the source, then publish the verdict. Raises LeaseLost and MediaError."""
    incoming = read_incoming(work)
    path, stored = bring_in(incoming, folder)
    held.check()
    verdict = inspect(path, incoming.limits, on_progress=held.note)
    held.check()
    if verdict.sha256 != stored.sha256:
        raise DigestMismatch(key=incoming.key, expected=stored.sha256, found=verdict.sha256)
    publish(work, incoming.key, verdict)


def read_incoming(work: Work) -> Incoming:
    """What the rows say; no transaction is left open."""
    row = db.session.get(Output, work.ids[0])
    if row is None:
        raise leases.LeaseLost(ids=list(work.ids), token=work.token)
    upload = Upload.query.filter_by(code=row.recipe_digest).one()
    edition = row.film.entry.edition
    path = uploads_root() / upload.code
    if upload.length_bytes == 0:
        path.touch()
    limits = Limits(
        min_duration_s=edition.min_duration_s,
        max_duration_s=edition.max_duration_s,
        max_size_bytes=settings().max_upload_bytes,
    )
    incoming = Incoming(path, source_key(work.film_id, upload.code), limits)
    db.session.rollback()
    return incoming


def bring_in(incoming: Incoming, folder: Path) -> tuple[Path, StoredObject]:
    """Put the file into storage, unless it is there: an earlier attempt or its host has done it.

    Raises SourceAway when it is on the disk of another host.
    """
    if incoming.path.exists():
        return incoming.path, storage().put_file(incoming.key, incoming.path)
    path = folder / "source"
    try:
        return path, fetch(storage(), incoming.key, path)
    except ObjectMissing as error:
        raise SourceAway(key=incoming.key) from error


def publish(work: Work, key: str, verdict: Verdict) -> None:
    """Write the verdict down and say what has to be made. Raises LeaseLost."""
    leases.release(Output, work.ids, work.token)
    film = film_queue.lock_film(work.film_id)
    row = db.session.get_one(Output, work.ids[0])
    lifecycle.move(
        row,
        OutputState.READY,
        by=None,
        progress=1.0,
        cpu_s=Output.cpu_s + verdict.cpu_s,
        ready_at=clock.now(),
    )
    write_findings(film, verdict)
    lifecycle.move(
        film,
        FilmState.ACCEPTED if verdict.accepted else FilmState.REFUSED,
        by=None,
        storage_key=key,
        size_bytes=verdict.size_bytes,
        sha256=verdict.sha256,
        crc32=verdict.crc32,
        duration_s=verdict.source.duration_s if verdict.source else None,
        source=verdict.source.as_data() if verdict.source else None,
    )
    if verdict.accepted:
        plan(film, verdict)
    else:
        mailing.post(film.entry.edition.festival_id, "film_checked", film_version_id=film.id)
    outbox.commit()


def write_findings(film: FilmVersion, verdict: Verdict) -> None:
    Finding.query.filter_by(film_version_id=film.id).delete()
    db.session.add_all(row_of(film, found, Severity(found.severity)) for found in verdict.findings)


def row_of(film: FilmVersion, found: codes.Finding, severity: Severity) -> Finding:
    return Finding(
        film_version_id=film.id, code=found.code, severity=severity, data=dict(found.data)
    )


def plan(film: FilmVersion, verdict: Verdict) -> None:
    """Everything that is to be made from the film, as rows."""
    if verdict.source is None:
        return
    for planned in made_from(verdict.source):
        film_queue.add(film, planned.group, planned.name, planned.recipe_digest, planned.media_type)
    film_queue.add(film, EXAMINATION, EXAMINATION, examination.recipe_digest())
    outbox.wake_after_commit(outbox.FILMS)
