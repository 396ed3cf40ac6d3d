"""Films that staff give to a juror by hand: runs of the assignment keep them and count them."""

from plural import audit, clock, lifecycle
from plural.actions import assignments, panel
from plural.actions.locks import hold_alone, hold_open
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.rounds import Round, Seat
from plural.models.scoring import BEFORE_JUROR, Assignment, AssignmentState

# Why a pair is not to be given out although it is no conflict, as `panel.refused` says it.
REFUSED = {"abstained": "juror_abstains", "language": "juror_cannot_follow"}


def given(round_: Round) -> list[Assignment]:
    """What staff have given by hand and still stands."""
    rows = [a for a in panel.assignments(round_) if a.by_hand and a.state in BEFORE_JUROR]
    return sorted(rows, key=lambda a: (assignments.by_name(a.seat), a.film.entry.title))


def give(film: FilmVersion, seat: Seat, by: Account) -> Assignment:
    """Put a film before a juror, also beyond what they take on.

    Raises Refused with what stands against it: it is oneself, a conflict with its reason, somebody
    of the same organisation who has the film, a juror who has left, abstains or has it already; in
    a round that was reopened also that the film has all declared reviews, as staff have seen scores
    by then.
    """
    round_ = seat.round
    if seat.membership.account == by:
        raise Refused("about_yourself")
    assignments.hold(round_)
    check(film, seat)
    now = clock.now()
    former = Assignment.query.filter_by(seat_id=seat.id, film_version_id=film.id).first()
    if former is None:
        former = Assignment(round=round_, seat=seat, film=film, assigned_at=now, by_hand=True)
        db.session.add(former)
        db.session.flush()
    else:
        lifecycle.move(former, AssignmentState.ASSIGNED, by, assigned_at=now, by_hand=True)
    audit.append(
        round_.edition.festival,
        "assignment.given_by_hand",
        lifecycle.subject(former),
        by,
        {"film": panel.pseudonym(film), "juror": juror_of(seat)},
    )
    return former


def check(film: FilmVersion, seat: Seat) -> None:
    names = {"name": name_of(seat), "title": film.entry.title}
    if not panel.is_living(seat):
        raise Refused("juror_has_left", **names)
    if film not in panel.films(seat.round, clock.now()):
        raise Refused("film_not_in_round")
    for conflict in panel.conflicts(seat.round, [film]):
        if conflict.juror_id == juror_of(seat):
            raise Refused("juror_in_conflict", reason=conflict.reason, **names)
    for barred in panel.refused(seat.round, [film]):
        if barred.juror_id == juror_of(seat):
            raise Refused(REFUSED[barred.source], **names)
    others = judges_of(film, seat.round)
    for other in others:
        if juror_of(other) == juror_of(seat):
            raise Refused("juror_has_film", **names)
        if not organisations(seat).isdisjoint(organisations(other)):
            raise Refused("organisation_has_film", other=name_of(other), **names)
    if seat.round.version > 1 and len(others) >= panel.reviews_wanted(seat.round)[film.id]:
        raise Refused("film_has_its_reviews", title=film.entry.title)


def judges_of(film: FilmVersion, round_: Round) -> list[Seat]:
    """Those who have scored the film, or have it before them and have not left."""
    held = Assignment.query.filter(
        Assignment.round_id == round_.id,
        Assignment.film_version_id == film.id,
        Assignment.state.in_([AssignmentState.ASSIGNED, AssignmentState.SCORED]),
    )
    return [
        one.seat
        for one in held.order_by(Assignment.id)
        if one.state is AssignmentState.SCORED or panel.is_living(one.seat)
    ]


def organisations(seat: Seat) -> frozenset[str]:
    return panel.engine_juror(juror_of(seat), [seat]).organisation_ids


def juror_of(seat: Seat) -> str:
    account = seat.membership.account
    return account.pseudonym if account else ""


def name_of(seat: Seat) -> str:
    return seat.membership.name or seat.membership.email


def take_back(film: FilmVersion, seat: Seat, by: Account) -> None:
    """Take a film that was given by hand from a juror who has not finished it.

    Raises Refused for any other film and for a score that has been given.
    """
    hold_alone(seat.round)
    hold_open(seat.round)
    found = Assignment.query.filter_by(seat_id=seat.id, film_version_id=film.id).first()
    if found is None or not found.by_hand:
        raise Refused("not_given_by_hand")
    lifecycle.move(found, AssignmentState.RELEASED, by, by_hand=False)
