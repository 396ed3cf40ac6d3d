"""Who presides over a jury: named by staff, or by more than half of its members."""

from plural import audit, lifecycle
from plural.access import Who
from plural.actions import panel
from plural.actions.locks import hold_alone
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.models.juries import BallotCount
from plural.models.people import Account
from plural.models.rounds import Round, RoundKind, RoundState, Seat


def name(seat: Seat, by: Account) -> None:
    """Make somebody the chair, in the place of whoever was."""
    hold_alone(seat.round)
    require_open_question(seat)
    preside(seat, by)


def nominate(who: Who, seat: Seat, wanted_seat_id: int) -> Seat:
    """A member says who shall preside; whoever more than half of the members want does.

    Returns the seat that was named. Raises NotFound when it is none of this jury.
    """
    hold_alone(seat.round)
    wanted = next((s for s in living(seat.round) if s.id == wanted_seat_id), None)
    if wanted is None or who.account is None:
        raise NotFound()
    require_open_question(wanted)
    seat.wants_chair_id = wanted.id
    db.session.flush()
    members = living(seat.round)
    if 2 * sum(s.wants_chair_id == wanted.id for s in members) > len(members):
        preside(wanted, who.account)
    return wanted


def require_open_question(seat: Seat) -> None:
    """Who presides may have a casting vote, so it is settled before the first count."""
    round_ = seat.round
    if round_.kind is not RoundKind.INTERNATIONAL_JURY or not panel.is_living(seat):
        raise NotFound()
    if round_.state is RoundState.CLOSED:
        raise Refused("round_closed")
    if BallotCount.query.filter_by(round_id=round_.id).first() is not None:
        raise Refused("chair_settled")


def preside(seat: Seat, by: Account) -> None:
    if seat.is_chair:
        return
    for other in panel.seats(seat.round):
        other.is_chair = other.id == seat.id
    db.session.flush()
    account = seat.membership.account
    audit.append(
        seat.round.edition.festival,
        "chair.named",
        lifecycle.subject(seat),
        by,
        {"juror": account.pseudonym if account else ""},
    )


def living(round_: Round) -> list[Seat]:
    return [seat for seat in panel.seats(round_) if panel.is_living(seat)]


def votes(round_: Round) -> dict[int, int]:
    """How many members want each seat to preside."""
    found: dict[int, int] = {}
    for seat in living(round_):
        if seat.wants_chair_id is not None:
            found[seat.wants_chair_id] = found.get(seat.wants_chair_id, 0) + 1
    return found
