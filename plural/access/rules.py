"""What a route asks before its view runs.

A rule is given who asks and the ids of the address; it returns the objects that the view gets in
their place, or raises. Another person's object is NotFound.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from plural.access.questions import (
    is_meant_for,
    may_be_put_before,
    may_download,
    may_see_film,
)
from plural.access.who import Who
from plural.errors import FilmAway, NotAllowed, NotFound, NotSignedIn, UndertakingWanted
from plural.extensions import db
from plural.lifecycle import edition_of, festival_of
from plural.models.consent import Guardian
from plural.models.entry import Entry, FilmVersion, Finding, PersonRole, Track, Work
from plural.models.festival import Award, Category, Edition
from plural.models.media import Upload
from plural.models.people import Account, Membership, MembershipRole, Organisation
from plural.models.publication import Distinction
from plural.models.rounds import Round, RoundKind, RoundState, Seat
from plural.models.safety import Worry
from plural.models.scoring import Assignment, FilmNote, Score
from plural.models.sharing import Licence
from plural.rights import is_minor
from plural.undertaking import has_signed

Ids = dict[str, Any]
Rule = Callable[[Who, Ids], Ids]


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


def safeguarding(who: Who, ids: Ids) -> Ids:
    """Those of the staff who are named to look after the safety of children."""
    if not who.safeguards:
        refuse(who)
    return staff(who, ids)


def staff_with_film(who: Who, ids: Ids) -> Ids:
    """Staff, and a film that is not sealed from them."""
    ids = staff(who, ids)
    if ids["film"].entry.sealed_at is not None and not who.safeguards:
        raise NotFound()
    return ids


OBJECTS: dict[str, Any] = {
    "account": Account,
    "entry": Entry,
    "film": FilmVersion,
    "finding": Finding,
    "track": Track,
    "upload": Upload,
    "round": Round,
    "seat": Seat,
    "work": Work,
    "category": Category,
    "award": Award,
    "organisation": Organisation,
    "membership": Membership,
    "licence": Licence,
    "distinction": Distinction,
    "worry": Worry,
    "score": Score,
}
JUDGES = (MembershipRole.JUROR, MembershipRole.FOCAL_POINT)


def own_object(who: Who, name: str, key: Any) -> Any:
    """The object behind an id in the address, if it belongs to the edition or festival asked."""
    if name not in OBJECTS:
        return key
    found = db.session.get(OBJECTS[name], key)
    if found is None or who.edition is None or not belongs(found, who.edition):
        raise NotFound()
    return found


def belongs(found: Any, edition: Edition) -> bool:
    if isinstance(found, Organisation | Membership | Account):
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
    """A seat in a round that has opened, held by a living membership of this account.

    Raises UndertakingWanted until its holder has signed what everybody signs before a film.
    """
    signed_in(who, ids)
    seat = db.session.get(Seat, ids["seat"])
    if seat is None or who.edition is None or seat.round.edition_id != who.edition.id:
        raise NotFound()
    if seat.membership not in who.memberships() or seat.round.state is RoundState.DRAFT:
        raise NotFound()
    if who.account is None or not has_signed(who.account, who.edition):
        raise UndertakingWanted()
    return {**ids, "seat": seat}


def judge(who: Who, ids: Ids) -> Ids:
    """Anybody who may be asked to judge for an organisation."""
    if not who.memberships(*JUDGES):
        refuse(who)
    return ids


def watcher(who: Who, ids: Ids) -> Ids:
    """Anybody who watches films that others have entered, as staff or to judge them."""
    return ids if who.is_staff else judge(who, ids)


def own_note(who: Who, ids: Ids) -> Ids:
    """A note that this account has written beside a film of this edition."""
    signed_in(who, ids)
    note = db.session.get(FilmNote, ids["note"])
    if note is None or who.edition is None or not belongs(note, who.edition):
        raise NotFound()
    if note.account_id != (who.account and who.account.id):
        raise NotFound()
    return {**ids, "note": note}


def seat_with_film(who: Who, ids: Ids) -> Ids:
    """A seat of this account, and a film that its round has put before it.

    Raises FilmAway while the film may not be shown.
    """
    ids = own_seat(who, ids)
    film = own_object(who, "film", ids["film"])
    require_before(who, ids["seat"], film)
    return {**ids, "film": film}


def require_before(who: Who, seat: Seat, film: FilmVersion) -> None:
    """Raise FilmAway where the film may not be shown now, NotFound where it is not the seat's."""
    if not is_meant_for(seat, film):
        raise NotFound()
    if not may_be_put_before(seat, film, who.at):
        raise FilmAway()


def speaking_seat(who: Who, ids: Ids) -> Ids:
    """A seat of this account that speaks for a partner in a round of partners' own picks."""
    ids = own_seat(who, ids)
    seat = ids["seat"]
    speaks = seat.membership.role is MembershipRole.FOCAL_POINT
    if not speaks or seat.round.kind is not RoundKind.PARTNER_PICKS:
        raise NotFound()
    return ids


def seat_with_colleague(who: Who, ids: Ids) -> Ids:
    """The same, and somebody who judges for the same partner or is invited to."""
    ids = speaking_seat(who, ids)
    found = own_object(who, "membership", ids["membership"])
    own = ids["seat"].membership
    if found.organisation_id != own.organisation_id or found.role is MembershipRole.DISTRIBUTOR:
        raise NotFound()
    return {**ids, "membership": found}


def own_assignment(who: Who, ids: Ids) -> Ids:
    """An assignment of this account's seat, whose film may still be shown to it.

    Raises FilmAway while it may not.
    """
    signed_in(who, ids)
    assignment = db.session.get(Assignment, ids["assignment"])
    if assignment is None or who.edition is None:
        raise NotFound()
    seat = own_seat(who, {"seat": assignment.seat_id})["seat"]
    require_before(who, seat, assignment.film)
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
