"""What needs a person today: an edition in numbers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from plural import clock
from plural.actions.film_order import wanted
from plural.extensions import db
from plural.models.consent import Use
from plural.models.entry import (
    Entry,
    EntryState,
    FilmState,
    FilmVersion,
    Finding,
    Person,
    Severity,
    Track,
    TrackOrigin,
    TrackState,
)
from plural.models.festival import Edition
from plural.models.media import Output, OutputState
from plural.models.rounds import Round
from plural.models.scoring import DONE, Assignment, AssignmentState
from plural.rights import OUTSIDE_STATES, is_agreed

UNFINISHED = (OutputState.WAITING, OutputState.MAKING)


@dataclass(frozen=True)
class RoundProgress:
    """How far a round is: assignments scored or abstained from, of all that stand."""

    round: Round
    scored: int
    total: int


@dataclass(frozen=True)
class Queue:
    """Outputs that are still to be made and since when the oldest waits, and those given up."""

    length: int
    oldest_at: datetime | None
    failed: int


def entries_by_state(edition: Edition) -> dict[EntryState, int]:
    counted = dict.fromkeys(EntryState, 0)
    rows = db.session.execute(
        select(Entry.state, func.count())
        .where(Entry.edition_id == edition.id)
        .group_by(Entry.state)
    )
    return counted | dict(rows.all())


def waiting_for_consent(edition: Edition) -> list[Entry]:
    """Submitted entries that nobody may watch yet because somebody has not signed."""
    persons = selectinload(Entry.persons)
    submitted = Entry.query.filter_by(edition_id=edition.id, state=EntryState.SUBMITTED).options(
        selectinload(Entry.versions),
        selectinload(Entry.works),
        persons.selectinload(Person.consents),
        persons.selectinload(Person.guardians),
    )
    now = clock.now()
    return [e for e in submitted if not is_agreed(e.film_to_sign, Use.JURY, None, now)]


def open_findings(edition: Edition) -> int:
    """Findings that somebody has to decide on; some come when an entry is eligible already."""
    return count(
        select(func.count(Finding.id))
        .join(FilmVersion)
        .join(Entry)
        .where(
            Entry.edition_id == edition.id,
            Entry.state.in_([EntryState.SUBMITTED, EntryState.ELIGIBLE]),
            Finding.severity == Severity.TO_FIX,
            Finding.admitted_at.is_(None),
        )
    )


def unread_machine_tracks(edition: Edition) -> int:
    return count(
        select(func.count(Track.id))
        .join(FilmVersion)
        .join(Entry)
        .where(
            Entry.edition_id == edition.id,
            Track.origin == TrackOrigin.MACHINE,
            Track.state == TrackState.UNREVIEWED,
        )
    )


def failed_films(edition: Edition) -> int:
    return count(
        select(func.count(FilmVersion.id.distinct()))
        .join(Entry)
        .outerjoin(Output)
        .where(
            Entry.edition_id == edition.id,
            (FilmVersion.state == FilmState.FAILED) | (Output.state == OutputState.FAILED),
            wanted(),
        )
    )


def films_under_way(edition: Edition) -> list[FilmVersion]:
    """Film versions that are being worked on or have failed, failed ones first."""
    found = (
        FilmVersion.query.join(Entry)
        .filter(
            Entry.edition_id == edition.id,
            FilmVersion.outputs.any(Output.state.in_([*UNFINISHED, OutputState.FAILED])),
        )
        .options(selectinload(FilmVersion.outputs), selectinload(FilmVersion.entry))
        .all()
    )
    return sorted(found, key=lambda film: (not failures(film), film.id))


def failures(film: FilmVersion) -> list[Output]:
    return [o for o in film.outputs if o.state is OutputState.FAILED]


def queue() -> Queue:
    """The whole installation's queue: workers serve all festivals.

    What nobody wants any more is not counted.
    """
    row = db.session.execute(
        select(
            func.count(Output.id).filter(Output.state.in_(UNFINISHED)),
            func.min(Output.created_at).filter(Output.state.in_(UNFINISHED)),
            func.count(Output.id).filter(Output.state == OutputState.FAILED),
        )
        .join(FilmVersion)
        .join(Entry)
        .where(wanted())
    ).one()
    return Queue(*row)


def films_by_state() -> dict[FilmState, int]:
    """The whole installation's film versions that are still of use."""
    rows = db.session.execute(
        select(FilmVersion.state, func.count())
        .join(Entry)
        .where(wanted())
        .group_by(FilmVersion.state)
    )
    return dict.fromkeys(FilmState, 0) | dict(rows.all())


def rounds(edition: Edition) -> list[RoundProgress]:
    found = Round.query.filter_by(edition_id=edition.id).order_by(Round.id).all()
    return [progress(round_) for round_ in found]


def progress(round_: Round) -> RoundProgress:
    rows = db.session.execute(
        select(Assignment.state, func.count())
        .join(FilmVersion)
        .join(Entry)
        .where(Assignment.round_id == round_.id, *nothing_keeps_back())
        .group_by(Assignment.state)
    )
    counted = dict(rows.all())
    scored = sum(counted.get(state, 0) for state in DONE)
    return RoundProgress(round_, scored, scored + counted.get(AssignmentState.ASSIGNED, 0))


def nothing_keeps_back() -> list[ColumnElement[bool]]:
    """Conditions on an entry: neither sealed nor withheld, and in the festival."""
    here = Entry.state.not_in(OUTSIDE_STATES)
    return [Entry.sealed_at.is_(None), Entry.withheld_at.is_(None), here]


def count(query: object) -> int:
    return db.session.scalar(query) or 0  # type: ignore[call-overload]
