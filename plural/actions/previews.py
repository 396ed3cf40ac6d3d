"""A draft as its jurors would find it; whoever asks for it rolls the transaction back."""

from plural import clock, lifecycle
from plural.actions import undertakings
from plural.extensions import db
from plural.models.people import Account, Membership, MembershipRole, Organisation, OrganisationKind
from plural.models.rounds import Round, RoundState, Seat
from plural.models.scoring import Assignment


def sit_down(round_: Round, account: Account, language: str) -> Seat:
    """Open the draft to this account alone: signed, seated for the round's first organisation."""
    undertakings.sign(account, round_.edition, account.name, language)
    now = clock.now()
    membership = Membership(
        organisation=round_.seats[0].membership.organisation if round_.seats else nobody(round_),
        account=account,
        role=MembershipRole.FOCAL_POINT,
        email=f"preview.{account.email}",
        invited_at=now,
        accepted_at=now,
    )
    seat = Seat(round=round_, membership=membership)
    db.session.add_all([membership, seat])
    lifecycle.move(round_, RoundState.OPEN, account, declared={}, declared_digest="", opened_at=now)
    return seat


def nobody(round_: Round) -> Organisation:
    return Organisation(
        festival_id=round_.edition.festival_id, name="–", kind=OrganisationKind.PARTNER
    )


def first_assignment(seat: Seat) -> Assignment:
    """The round's first film, given to the seat."""
    assignment = Assignment(
        round=seat.round, seat=seat, film=seat.round.films[0].film, assigned_at=clock.now()
    )
    db.session.add(assignment)
    db.session.flush()
    return assignment
