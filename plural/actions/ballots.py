"""Secret ballots of a jury, per award: ranked or graded, and once more among the tied."""

from collections.abc import Mapping

from plural import audit, clock, lifecycle
from plural.access import Who
from plural.actions import juries
from plural.actions.juries import NO_AWARD, awards, candidates
from plural.actions.locks import hold_alone, hold_open, hold_round
from plural.errors import NotFound, Refused, StaleState
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.juries import FIRST, SECOND, Ballot, BallotCount
from plural.models.rounds import Round, RoundState, Seat
from plural.round_rules import Deciding

__all__ = ["awards", "ballot_of", "candidates", "cast", "count_of", "films_of", "turn_of"]

# The best grade; the worst is 0. Those of majority judgement have words.
BEST = {Deciding.SCORES: 10, Deciding.MAJORITY_JUDGEMENT: 5}
Ranking = list[list[int]]
Grades = Mapping[int, int]


def count_of(round_: Round, award: Award) -> BallotCount | None:
    found: BallotCount | None = (
        BallotCount.query.filter_by(round_id=round_.id, award_id=award.id)
        .populate_existing()
        .first()
    )
    return found


def turn_of(round_: Round, award: Award) -> int:
    """The turn that an award is in: the second begins with a count that finds a tie."""
    count = count_of(round_, award)
    return SECOND if count is not None and count.tied else FIRST


def is_open(round_: Round, award: Award) -> bool:
    """Whether a ballot for the award can be cast or changed now."""
    if round_.state is not RoundState.OPEN:
        return False
    count = count_of(round_, award)
    ends_at = round_.closes_at if count is None else count.second_closes_at
    return ends_at is not None and clock.now() < ends_at


def films_of(round_: Round, award: Award, turn: int) -> list[FilmVersion]:
    """The films among which the award's ballot of that turn decides."""
    films, count = candidates(round_, award), count_of(round_, award)
    if turn == FIRST:
        return films
    tied = count.tied if count else []
    return [film for film in films if film.id in tied]


def cast(
    who: Who,
    seat: Seat,
    award: Award,
    ranking: Ranking,
    revision: int,
    grades: Grades | None = None,
    turn: int = FIRST,
) -> Ballot:
    """Keep one juror's secret ballot for one award; an empty one says nothing.

    Raises Refused when the turn is over, the juror has stepped back, or the ballot names what it
    may not; StaleState when another tab was faster; NotFound when the jury decides by talking.
    """
    hold_turn(seat.round, award, turn)
    hold_alone(seat)
    films = films_of(seat.round, award, turn)
    if who.account != seat.membership.account or not juries.may_decide(seat, films):
        raise Refused("ballot_recused")
    given = grades or {}
    check(seat, award, films, turn, ranking, given)
    found, written = ballot_of(seat, award, turn), {str(i): g for i, g in sorted(given.items())}
    if found is not None and (found.ranking, found.grades) == (ranking, written):
        return found
    if revision != (found.revision if found else 0):
        raise StaleState(revision=found.revision if found else 0)
    if found is None:
        found = Ballot(round_id=seat.round_id, seat=seat, award=award, turn=turn, revision=0)
        db.session.add(found)
    found.ranking, found.grades, found.cast_at = ranking, written, clock.now()
    found.revision += 1
    db.session.flush()
    festival = award.edition.festival
    audit.append(festival, "ballot.cast", lifecycle.subject(found), who.account)
    return found


def hold_turn(round_: Round, award: Award, turn: int) -> None:
    """Hold the round open for this turn of the award; raises Refused once the turn is over."""
    if turn == FIRST:
        hold_open(round_)
        if count_of(round_, award) is not None:
            raise Refused("ballots_counted")
        return
    held, count = hold_round(round_), count_of(round_, award)
    if held.state is not RoundState.OPEN:
        raise Refused("round_closed")
    if count is None or count.second_closes_at is None:
        raise Refused("ballots_counted")
    if clock.now() >= count.second_closes_at:
        raise Refused("second_ballot_over")


def ballot_of(seat: Seat, award: Award, turn: int = FIRST) -> Ballot | None:
    found: Ballot | None = (
        Ballot.query.filter_by(seat_id=seat.id, award_id=award.id, turn=turn)
        .populate_existing()
        .first()
    )
    return found


def check(
    seat: Seat,
    award: Award,
    films: list[FilmVersion],
    turn: int,
    ranking: Ranking,
    grades: Grades,
) -> None:
    """Raises Refused for a ballot that the jury's way of deciding does not know.

    Grades are given to all or to none: if only some films had them, those graded by few would be
    compared with those graded by all.
    """
    deciding = seat.round.rules.deciding
    if deciding is Deciding.TALKING:
        raise NotFound()
    recused = juries.recused_from(seat.membership.account, films)
    allowed = {film.id for film in films} - recused
    if award.may_be_withheld and turn == FIRST:
        allowed.add(NO_AWARD)
    if deciding is Deciding.RANKING:
        named = [film_id for tier in ranking for film_id in tier]
        once = len(named) == len(set(named))
        if grades or not once or not set(named) <= allowed or not all(ranking):
            raise Refused("ballot_invalid")
    elif ranking or not set(grades) <= allowed or not in_range(grades, BEST[deciding]):
        raise Refused("ballot_invalid")
    elif grades and set(grades) != allowed:
        raise Refused("ballot_incomplete")


def in_range(grades: Grades, best: int) -> bool:
    return all(0 <= grade <= best for grade in grades.values())


def ballots_for(round_: Round, award: Award, turn: int) -> list[Ballot]:
    rows: list[Ballot] = Ballot.query.filter_by(
        round_id=round_.id, award_id=award.id, turn=turn
    ).all()
    return rows


def waiting_for(round_: Round, award: Award) -> list[Seat]:
    """Members who may vote in the award's present turn and have not."""
    turn = turn_of(round_, award)
    voted = {ballot.seat_id for ballot in ballots_for(round_, award, turn)}
    films = films_of(round_, award, turn)
    return [seat for seat in juries.deciders(round_, films) if seat.id not in voted]
