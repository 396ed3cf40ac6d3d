"""Who may do what with which object: questions without HTTP."""

from datetime import datetime

from plural.access.who import Who
from plural.models.consent import Guardian, Use
from plural.models.entry import Entry, FilmVersion, Person
from plural.models.people import Account, MembershipRole
from plural.models.publication import Distinction
from plural.models.rounds import Round, RoundState, Seat
from plural.models.scoring import BEFORE_JUROR, Assignment, AssignmentState, Conflict
from plural.models.sharing import Licence
from plural.rights import is_minor, may_know, may_use
from plural.undertaking import has_signed


def may_see_film(who: Who, film: FilmVersion, at: datetime) -> bool:
    """Whether this person may watch a film version.

    The maker always; their guardians, to know what they sign; staff, jurors and distributors as
    far as consent and their part go; the public when the film is disclosed and cleared for the
    web. A sealed film nobody but those who look after the safety of children.
    """
    entry = film.entry
    if entry.sealed_at is not None:
        return who.safeguards and has_undertaken(who, film)
    if who.account is not None and entry.account_id == who.account.id:
        return True
    if any(g.id in who.guardians for p in entry.persons for g in guardians_of(p, at)):
        return True
    if may_use(film, Use.JURY, None, at) and (watches_as_staff(who, film) or judges(who, film)):
        return True
    if any(may_download(who, licence, at) for licence in licences_of(who, film)):
        return True
    return is_disclosed(who, film, at)


def has_undertaken(who: Who, film: FilmVersion) -> bool:
    """Whether this person has signed the safeguarding undertaking in force."""
    return who.account is not None and has_signed(who.account, film.entry.edition)


def watches_as_staff(who: Who, film: FilmVersion) -> bool:
    return who.is_staff and has_undertaken(who, film)


def guardians_of(person: Person, at: datetime) -> list[Guardian]:
    """Guardians whose part has not ended, neither by a deed nor by the person's 18th birthday."""
    return [g for g in person.guardians if g.ended_at is None and is_minor(person, at)]


def is_disclosed(who: Who, film: FilmVersion, at: datetime) -> bool:
    """Whether the film holds a distinction that this person may know, and the web may show it."""
    if not may_use(film, Use.WEB, None, at):
        return False
    held = Distinction.query.filter_by(film_version_id=film.id).all()
    return any(may_know(who.account, distinction, at) for distinction in held)


def judges(who: Who, film: FilmVersion) -> bool:
    """Whether a living seat of this person has the film before it, without a conflict.

    Nobody has who has not signed the safeguarding undertaking.
    """
    if who.account is None or in_conflict(who.account, film.entry):
        return False
    if not has_undertaken(who, film):
        return False
    return any(has_before_it(seat, film) for seat in open_seats(who))


def open_seats(who: Who) -> list[Seat]:
    ids = [m.id for m in who.memberships()]
    return (
        Seat.query.join(Round)
        .filter(Seat.membership_id.in_(ids), Round.state == RoundState.OPEN)
        .all()
    )


def has_before_it(seat: Seat, film: FilmVersion) -> bool:
    if seat.round.kind == "preselection":
        return (
            Assignment.query.filter(
                Assignment.seat_id == seat.id,
                Assignment.film_version_id == film.id,
                Assignment.state.in_(BEFORE_JUROR),
            ).first()
            is not None
        )
    return any(f.film_version_id == film.id for f in seat.round.films)


def may_be_put_before(seat: Seat, film: FilmVersion, at: datetime) -> bool:
    """Whether the seat's round shows it the film, without a conflict, under a living consent."""
    return is_meant_for(seat, film) and may_use(film, Use.JURY, None, at)


def is_meant_for(seat: Seat, film: FilmVersion) -> bool:
    """Whether the seat's round has put the film before it, without a conflict."""
    account = seat.membership.account
    return (
        account is not None and has_before_it(seat, film) and not in_conflict(account, film.entry)
    )


def in_conflict(account: Account, entry: Entry) -> bool:
    return Conflict.query.filter_by(account_id=account.id, entry_id=entry.id).first() is not None


def may_score(who: Who, assignment: Assignment, at: datetime) -> bool:
    """Whether this person may score this assignment now."""
    return (
        assignment.round.state is RoundState.OPEN
        and not is_sealed(assignment)
        and at < assignment.round.closes_at
        and judges(who, assignment.film)
        and may_use(assignment.film, Use.JURY, None, at)
    )


def is_sealed(assignment: Assignment) -> bool:
    """Whether the score stays as it is: its juror has seen what others gave, or it was given in an
    older version of the round, which staff have seen since.
    """
    score, opened_at = assignment.score, assignment.round.opened_at
    if score is None or assignment.state is not AssignmentState.SCORED:
        return False
    return score.final_at is not None or (opened_at is not None and score.submitted_at < opened_at)


def licences_of(who: Who, film: FilmVersion) -> list[Licence]:
    organisations = [m.organisation_id for m in who.memberships(MembershipRole.DISTRIBUTOR)]
    return Licence.query.filter(
        Licence.film_version_id == film.id, Licence.organisation_id.in_(organisations)
    ).all()


def may_download(who: Who, licence: Licence, at: datetime) -> bool:
    """Whether the licence is this person's, in force, and the film may still be used so."""
    mine = {m.organisation_id for m in who.memberships(MembershipRole.DISTRIBUTOR)}
    if licence.organisation_id not in mine or licence.ended_at is not None:
        return False
    if not licence.starts_at <= at < licence.ends_at:
        return False
    territories: list[str | None] = [*licence.territories] or [None]
    return all(may_use(licence.film, licence.use, t, at) for t in territories)
