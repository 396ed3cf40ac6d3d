"""Reminding those who still have something to judge: in their language, once a day at most."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from plural import audit, clock, lifecycle, mailing
from plural.actions import jury_results, panel, picks
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.extensions import db
from plural.models.juries import BallotCount
from plural.models.people import Account, Membership
from plural.models.picks import Pick
from plural.models.rounds import Round, RoundKind, RoundState, Seat
from plural.models.scoring import Assignment, AssignmentState

PAUSE = timedelta(hours=24)


def remind(round_: Round, by: Account | None, seats: Iterable[Seat] | None = None) -> int:
    """Write to everybody of an open round, or of these seats, who is not done; how many those are.

    Nobody who has been reminded of any round in the last 24 hours is written to.
    """
    hold_alone(round_)
    if round_.state is not RoundState.OPEN or is_over(round_):
        raise Refused("round_not_open")
    waiting = {seat.id for seat in (unfinished(round_) if seats is None else seats)}
    chosen = [seat for seat in panel.seats(round_) if seat.id in waiting and panel.is_living(seat)]
    due = left_alone(chosen)
    for seat in due:
        seat.reminded_at = clock.now()
        mailing.post(round_.edition.festival_id, "round_reminder", seat_id=seat.id)
    if due:
        db.session.flush()
        audit.append(
            round_.edition.festival,
            "round.reminded",
            lifecycle.subject(round_),
            by,
            {"people": len(due)},
        )
    return len(due)


def is_over(round_: Round) -> bool:
    """Whether nobody can do anything any more: a second ballot may end after its round's time."""
    now = clock.now()
    second = BallotCount.query.filter_by(round_id=round_.id)
    return round_.closes_at <= now and not second.filter(BallotCount.second_closes_at > now).first()


def remind_one(seat: Seat, by: Account) -> int:
    """Write to one person whose seat is not done, under the same rules; how many those are."""
    round_ = seat.round
    return remind(round_, by, [one for one in unfinished(round_) if one.id == seat.id])


def may_be_reminded(round_: Round) -> set[int]:
    """Ids of the seats of a round to which a reminder would be sent now."""
    living = [seat for seat in unfinished(round_) if panel.is_living(seat)]
    recent = lately_reminded({s.membership.account_id for s in living if s.membership.account_id})
    return {seat.id for seat in living if seat.membership.account_id not in recent}


def left_alone(seats: list[Seat]) -> list[Seat]:
    """One seat of each person whom nobody has reminded of late; the persons are locked."""
    people = sorted({seat.membership.account_id for seat in seats if seat.membership.account_id})
    db.session.execute(
        select(Account.id).where(Account.id.in_(people)).order_by(Account.id).with_for_update()
    )
    done = lately_reminded(people)
    found: dict[int | None, Seat] = {}
    for seat in seats:
        if seat.membership.account_id not in done:
            found.setdefault(seat.membership.account_id, seat)
    return list(found.values())


def lately_reminded(people: Iterable[int]) -> set[int | None]:
    """Those of these accounts who were reminded of any round within the pause."""
    return set(
        db.session.scalars(
            select(Membership.account_id)
            .join(Seat, Seat.membership_id == Membership.id)
            .where(Membership.account_id.in_(people), Seat.reminded_at > clock.now() - PAUSE)
        )
    )


# ----- who is not done


def unfinished(round_: Round) -> list[Seat]:
    return {
        RoundKind.PRESELECTION: with_films_left,
        RoundKind.INTERNATIONAL_JURY: without_ballot,
        RoundKind.PARTNER_PICKS: without_pick,
    }[round_.kind](round_)


def with_films_left(round_: Round) -> list[Seat]:
    """Those with a film to judge that may be shown; others are nobody's shortfall."""
    shown = [film.id for film in panel.films(round_, clock.now())]
    ids = set(
        db.session.scalars(
            select(Assignment.seat_id).where(
                Assignment.round_id == round_.id,
                Assignment.state == AssignmentState.ASSIGNED,
                Assignment.film_version_id.in_(shown),
            )
        )
    )
    return [seat for seat in panel.seats(round_) if seat.id in ids]


def without_ballot(round_: Round) -> list[Seat]:
    """Members whose vote, minutes, or yes to the minutes an award still waits for."""
    open_ones = [one for one in jury_results.standings(round_) if one.is_open]
    seats = panel.seats(round_)
    return [seat for seat in seats if any(one.waits_for(seat) for one in open_ones)]


def without_pick(round_: Round) -> list[Seat]:
    """Who speaks for a partner that has chosen nothing for a recognition and still can."""
    spoken = {p.award_id for p in Pick.query.filter_by(round_id=round_.id)}
    silent = [award for award in picks.awards(round_) if award.id not in spoken]
    wanting = {a.organisation_id for a in silent if picks.is_open(round_, a)}
    speaking = [seat for seat in panel.seats(round_) if picks.may_pick(seat)]
    return [seat for seat in speaking if seat.membership.organisation_id in wanting]
