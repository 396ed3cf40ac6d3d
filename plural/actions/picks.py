"""Partners' own recognitions: each organisation picks in private, by its own criteria.

Its focal points choose, up to three films in their order; its jurors recommend films to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from judging.picking import Pick as Chosen
from judging.picking import Picking
from plural import audit, clock, lifecycle
from plural.access import Who, in_conflict
from plural.actions import panel
from plural.actions.edition_texts import write_text
from plural.actions.locks import hold_alone, hold_open, hold_round
from plural.actions.results import deciding_results
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Award, AwardKind
from plural.models.people import Account, Membership, MembershipRole, Organisation
from plural.models.picks import Favourite, Pick, PickList
from plural.models.rounds import Round, RoundKind, RoundState, Seat

CHOICES = 3


@dataclass(frozen=True)
class Choice:
    """A film, with the words that may be read out with it."""

    film: FilmVersion
    citation: str = ""


def awards(round_: Round) -> list[Award]:
    """The recognitions of the organisations that sit on the round, in their precedence."""
    seated = {seat.membership.organisation_id for seat in round_.seats}
    return [
        award
        for award in round_.edition.awards
        if award.kind is AwardKind.PARTNER_RECOGNITION and award.organisation_id in seated
    ]


def awards_of(seat: Seat) -> list[Award]:
    """What the seat's organisation may give."""
    mine = seat.membership.organisation_id
    return [award for award in awards(seat.round) if award.organisation_id == mine]


def award_of(seat: Seat, award_id: int) -> Award:
    """One of them by its id; raises NotFound."""
    found = next((award for award in awards_of(seat) if award.id == award_id), None)
    if found is None:
        raise NotFound()
    return found


def may_pick(seat: Seat) -> bool:
    """Whether the seat speaks for its organisation; a juror's only recommends."""
    return seat.membership.role is MembershipRole.FOCAL_POINT


def choices(seat: Seat, account: Account) -> list[FilmVersion]:
    """The films that this person may pick for the organisation: never one of its own."""
    films = panel.films(seat.round, clock.now())
    own = own_entries(seat.membership.organisation, films)
    return [f for f in films if f.entry_id not in own and not in_conflict(account, f.entry)]


def own_entries(organisation: Organisation, films: Iterable[FilmVersion]) -> set[int]:
    """Ids of the entries behind which somebody of the organisation stands."""
    people = [m for m in organisation.memberships if m.ended_at is None]
    accounts = {m.account_id for m in people} - {None}
    addresses = {m.email.casefold() for m in people}
    return {film.entry_id for film in films if stands_behind(film.entry, accounts, addresses)}


def stands_behind(entry: Entry, accounts: set[int | None], addresses: set[str]) -> bool:
    behind = {entry.account_id} | {person.account_id for person in entry.persons}
    written = {address.casefold() for address in panel.addresses(entry)}
    return bool(behind & accounts or written & addresses)


# ----- the list of one recognition


def list_of(round_: Round, award: Award) -> PickList:
    """The list of choices for one recognition; begun here if nobody has touched it."""
    found: PickList | None = (
        PickList.query.filter_by(round_id=round_.id, award_id=award.id).populate_existing().first()
    )
    return found or PickList(round=round_, award=award, revision=0)


def picks_of(round_: Round, award: Award) -> list[Pick]:
    """What has been picked for a recognition so far, the first choice first."""
    rows: list[Pick] = (
        Pick.query.filter_by(round_id=round_.id, award_id=award.id).order_by(Pick.position).all()
    )
    return rows


def closes_at(round_: Round, award: Award) -> datetime:
    """The recognition's own deadline, or the round's where that is earlier or there is none."""
    own = list_of(round_, award).closes_at
    return min(own, round_.closes_at) if own else round_.closes_at


def is_open(round_: Round, award: Award) -> bool:
    return round_.state is RoundState.OPEN and clock.now() < closes_at(round_, award)


def pick(who: Who, seat: Seat, award: Award, chosen: list[Choice], revision: int) -> PickList:
    """Keep the organisation's choices in their order; none is no recognition.

    Raises Refused when the time is over or a film is not to be picked, StaleState when a colleague
    or another tab was faster, NotFound for somebody who does not speak for the organisation.
    """
    round_ = hold_open(seat.round)
    hold_alone(seat.membership.organisation)
    hold_alone(seat.membership)
    account = who.account
    if account is None or seat.membership.ended_at is not None or not may_pick(seat):
        raise NotFound()
    if clock.now() >= closes_at(round_, award):
        raise Refused("picks_closed")
    check(seat, account, chosen)
    found = list_of(round_, award)
    before = picks_of(round_, award)
    held = [(pick.film_version_id, pick.citation) for pick in before]
    if held == [(choice.film.id, choice.citation) for choice in chosen]:
        return found
    if revision != found.revision:
        raise StaleState(revision=found.revision)
    write(found, before, chosen, account)
    audit.append(
        round_.edition.festival, "pick.changed", f"organisation:{award.organisation_id}", account
    )
    return found


def check(seat: Seat, account: Account, chosen: list[Choice]) -> None:
    ids = [choice.film.id for choice in chosen]
    if len(ids) > CHOICES or len(set(ids)) != len(ids):
        raise Refused("picked_twice")
    if not set(ids) <= {film.id for film in choices(seat, account)}:
        raise Refused("film_not_before_you")


def write(found: PickList, before: list[Pick], chosen: list[Choice], account: Account) -> None:
    for row in before:
        db.session.delete(row)
    found.revision += 1
    db.session.add(found)
    db.session.flush()
    now = clock.now()
    for position, choice in enumerate(chosen, 1):
        db.session.add(
            Pick(
                round_id=found.round.id,
                organisation_id=found.award.organisation_id,
                award_id=found.award.id,
                film=choice.film,
                citation=choice.citation,
                position=position,
                picked_by_id=account.id,
                picked_at=now,
            )
        )
    db.session.flush()


# ----- inside the organisation


def recommend(who: Who, seat: Seat, film: FilmVersion) -> bool:
    """Mark a film as a favourite of this person, or take the mark back; whether it is one now.

    Nobody outside the organisation sees it, and it is no deed for the audit chain.
    """
    hold_open(seat.round)
    hold_alone(seat)
    if who.account is None or film not in choices(seat, who.account):
        raise Refused("film_not_before_you")
    found = Favourite.query.filter_by(seat_id=seat.id, film_version_id=film.id).first()
    if found is not None:
        db.session.delete(found)
    else:
        db.session.add(Favourite(seat=seat, film=film, marked_at=clock.now()))
    db.session.flush()
    return found is None


def favourites(seat: Seat) -> set[int]:
    """Ids of the films that this person recommends."""
    return {row.film_version_id for row in Favourite.query.filter_by(seat_id=seat.id)}


def recommended(seat: Seat) -> dict[int, list[str]]:
    """Who of the seat's organisation recommends each film, by name; for its focal point."""
    mine = seat.membership.organisation_id
    rows = (
        Favourite.query.join(Seat)
        .join(Membership)
        .filter(Seat.round_id == seat.round_id, Membership.organisation_id == mine)
        .order_by(Membership.name)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        member = row.seat.membership
        found.setdefault(row.film_version_id, []).append(member.name or member.email)
    return found


def criteria_key(award: Award) -> str:
    """The edition's text that says by what a recognition is given."""
    return f"award.{award.key}.criteria"


def write_criteria(award: Award, words: dict[str, str], by: Account) -> None:
    """Write by what the organisation chooses, per language."""
    for language, text in words.items():
        write_text(award.edition, language, criteria_key(award), text)
    audit.append(award.edition.festival, "award.criteria_written", lifecycle.subject(award), by)


def set_deadline(round_: Round, award: Award, at: datetime | None, by: Account) -> PickList:
    """Give one recognition a deadline of its own; None is the round's.

    Raises Refused for one after the round's, in the past, or once the round has closed.
    """
    held = hold_round(round_)
    if held.state is RoundState.CLOSED:
        raise Refused("round_closed")
    if at is not None and at > held.closes_at:
        raise Refused("deadline_after_round")
    if at is not None and at <= clock.now():
        raise Refused("round_closes_in_past")
    hold_alone(award)
    found = list_of(held, award)
    found.closes_at = at
    db.session.add(found)
    db.session.flush()
    audit.append(
        round_.edition.festival,
        "picks.rescheduled",
        lifecycle.subject(found),
        by,
        {"award": award.key, "to": audit.written(at) if at else ""},
    )
    return found


# ----- at the opening and the close


def seat_focal_points(round_: Round) -> None:
    """Open the shortlist to all partners at once: seat everybody who speaks for one of them."""
    if round_.kind is not RoundKind.PARTNER_PICKS:
        return
    giving = {a.organisation_id for a in round_.edition.awards if a.organisation_id is not None}
    taken = {seat.membership_id for seat in round_.seats}
    people = Membership.query.filter(
        Membership.organisation_id.in_(giving),
        Membership.role == MembershipRole.FOCAL_POINT,
        Membership.ended_at.is_(None),
    ).order_by(Membership.id)
    round_.seats.extend(Seat(membership=m) for m in people if m.id not in taken)
    db.session.flush()


def silent_partners(round_: Round) -> list[str]:
    """Names of organisations that have picked nothing; whether they want to is theirs."""
    spoken = {p.award_id for p in Pick.query.filter_by(round_id=round_.id)}
    return sorted({giver(a).name for a in awards(round_) if a.id not in spoken})


def giver(award: Award) -> Organisation:
    return db.session.get_one(Organisation, award.organisation_id)


def prizes_held(round_: Round) -> set[str]:
    """Pseudonyms of films that juries and partners of other rounds have given something already.

    Only what is frozen counts, by each round's newest frozen version; where two rounds decided the
    same award, the later one's.
    """
    others = (r for r in deciding_results(round_.edition) if r.round_id != round_.id)
    by_award = {row["award"]: row["winners"] for r in others for row in r.document["awards"]}
    return {film for winners in by_award.values() for film in winners}


def picking(round_: Round) -> Picking:
    """The recognitions and what has been picked for them.

    A pick stands if the film may still be judged and whoever picked it has no conflict with it.
    """
    one_prize, given = round_.rules.one_prize_per_film, awards(round_)
    return Picking(
        awards=tuple(award.key for award in given),
        picks=tuple(chosen(a, p) for a in given for p in picks_of(round_, a) if stands(p)),
        films=frozenset(panel.pseudonym(film) for film in panel.films(round_, clock.now())),
        held=frozenset(prizes_held(round_) if one_prize else ()),
        one_prize_per_film=one_prize,
    )


def chosen(award: Award, found: Pick) -> Chosen:
    return Chosen(award.key, found.position, panel.pseudonym(found.film), found.citation)


def stands(found: Pick) -> bool:
    picker = db.session.get_one(Account, found.picked_by_id)
    own = own_entries(found.organisation, [found.film])
    return found.film.entry_id not in own and not in_conflict(picker, found.film.entry)
