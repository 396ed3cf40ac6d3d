"""What a focal point does with the people of its partner: invite, replace, remove, seat."""

from dataclasses import dataclass, field

from plural import lifecycle, mailing
from plural.access import Who
from plural.actions import conflicts, organisations, picks
from plural.actions.locks import hold_alone, hold_open
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.models.people import Account, Membership, MembershipRole
from plural.models.rounds import Round, Seat

ROLES = (MembershipRole.JUROR, MembershipRole.FOCAL_POINT)


@dataclass(frozen=True)
class Invited:
    """Somebody who is to act for the partner. `languages` are those whose films they follow."""

    name: str
    email: str
    role: MembershipRole = MembershipRole.JUROR
    language: str = "en"
    languages: list[str] = field(default_factory=list)


def people(seat: Seat) -> list[Membership]:
    """Everybody who acts for the partner in judging or is invited to, and has not left."""
    found = seat.membership.organisation.memberships
    living = [m for m in found if m.ended_at is None and m.role in ROLES]
    return sorted(living, key=lambda m: (m.role.value, m.name, m.id))


def invite(who: Who, seat: Seat, wanted: Invited) -> Membership:
    """Invite somebody and keep a seat for them; they come in once they have accepted.

    Raises NotFound for anybody but a focal point, Refused once the round is over or when the person
    has been invited already.
    """
    round_, by = take_charge(who, seat)
    if wanted.role not in ROLES:
        raise NotFound()
    member = organisations.invite(
        seat.membership.organisation,
        wanted.role,
        wanted.email,
        by,
        name=wanted.name,
        language=wanted.language,
        languages=wanted.languages,
    )
    take_seat(round_, member, by)
    return member


def replace(who: Who, seat: Seat, leaving: Membership, wanted: Invited) -> Membership:
    """Somebody leaves and somebody else is invited in the same part, in one deed."""
    remove(who, seat, leaving)
    return invite(who, seat, wanted)


def remove(who: Who, seat: Seat, leaving: Membership) -> None:
    """From now on the person may nothing more for the partner; what was picked stays.

    Raises Refused for oneself: somebody else must be there to take over first.
    """
    _round, by = take_charge(who, seat)
    require_own(seat, leaving)
    if leaving.id == seat.membership_id:
        raise Refused("not_yourself")
    hold_alone(leaving)
    organisations.end_membership(leaving, by)


def seat_member(who: Who, seat: Seat, member: Membership) -> Seat:
    """Let somebody of the partner watch and recommend in this round too, and tell them."""
    round_, by = take_charge(who, seat)
    require_own(seat, member)
    if member.ended_at is not None:
        raise Refused("membership_ended")
    return take_seat(round_, member, by)


def take_charge(who: Who, seat: Seat) -> tuple[Round, Account]:
    """Hold the round open and the partner alone, for somebody who still speaks for it."""
    round_ = hold_open(seat.round)
    hold_alone(seat.membership.organisation)
    hold_alone(seat.membership)
    if who.account is None or seat.membership.ended_at is not None or not picks.may_pick(seat):
        raise NotFound()
    return round_, who.account


def require_own(seat: Seat, member: Membership) -> None:
    same = member.organisation_id == seat.membership.organisation_id
    if not same or member.role not in ROLES:
        raise NotFound()


def take_seat(round_: Round, member: Membership, by: Account) -> Seat:
    found: Seat | None = Seat.query.filter_by(round_id=round_.id, membership_id=member.id).first()
    if found is not None:
        return found
    found = Seat(round=round_, membership=member)
    db.session.add(found)
    db.session.flush()
    conflicts.note_derived(round_)
    lifecycle.record(round_, "joined", by)
    if member.accepted_at is not None:
        mailing.post(round_.edition.festival_id, "round_opened", seat_id=found.id)
    return found
