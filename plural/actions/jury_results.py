"""Where each award of a jury stands while its round is open, and what it came to at the close."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from judging import talking, voting
from plural import clock
from plural.actions import ballots, juries, sittings, talks
from plural.models.festival import Award
from plural.models.juries import SECOND
from plural.models.rounds import Round, RoundState, Seat
from plural.round_rules import Deciding


class Stage(StrEnum):
    """What an award waits for; only the last is nothing."""

    NO_QUORUM = "no_quorum"
    VOTES = "votes"
    SECOND_VOTES = "second_votes"
    TIE = "tie"
    MINUTES = "minutes"
    CONFIRMATIONS = "confirmations"
    NOT_VALID = "not_valid"
    DONE = "done"


@dataclass(frozen=True)
class Standing:
    """One award: what it waits for and until when, how many take part, and whose turn it is: to
    vote, to write the minutes, to confirm them.

    Nothing of what anybody has given; that there is a tie is told once nobody can vote any more.
    """

    award: Award
    stage: Stage
    members: int
    waiting: list[Seat]
    closes_at: datetime
    counted: bool = False
    can_be_counted: bool = False

    @property
    def is_open(self) -> bool:
        return clock.now() < self.closes_at

    def waits_for(self, seat: Seat) -> bool:
        return self.stage is not Stage.DONE and seat.id in {one.id for one in self.waiting}


def standings(round_: Round) -> list[Standing]:
    of = talk_standing if round_.rules.deciding is Deciding.TALKING else vote_standing
    return [of(round_, award) for award in juries.awards(round_)]


def vote_standing(round_: Round, award: Award) -> Standing:
    turn, count = ballots.turn_of(round_, award), ballots.count_of(round_, award)
    waiting = ballots.waiting_for(round_, award)
    is_open = ballots.is_open(round_, award)
    waits_for = Stage.SECOND_VOTES if turn == SECOND else Stage.VOTES
    stage = Stage.DONE
    if lacks_quorum(round_, award):
        stage = Stage.NO_QUORUM
    elif waiting and (is_open or count is None):
        stage = waits_for
    elif count is None and clock.now() >= round_.closes_at and is_tied(round_, award):
        stage = Stage.TIE
    can_be_counted = (
        count is None
        and round_.state is RoundState.OPEN
        and (not waiting or clock.now() >= round_.closes_at)
    )
    members = juries.deciders(round_, ballots.films_of(round_, award, turn))
    return Standing(
        award,
        stage,
        len(members),
        waiting,
        closes_at=(count and count.second_closes_at) or round_.closes_at,
        counted=count is not None,
        can_be_counted=can_be_counted,
    )


def lacks_quorum(round_: Round, award: Award) -> bool:
    """Whether fewer members than the quorum may compare one of the films, however they vote."""
    films = juries.candidates(round_, award)
    members = juries.deciders(round_, films)
    barred = [juries.recused_from(s.membership.account, films) for s in members]
    able = [sum(film.id not in recused for recused in barred) for film in films]
    return min(able, default=0) < round_.rules.quorum


def is_tied(round_: Round, award: Award) -> bool:
    return bool(voting.settle_all(sittings.sitting_of(round_))[award.key].tied)


def talk_standing(round_: Round, award: Award) -> Standing:
    minutes = talks.minutes_of(round_, award)
    members = juries.deciders(round_, juries.candidates(round_, award))
    sitting, prize = sittings.sitting_of(round_), sittings.prize_of(round_, award)
    fault = talking.conclude(sitting, prize).fault
    if len(members) < round_.rules.quorum:
        stage = Stage.NO_QUORUM
    elif minutes is None:
        stage = Stage.MINUTES
    elif fault == talking.NOT_CONFIRMED:
        stage = Stage.CONFIRMATIONS
    else:
        stage = Stage.NOT_VALID if fault else Stage.DONE
    if stage in (Stage.MINUTES, Stage.NOT_VALID):
        waiting = writers(round_, members)
    else:
        waiting = talks.unconfirmed(minutes) if minutes else []
    return Standing(award, stage, len(members), waiting, round_.closes_at)


def writers(round_: Round, members: list[Seat]) -> list[Seat]:
    """Who brings the minutes on: the chair, recused or not, or everybody while nobody presides."""
    chair = juries.chair(round_)
    return [chair] if chair else members


def open_awards(round_: Round) -> list[str]:
    """Keys of the awards that still wait for something."""
    return [one.award.key for one in standings(round_) if one.stage is not Stage.DONE]
