"""A draft as its jurors would find it; whoever asks for it rolls the transaction back."""

from sqlalchemy import select

from plural import clock, lifecycle
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Category
from plural.models.people import Account, Membership, MembershipRole, Organisation, OrganisationKind
from plural.models.rounds import Round, RoundFilm, RoundState, Seat
from plural.models.scoring import Assignment


def sit_down(round_: Round, account: Account) -> Seat:
    """Open the draft to this account alone, seated for the round's first organisation."""
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


def categories(round_: Round) -> list[str]:
    """The age categories whose films are judged by criteria of their own: each has another page."""
    if not any(criterion.categories for criterion in round_.criteria):
        return []
    keys = (
        select(Category.key)
        .join(Entry, Entry.category_id == Category.id)
        .join(FilmVersion, FilmVersion.entry_id == Entry.id)
        .join(RoundFilm, RoundFilm.film_version_id == FilmVersion.id)
        .where(RoundFilm.round_id == round_.id)
    )
    return sorted(set(db.session.scalars(keys)))


def first_assignment(seat: Seat, category: str = "") -> Assignment:
    """The round's first film, or the first of an age category, given to the seat."""
    films = [row.film for row in seat.round.films]
    of_category = [film for film in films if film.entry.category.key == category]
    assignment = Assignment(
        round=seat.round, seat=seat, film=(of_category or films)[0], assigned_at=clock.now()
    )
    db.session.add(assignment)
    db.session.flush()
    return assignment
