"""The nightly top-up: whoever dropped out is replaced in open rounds, work that is done stays."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from plural import clock
from plural.actions import assignments, reminders
from plural.actions.locks import hold_alone
from plural.extensions import db
from plural.models.rounds import Round, RoundKind, RoundState, Seat
from plural.models.scoring import Assignment

HOUR = 2


def top_up_due() -> int:
    """Top up every open preselection whose films are given out, once in each night.

    How many reviews have changed hands.
    """
    rounds = Round.query.filter_by(kind=RoundKind.PRESELECTION, state=RoundState.OPEN)
    return sum(top_up(round_) for round_ in rounds.order_by(Round.id) if is_due(round_))


def is_due(round_: Round) -> bool:
    """Whether the night has come in the edition's zone and the round was not topped up in it."""
    zone, now = ZoneInfo(round_.edition.time_zone), clock.now()
    if now.astimezone(zone).hour < HOUR or now >= round_.closes_at:
        return False
    last = round_.topped_up_at or first_given_at(round_)
    return last is not None and last.astimezone(zone).date() < now.astimezone(zone).date()


def first_given_at(round_: Round) -> datetime | None:
    """When staff first gave films out; on that day they look at what they do themselves."""
    found: datetime | None = db.session.scalar(
        select(func.min(Assignment.assigned_at)).where(Assignment.round_id == round_.id)
    )
    return found


def top_up(round_: Round) -> int:
    hold_alone(round_)
    if not is_due(round_):
        return 0
    round_.topped_up_at = now = clock.now()
    if not assignments.propose(round_).changes:
        return 0
    given = assignments.assign(round_, None)
    got = Assignment.query.filter(
        Assignment.round_id == round_.id, Assignment.assigned_at >= now
    ).with_entities(Assignment.seat_id)
    reminders.remind(round_, None, Seat.query.filter(Seat.id.in_(got)).all())
    return given.new + given.released
