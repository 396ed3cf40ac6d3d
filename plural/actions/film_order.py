"""Whose film is next: a query over rows, so that it is true whenever somebody asks."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from plural import clock
from plural.actions.film_files import FIRST
from plural.extensions import db
from plural.models.consent import Consent
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Edition
from plural.models.media import Output, OutputState
from plural.rights import OUTSIDE_STATES

# From the tenth film of one account on all are equal.
LAST_TURN = 9
NEAR_DEADLINE = timedelta(days=1)


def wanted() -> ColumnElement[bool]:
    """The condition under which a film version's outputs are still of use.

    Its entry is not out of the festival, and no newer version has taken its place: one that
    somebody has signed for may be before a jury or with a distributor, and stays of use. For
    queries over FilmVersion and Entry.
    """
    newer = aliased(FilmVersion)
    replaced = (
        select(newer.id)
        .where(newer.entry_id == FilmVersion.entry_id, newer.number > FilmVersion.number)
        .correlate(FilmVersion)
        .exists()
    )
    signed = (
        select(Consent.id)
        .where(Consent.film_version_id == FilmVersion.id)
        .correlate(FilmVersion)
        .exists()
    )
    return and_(Entry.state.not_in(OUTSIDE_STATES), or_(~replaced, signed))


def leaves_a_worker(patient_rank: int, workers: int | None) -> ColumnElement[bool]:
    """The condition that somebody stays free for a film that arrives.

    Work from `patient_rank` on goes on for long and nobody waits for it: of several workers, one
    does none of it. `workers` is None where nobody knows how many there are. For queries over
    Output.
    """
    if workers is None or patient_count(patient_rank) < max(1, workers - 1):
        return true()
    return Output.rank < patient_rank


def patient_count(patient_rank: int) -> int:
    """How many pieces of patient work somebody is at."""
    pieces = select(Output.film_version_id, Output.group).where(
        Output.state == OutputState.MAKING,
        Output.rank >= patient_rank,
        Output.leased_until > clock.database_now(db.session),
    )
    return len(db.session.execute(pieces.distinct()).all())


def first_come_first() -> ColumnElement[bool]:
    """The condition that an output does not keep a worker from its own film's first outputs.

    While these are being made, all else that the film needs can wait. For queries over Output.
    """
    first = aliased(Output)
    being_made = select(first.id).where(
        first.film_version_id == Output.film_version_id,
        first.group == FIRST,
        first.state == OutputState.MAKING,
    )
    return or_(Output.group == FIRST, ~being_made.correlate(Output).exists())


def in_order(outputs: Select[Any]) -> Select[Any]:
    """Rank a query over Output, FilmVersion and Entry, the most urgent output first.

    By kind of work (`Output.rank`); within it, near the deadline of an edition, the first version
    of each film before versions that replace one; then the first film of each account before
    anybody's second, and so on; then by age.
    """
    places, near = turns(), near_deadline()
    turn = func.coalesce(places.c.turn, 0)
    return (
        outputs.join(Edition, Edition.id == Entry.edition_id)
        .outerjoin(places, places.c.film_id == FilmVersion.id)
        .order_by(
            Output.rank,
            case((and_(near, FilmVersion.number == 1), 0), else_=1),
            case((turn > LAST_TURN, LAST_TURN), else_=turn),
            Output.id,
        )
    )


def turns() -> Any:
    """How many films the same account had sent to the edition before each one (`turn`).

    Films that are made already count too: who has sent many does not come to the front again
    with each one that is done.
    """
    place = func.row_number().over(
        partition_by=(Entry.edition_id, Entry.account_id),
        order_by=(FilmVersion.received_at, FilmVersion.id),
    )
    return (
        select(FilmVersion.id.label("film_id"), (place - 1).label("turn"))
        .join(Entry)
        .where(FilmVersion.received_at.is_not(None), wanted())
        .subquery()
    )


def near_deadline() -> ColumnElement[bool]:
    """Whether the edition's deadline is less than a day away, before or behind.

    What was begun before the deadline may arrive after it.
    """
    now = clock.now()
    return Edition.entries_close_at.between(now - NEAR_DEADLINE, now + NEAR_DEADLINE)
