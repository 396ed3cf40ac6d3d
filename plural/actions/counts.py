"""Counting the first ballots of an award, and opening a second one among the tied."""

from datetime import datetime

from judging import voting
from plural import audit, clock, lifecycle, mailing
from plural.access import Who
from plural.actions import ballots, juries, panel, sittings
from plural.actions.locks import hold_alone
from plural.errors import NotFound, Refused
from plural.extensions import db
from plural.models.festival import Award
from plural.models.juries import BallotCount
from plural.models.people import Account
from plural.models.rounds import Round, RoundState, Seat
from plural.round_rules import Deciding


def count_as_chair(who: Who, seat: Seat, award: Award, second_closes_at: datetime) -> BallotCount:
    """The same, by the member who presides; raises NotFound for anybody else."""
    if not seat.is_chair or who.account is None or who.account != seat.membership.account:
        raise NotFound()
    return count(seat.round, award, second_closes_at, who.account)


def count(round_: Round, award: Award, second_closes_at: datetime, by: Account) -> BallotCount:
    """Count the first ballots of one award; they cannot be changed any more.

    Nothing of them is told but whether a tie asks for a second ballot, and among which films; it
    is open until `second_closes_at`. Raises Refused while somebody may still vote, where an award
    that comes before it has not been counted though one film may have one prize only, and when
    this has been done.
    """
    hold_alone(round_)
    if round_.state is not RoundState.OPEN:
        raise Refused("round_not_open")
    if round_.rules.deciding is Deciding.TALKING:
        raise NotFound()
    if ballots.count_of(round_, award) is not None:
        raise Refused("ballots_counted")
    if clock.now() < round_.closes_at and ballots.waiting_for(round_, award):
        raise Refused("votes_missing")
    if round_.rules.one_prize_per_film and earlier_unsettled(round_, award):
        raise Refused("earlier_award_open")
    found = BallotCount(
        round=round_, award=award, counted_at=clock.now(), counted_by_id=by.id, tied=[]
    )
    tied = tied_films(round_, award)
    if len(tied) > 1:
        if second_closes_at <= clock.now():
            raise Refused("second_ballot_in_past")
        found.tied, found.second_closes_at = tied, second_closes_at
    db.session.add(found)
    db.session.flush()
    audit.append(
        round_.edition.festival,
        "ballots.counted",
        lifecycle.subject(found),
        by,
        {"award": award.key, "second_ballot": bool(found.tied)},
    )
    if found.tied:
        call_second_ballot(round_, award)
    return found


def tied_films(round_: Round, award: Award) -> list[int]:
    """Ids of the films between which the first ballot has left a tie; none without any ballot."""
    sitting, prize = sittings.sitting_of(round_), sittings.prize_of(round_, award)
    first = voting.settle_all(sitting)[award.key].first
    if first is None or not voting.contest(sitting, prize).ballots:
        return []
    return [f.id for f in juries.candidates(round_, award) if panel.pseudonym(f) in first.tied]


def call_second_ballot(round_: Round, award: Award) -> None:
    films = ballots.films_of(round_, award, ballots.SECOND)
    for seat in juries.deciders(round_, films):
        mailing.post(
            round_.edition.festival_id, "second_ballot", seat_id=seat.id, award_id=award.id
        )


def earlier_unsettled(round_: Round, award: Award) -> bool:
    """Whether an award of higher precedence could still take a film of this one."""
    awards = juries.awards(round_)
    return any(not is_settled(round_, a) for a in awards[: awards.index(award)])


def is_settled(round_: Round, award: Award) -> bool:
    """Whether no ballot can change any more what an award comes to."""
    if ballots.count_of(round_, award) is None:
        return round_.state is not RoundState.OPEN or clock.now() >= round_.closes_at
    return not ballots.is_open(round_, award) or not ballots.waiting_for(round_, award)
