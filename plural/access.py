"""Every permission, in one place: what each route asks before its view runs.

`RULES` names every endpoint. A rule is given who asks and the ids of the address; it returns the
objects that the view gets in their place, or raises. Another person's object is NotFound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from plural.errors import NotAllowed, NotFound, NotSignedIn
from plural.extensions import db
from plural.lifecycle import edition_of, festival_of
from plural.models.consent import Guardian, Use
from plural.models.entry import Entry, FilmVersion, Finding, Person, PersonRole, Track, Work
from plural.models.festival import Award, Category, Edition
from plural.models.judging import Assignment, AssignmentState, Conflict, Round, RoundState, Seat
from plural.models.media import Upload
from plural.models.people import Account, Membership, MembershipRole, Organisation
from plural.models.publication import Distinction
from plural.models.sharing import Licence
from plural.rights import is_minor, is_staff, may_know, may_use


@dataclass(frozen=True)
class Who:
    """Whoever sends a request: an account, guardians they have proved to be, or nobody."""

    account: Account | None
    guardians: frozenset[int]
    edition: Edition | None
    at: datetime

    @property
    def signed_in(self) -> bool:
        return self.account is not None

    @property
    def name(self) -> str:
        return (self.account.name or self.account.email) if self.account else ""

    @property
    def roles(self) -> set[str]:
        """What to offer in the navigation; never asked for permission."""
        if self.account is None or self.edition is None:
            return set()
        found = {"staff"} if self.is_staff else set()
        found |= {m.role.value for m in self.memberships()}
        return found or {"entrant"}

    @property
    def is_staff(self) -> bool:
        return bool(self.account and self.edition and is_staff(self.account, self.edition))

    def memberships(self, *roles: MembershipRole) -> list[Membership]:
        """Living memberships, of the given roles or of all."""
        if self.account is None:
            return []
        return [
            m
            for m in self.account.memberships
            if m.ended_at is None and m.accepted_at is not None and (not roles or m.role in roles)
        ]


Ids = dict[str, Any]
Rule = Callable[[Who, Ids], Ids]


# ----- who may do what with which object: questions without HTTP


def may_see_film(who: Who, film: FilmVersion, at: datetime) -> bool:
    """Whether this person may watch a film version.

    The maker always; their guardians, to know what they sign; staff, jurors and distributors as
    far as consent and their part go; the public when the film is disclosed and cleared for the
    web.
    """
    entry = film.entry
    if who.account is not None and entry.account_id == who.account.id:
        return True
    if any(g.id in who.guardians for p in entry.persons for g in guardians_of(p, at)):
        return True
    if may_use(film, Use.JURY, None, at) and (who.is_staff or judges(who, film)):
        return True
    if any(may_download(who, licence, at) for licence in licences_of(who, film)):
        return True
    return is_disclosed(who, film, at)


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
    """Whether a living seat of this person has the film before it, without a conflict."""
    if who.account is None or in_conflict(who.account, film.entry):
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
                Assignment.state.in_([AssignmentState.ASSIGNED, AssignmentState.SCORED]),
            ).first()
            is not None
        )
    return any(f.film_version_id == film.id for f in seat.round.films)


def may_be_put_before(seat: Seat, film: FilmVersion, at: datetime) -> bool:
    """Whether the seat's round shows it the film, without a conflict, under a living consent."""
    account = seat.membership.account
    return (
        account is not None
        and has_before_it(seat, film)
        and not in_conflict(account, film.entry)
        and may_use(film, Use.JURY, None, at)
    )


def in_conflict(account: Account, entry: Entry) -> bool:
    return Conflict.query.filter_by(account_id=account.id, entry_id=entry.id).first() is not None


def may_score(who: Who, assignment: Assignment, at: datetime) -> bool:
    """Whether this person may score this assignment now."""
    return (
        assignment.round.state is RoundState.OPEN
        and at < assignment.round.closes_at
        and judges(who, assignment.film)
        and may_use(assignment.film, Use.JURY, None, at)
    )


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


# ----- rules of routes


def refuse(who: Who) -> NoReturn:
    raise NotAllowed() if who.signed_in else NotSignedIn()


def anybody(who: Who, ids: Ids) -> Ids:
    return ids


def signed_in(who: Who, ids: Ids) -> Ids:
    if not who.signed_in:
        refuse(who)
    return ids


def staff(who: Who, ids: Ids) -> Ids:
    """Staff of this festival; every id in the address must lead to this edition or festival."""
    if not who.is_staff:
        refuse(who)
    return {name: own_object(who, name, key) for name, key in ids.items()}


OBJECTS: dict[str, Any] = {
    "entry": Entry,
    "film": FilmVersion,
    "finding": Finding,
    "track": Track,
    "upload": Upload,
    "round": Round,
    "work": Work,
    "category": Category,
    "award": Award,
    "organisation": Organisation,
    "membership": Membership,
    "licence": Licence,
    "distinction": Distinction,
}


def own_object(who: Who, name: str, key: Any) -> Any:
    """The object behind an id in the address, if it belongs to the edition or festival asked."""
    if name not in OBJECTS:
        return key
    found = db.session.get(OBJECTS[name], key)
    if found is None or who.edition is None or not belongs(found, who.edition):
        raise NotFound()
    return found


def belongs(found: Any, edition: Edition) -> bool:
    if isinstance(found, Organisation | Membership):
        return festival_of(found).id == edition.festival_id
    return edition_of(found).id == edition.id


def own_entry(who: Who, ids: Ids) -> Ids:
    """An entry that this account has made."""
    signed_in(who, ids)
    entry = own_object(who, "entry", ids["entry"])
    if entry.account_id != (who.account and who.account.id):
        raise NotFound()
    return {**ids, "entry": entry}


def own_track(who: Who, ids: Ids) -> Ids:
    """A track of an entry that this account has made."""
    ids = own_entry(who, ids)
    track = own_object(who, "track", ids["track"])
    if track.film.entry_id != ids["entry"].id:
        raise NotFound()
    return {**ids, "track": track}


def own_work(who: Who, ids: Ids) -> Ids:
    """A work of others in an entry that this account has made."""
    ids = own_entry(who, ids)
    work = own_object(who, "work", ids["work"])
    if work.entry_id != ids["entry"].id:
        raise NotFound()
    return {**ids, "work": work}


def own_person(who: Who, ids: Ids) -> Ids:
    """Somebody other than the maker in an entry that this account has made."""
    ids = own_entry(who, ids)
    others = [p for p in ids["entry"].persons if p.role is not PersonRole.MAKER]
    person = next((p for p in others if p.id == ids["person"]), None)
    if person is None:
        raise NotFound()
    return {**ids, "person": person}


def own_film(who: Who, key: str) -> FilmVersion:
    """A film version of an entry that this account has made, named outside of the address."""
    if not key.isdecimal():
        raise NotFound()
    film: FilmVersion = own_object(who, "film", int(key))
    own_entry(who, {"entry": film.entry_id})
    return film


def own_guardianship(who: Who, ids: Ids) -> Ids:
    """A guardian record that this visitor has proved to be, by their one-time link."""
    guardian = db.session.get(Guardian, ids["guardian"])
    if guardian is None or guardian.id not in who.guardians or guardian.ended_at is not None:
        raise NotFound()
    if not is_minor(guardian.person, who.at):
        raise NotFound()
    if who.edition is None or guardian.person.entry.edition_id != who.edition.id:
        raise NotFound()
    return {**ids, "guardian": guardian}


def own_seat(who: Who, ids: Ids) -> Ids:
    """A seat in a round that has opened, held by a living membership of this account."""
    signed_in(who, ids)
    seat = db.session.get(Seat, ids["seat"])
    if seat is None or who.edition is None or seat.round.edition_id != who.edition.id:
        raise NotFound()
    if seat.membership not in who.memberships() or seat.round.state is RoundState.DRAFT:
        raise NotFound()
    return {**ids, "seat": seat}


def seat_with_film(who: Who, ids: Ids) -> Ids:
    """A seat of this account, and a film that its round has put before it."""
    ids = own_seat(who, ids)
    film = own_object(who, "film", ids["film"])
    if not may_be_put_before(ids["seat"], film, who.at):
        raise NotFound()
    return {**ids, "film": film}


def own_assignment(who: Who, ids: Ids) -> Ids:
    """An assignment of this account's seat, whose film may still be shown to it."""
    signed_in(who, ids)
    assignment = db.session.get(Assignment, ids["assignment"])
    if assignment is None or who.edition is None:
        raise NotFound()
    seat = own_seat(who, {"seat": assignment.seat_id})["seat"]
    if not may_be_put_before(seat, assignment.film, who.at):
        raise NotFound()
    return {**ids, "assignment": assignment}


def own_licence(who: Who, ids: Ids) -> Ids:
    """A licence of this account's organisation that is in force."""
    signed_in(who, ids)
    licence = own_object(who, "licence", ids["licence"])
    if not may_download(who, licence, who.at):
        raise NotFound()
    return {**ids, "licence": licence}


def visible_film(who: Who, ids: Ids) -> Ids:
    film = own_object(who, "film", ids["film"])
    if not may_see_film(who, film, who.at):
        raise NotFound()
    return {**ids, "film": film}


def own_upload(who: Who, ids: Ids) -> Ids:
    signed_in(who, ids)
    upload = Upload.query.filter_by(code=ids["code"]).first()
    if upload is None or who.edition is None or not belongs(upload, who.edition):
        raise NotFound()
    if upload.account_id != (who.account and who.account.id):
        raise NotFound()
    return {"upload": upload}


def member(who: Who, ids: Ids) -> Ids:
    """Anybody who acts for an organisation."""
    if not who.memberships():
        refuse(who)
    return ids


RULES: dict[str, Rule] = {
    "static": anybody,
    "site.health": anybody,
    # Asks for a token of its own.
    "metrics.show": anybody,
    "site.start": anybody,
    "site.festival": anybody,
    "site.home": anybody,
    "site.after_sign_in": anybody,
    "site.rules": anybody,
    "recipients.index": anybody,
    "recipients.show": anybody,
    "recipients.feed": anybody,
    "security.login": anybody,
    "security.logout": anybody,
    "security.register": anybody,
    "account.accept": anybody,
    "account.renew": anybody,
    "account.forgotten": anybody,
    "account.new_password": anybody,
    "account.settings": signed_in,
    "account.change_password": signed_in,
    "entries.index": signed_in,
    "entries.new": signed_in,
    "entries.show": own_entry,
    "entries.edit": own_entry,
    "entries.upload": own_entry,
    "entries.tracks": own_entry,
    "entries.guardians": own_entry,
    "entries.works": own_entry,
    "entries.remove_work": own_work,
    "entries.persons": own_entry,
    "entries.person": own_person,
    "entries.remove_person": own_person,
    "entries.retire_track": own_track,
    "entries.consents": own_entry,
    "entries.submit": own_entry,
    "entries.withdraw": own_entry,
    "entries.result": own_entry,
    "guardian.link": anybody,
    "guardian.renew": anybody,
    "guardian.leave": anybody,
    "guardian.show": own_guardianship,
    "guardian.sign": own_guardianship,
    "guardian.revoke": own_guardianship,
    "guardian.revoke_by_code": anybody,
    "jury.index": member,
    "jury.queue": own_seat,
    "jury.film": own_assignment,
    "jury.score": own_assignment,
    "jury.declare_conflict": own_assignment,
    "jury.ballots": own_seat,
    "jury.cast": own_seat,
    "jury.watch": seat_with_film,
    "jury.recuse": seat_with_film,
    "jury.worry": seat_with_film,
    "jury.picks": own_seat,
    "jury.pick": own_seat,
    "staff.desk": staff,
    "staff.edition": staff,
    "staff.open_edition": staff,
    "staff.new_edition": staff,
    "staff.texts": staff,
    "staff.categories": staff,
    "staff.category": staff,
    "staff.drop_category": staff,
    "staff.awards": staff,
    "staff.award": staff,
    "staff.drop_award": staff,
    "staff.entries": staff,
    "staff.entry": staff,
    "staff.decide": staff,
    "staff.admit": staff,
    "staff.withhold": staff,
    "staff.release": staff,
    "staff.review_track": staff,
    "staff.clear_work": staff,
    "staff.set_conflict": staff,
    "staff.organisations": staff,
    "staff.organisation": staff,
    "staff.invite": staff,
    "staff.invite_staff": staff,
    "staff.renew_invitation": staff,
    "staff.end_membership": staff,
    "staff.films": staff,
    "staff.masters": staff,
    "staff.ask_master": staff,
    "staff.master_report": staff,
    "staff.retry": staff,
    "staff.audit": staff,
    "rounds.index": staff,
    "rounds.new": staff,
    "rounds.show": staff,
    "rounds.edit": staff,
    "rounds.films": staff,
    "rounds.seats": staff,
    "rounds.reschedule": staff,
    "rounds.open": staff,
    "rounds.assign": staff,
    "rounds.close": staff,
    "rounds.result": staff,
    "rounds.shortlist": staff,
    "rounds.snapshot": staff,
    "publication.show": staff,
    "publication.propose": staff,
    "publication.confirm": staff,
    "publication.reschedule": staff,
    "publication.withdraw": staff,
    "licences.index": staff,
    "licences.end": staff,
    "catalogue.index": member,
    "catalogue.show": own_licence,
    "catalogue.download": own_licence,
    "masters.ask": own_licence,
    "masters.report": own_licence,
    "media.file": visible_film,
    "uploads.create": signed_in,
    "uploads.continue_": own_upload,
    "api.entry_status": own_entry,
    "api.licence_masters": own_licence,
    "api.film_masters": staff,
}
