"""What the ballots of a jury come to, award by award: who counts, who wins, what was struck."""

from collections.abc import Collection
from typing import Any

from judging.ballots import Ballot, Decision, Method
from judging.prizes import decide_in_turn
from judging.settling import Award, Settled, settle
from judging.sitting import FIRST, NO_AWARD, NO_QUORUM, SECOND, Deciding, Given, Prize, Sitting

METHODS = {
    Deciding.RANKING: Method.SCHULZE,
    Deciding.SCORES: Method.SCORE,
    Deciding.MAJORITY_JUDGEMENT: Method.MAJORITY_JUDGEMENT,
}


def settle_all(sitting: Sitting) -> dict[str, Settled]:
    """Every award by key. Raises InvalidBallot and DuplicateId, also for an award asked twice."""
    contests = [contest(sitting, prize) for prize in sitting.prizes]
    if sitting.rules.one_prize_per_film:
        return decide_in_turn(contests)
    return {one.id: settle(one) for one in contests}


def contest(sitting: Sitting, prize: Prize) -> Award:
    """One award as `settle` reads it: only ballots that count, without what they must not say."""
    rules = sitting.rules
    candidates, among = tuple(sorted(prize.candidates)), tuple(sorted(prize.second_among))
    return Award(
        id=prize.award,
        ballots=counted(sitting, prize.award, FIRST, candidates),
        candidates=candidates,
        method=METHODS[rules.deciding],
        ex_aequo=rules.ex_aequo,
        no_award=NO_AWARD if prize.may_be_withheld else None,
        casting_vote=rules.casting_vote,
        quorum=rules.quorum,
        second=counted(sitting, prize.award, SECOND, among),
        second_among=among,
    )


def counted(sitting: Sitting, award: str, turn: int, films: Collection[str]) -> tuple[Ballot, ...]:
    """The ballots of those who sit there still and may decide among these films, by juror."""
    sitting_still = {member.id for member in sitting.members if member.sits}
    given = [one for one in sitting.ballots if (one.award, one.turn) == (award, turn)]
    found = []
    for one in sorted(given, key=lambda one: one.juror_id):
        recused = sitting.recused_from(one.juror_id, films)
        if one.juror_id in sitting_still and may_decide(sitting.rules.deciding, recused, films):
            found.append(_without(one, recused))
    return tuple(found)


def may_decide(deciding: Deciding, recused: Collection[object], films: Collection[object]) -> bool:
    """Whether somebody who is recused from these of the films takes part in deciding among them.

    A ranking leaves the comparisons with a film of theirs out. Grades and talk weigh on all films
    at once, so there a conflict with one takes the whole award from a member.
    """
    return len(recused) < len(films) if deciding is Deciding.RANKING else not recused


def _without(given: Given, recused: frozenset[str]) -> Ballot:
    tiers = tuple(tier - recused for tier in given.tiers)
    return Ballot(
        given.juror_id,
        tiers=tuple(tier for tier in tiers if tier),
        grades={name: grade for name, grade in given.grades.items() if name not in recused},
        recused=recused,
    )


# ----- as rows


def rows(sitting: Sitting) -> list[dict[str, Any]]:
    """What each award came to, in their precedence, with the figures behind it."""
    settled = settle_all(sitting)
    struck: set[str] = set()
    found = []
    for prize in sitting.prizes:
        one = settled[prize.award]
        found.append(_row(sitting, prize, one, struck))
        struck |= set(one.winners) if sitting.rules.one_prize_per_film else set()
    return found


def _row(
    sitting: Sitting, prize: Prize, settled: Settled, struck: Collection[str]
) -> dict[str, Any]:
    asked, rules = contest(sitting, prize), sitting.rules
    receipts = {
        (one.turn, one.juror_id): one.receipt for one in sitting.ballots if one.award == prize.award
    }
    turns = [(FIRST, asked.candidates, asked.ballots, settled.first)]
    if asked.second_among:
        turns.append((SECOND, asked.second_among, asked.second, settled.second))
    return {
        "award": prize.award,
        "deciding": rules.deciding.value,
        "winners": list(settled.winners),
        "decided_by": settled.decided_by.value if settled.decided_by else NO_QUORUM,
        "no_award": settled.no_award,
        "tied": list(settled.tied),
        "quorum": rules.quorum,
        "casting_vote": asked.casting_vote,
        "struck": sorted({*struck} & {*asked.candidates}),
        "turns": [
            {
                "among": list(among),
                "ballots": [_ballot(one, receipts[turn, one.juror_id]) for one in ballots],
                **_decision(decision),
            }
            for turn, among, ballots, decision in turns
        ],
    }


def _decision(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return {"decided_by": NO_QUORUM, "order": [], "pairwise": [], "tied": []}
    return {
        "decided_by": decision.method_used.value,
        "order": [list(tier) for tier in decision.order],
        "pairwise": [[a, b, count] for (a, b), count in sorted(decision.pairwise.items())],
        "tied": list(decision.tied),
        "set_aside": list(decision.set_aside),
    }


def _ballot(ballot: Ballot, receipt: str) -> dict[str, Any]:
    found: dict[str, Any] = {"juror": ballot.juror_id, "receipt": receipt}
    if ballot.grades:
        found["grades"] = dict(sorted(ballot.grades.items()))
    else:
        found["tiers"] = [sorted(tier) for tier in ballot.tiers]
    if ballot.recused:
        found["recused"] = sorted(ballot.recused)
    return found
