"""The examination of a film that was accepted: what a whole decode finds joins its findings."""

from dataclasses import dataclass
from pathlib import Path

from media_pipeline import codes, examination
from media_pipeline.examination import Examination
from media_pipeline.source import Source
from plural import clock, leases, lifecycle, mailing, outbox
from plural.actions import film_queue, making, verdicts
from plural.actions.film_queue import UNFINISHED, Work
from plural.extensions import db
from plural.holding import Hold, Unwanted
from plural.models.entry import EntryState, FilmState, FilmVersion, Finding, Severity
from plural.models.media import Output, OutputState

UNDECIDED = (EntryState.DRAFT, EntryState.SUBMITTED)
TOLD = (FilmState.PLAYABLE, FilmState.COMPLETE)


@dataclass(frozen=True)
class Task:
    """The film's file in storage, and what is known of it."""

    source_key: str
    source: Source


def examine(work: Work, held: Hold, folder: Path) -> None:
    """Decode the source to its end and publish what was found.

    Raises LeaseLost, Unwanted and MediaError.
    """
    task = read_task(work)
    path = making.bring_out(task.source_key, folder)
    examined = examination.examine(path, task.source, on_progress=held.note)
    held.check()
    publish(work, examined)


def read_task(work: Work) -> Task:
    """What the rows say; no transaction is left open."""
    row = db.session.get(Output, work.ids[0])
    if row is None:
        raise leases.LeaseLost(ids=list(work.ids), token=work.token)
    task = Task(row.film.storage_key, Source.from_data(row.film.source or {}))
    db.session.rollback()
    return task


def publish(work: Work, examined: Examination) -> None:
    """Write down what was found; a film beyond use is refused.

    Its maker hears of what is to be fixed, if the mail that says that it plays did not wait for
    this. Raises LeaseLost, and Unwanted when the film was replaced at the last moment.
    """
    leases.release(Output, work.ids, work.token)
    film = film_queue.lock_film(work.film_id)
    if not film_queue.is_wanted(film.id):
        raise Unwanted()
    row = db.session.get_one(Output, work.ids[0])
    lifecycle.move(
        row,
        OutputState.READY,
        by=None,
        progress=1.0,
        details={"kind": "examination", "duration_s": examined.duration_s},
        cpu_s=Output.cpu_s + examined.cpu_s,
        ready_at=clock.now(),
    )
    added = add_findings(film, examined.findings)
    if Severity.REFUSED in added:
        refuse(film)
    if Severity.REFUSED in added or (Severity.TO_FIX in added and film.state in TOLD):
        mailing.post(film.entry.edition.festival_id, "film_checked", film_version_id=film.id)
    outbox.commit()


def add_findings(film: FilmVersion, found: tuple[codes.Finding, ...]) -> set[Severity]:
    """Write down what the verdict had not found yet, and return the severities of that."""
    known = {row.code for row in Finding.query.filter_by(film_version_id=film.id)}
    new = [(each, severity_for(film, each)) for each in found if each.code not in known]
    db.session.add_all(verdicts.row_of(film, each, severity) for each, severity in new)
    db.session.flush()
    return {severity for _each, severity in new}


def severity_for(film: FilmVersion, found: codes.Finding) -> Severity:
    """As the code says; but where staff have decided on the entry, no machine refuses its film."""
    severity = Severity(found.severity)
    decided = film.entry.state not in UNDECIDED
    return Severity.TO_FIX if decided and severity is Severity.REFUSED else severity


def refuse(film: FilmVersion) -> None:
    """Take the film back and stop making it; another file may be sent in its place."""
    unfinished = Output.query.filter(
        Output.film_version_id == film.id, Output.state.in_(UNFINISHED)
    )
    unfinished.delete()
    lifecycle.move(film, FilmState.REFUSED, by=None)
