"""What the ballots of a jury come to, and how that is written down: films and jurors by code."""

from typing import Any

from judging.ballots import Ballot as Cast
from judging.ballots import Decision
from judging.prizes import decide_in_turn
from judging.settling import Award as Contest
from judging.settling import Settled, settle
from plural.actions import juries, panel
from plural.actions.ballots import ballots_for, count_of
from plural.actions.juries import NO_AWARD
from plural.models.entry import FilmVersion
from plural.models.festival import Award
from plural.models.juries import FIRST, SECOND, Ballot
from plural.models.rounds import Round
from plural.round_rules import Deciding

NOBODY = "no award"
NO_QUORUM = "no quorum"


def settle_all(round_: Round) -> dict[str, Settled]:
    """Every award of a jury that votes, by key, as it would come out now."""
    contests = [contest(round_, award) for award in juries.awards(round_)]
    if round_.rules.one_prize_per_film:
        return decide_in_turn(contests)
    return {one.id: settle(one) for one in contests}


def contest(round_: Round, award: Award) -> Contest:
    """One award as the engine reads it."""
    rules, films = round_.rules, juries.candidates(round_, award)
    count, chair = count_of(round_, award), juries.chair(round_)
    among = [film for film in films if count and film.id in count.tied]
    casting = chair.membership.account if rules.casting_vote and chair else None
    return Contest(
        id=award.key,
        ballots=counted(round_, award, FIRST, films),
        candidates=tuple(panel.pseudonym(film) for film in films),
        method=juries.METHODS[rules.deciding],
        ex_aequo=rules.ex_aequo,
        no_award=NOBODY if award.may_be_withheld else None,
        casting_vote=casting.pseudonym if casting else None,
        quorum=rules.quorum,
        second=counted(round_, award, SECOND, among),
        second_among=tuple(panel.pseudonym(film) for film in among),
    )


def counted(round_: Round, award: Award, turn: int, films: list[FilmVersion]) -> tuple[Cast, ...]:
    """The ballots of members who may still decide; films that have left are passed over."""
    return tuple(
        engine_ballot(ballot, films)
        for ballot in ballots_for(round_, award, turn)
        if juries.may_decide(ballot.seat, films)
    )


def engine_ballot(ballot: Ballot, films: list[FilmVersion]) -> Cast:
    account = ballot.seat.membership.account
    recused = juries.recused_from(account, films)
    names = {film.id: panel.pseudonym(film) for film in films}
    named = {i: name for i, name in names.items() if i not in recused} | {NO_AWARD: NOBODY}
    tiers = (frozenset(named[i] for i in tier if i in named) for tier in ballot.ranking)
    return Cast(
        account.pseudonym if account else "",
        tiers=tuple(tier for tier in tiers if tier),
        grades={named[int(i)]: grade for i, grade in ballot.grades.items() if int(i) in named},
        recused=frozenset(names[i] for i in recused),
    )


# ----- the record


def rows(round_: Round) -> list[dict[str, Any]]:
    """One row per award for the frozen document, in the declared precedence."""
    settled = settle_all(round_)
    struck: list[str] = []
    found = []
    for award in juries.awards(round_):
        one = settled[award.key]
        found.append(row(round_, award, one, struck))
        struck += one.winners if round_.rules.one_prize_per_film else ()
    return found


def row(round_: Round, award: Award, settled: Settled, struck: list[str]) -> dict[str, Any]:
    asked, rules = contest(round_, award), round_.rules
    given = {turn: receipts(round_, award, turn) for turn in (FIRST, SECOND)}
    turns = [turn_row(asked.candidates, asked.ballots, settled.first, given[FIRST])]
    if asked.second_among:
        turns.append(turn_row(asked.second_among, asked.second, settled.second, given[SECOND]))
    return {
        "award": award.key,
        "deciding": rules.deciding.value,
        "winners": list(settled.winners),
        "decided_by": settled.decided_by.value if settled.decided_by else NO_QUORUM,
        "no_award": settled.no_award,
        "tied": list(settled.tied),
        "quorum": rules.quorum,
        "casting_vote": asked.casting_vote,
        "struck": sorted(set(struck) & set(asked.candidates)),
        "turns": turns,
    }


def receipts(round_: Round, award: Award, turn: int) -> dict[str, str]:
    return {
        account.pseudonym: ballot.receipt
        for ballot in ballots_for(round_, award, turn)
        if (account := ballot.seat.membership.account) is not None
    }


def turn_row(
    among: tuple[str, ...],
    ballots: tuple[Cast, ...],
    decision: Decision | None,
    given: dict[str, str],
) -> dict[str, Any]:
    ordered = sorted(ballots, key=lambda ballot: ballot.juror_id)
    found: dict[str, Any] = {
        "among": list(among),
        "ballots": [ballot_row(ballot, given[ballot.juror_id]) for ballot in ordered],
    }
    if decision is None:
        return {**found, "decided_by": NO_QUORUM, "order": [], "pairwise": [], "tied": []}
    return {
        **found,
        "decided_by": decision.method_used.value,
        "order": [list(tier) for tier in decision.order],
        "pairwise": [[a, b, count] for (a, b), count in sorted(decision.pairwise.items())],
        "tied": list(decision.tied),
        "set_aside": list(decision.set_aside),
    }


def ballot_row(ballot: Cast, receipt: str) -> dict[str, Any]:
    found: dict[str, Any] = {"juror": ballot.juror_id, "receipt": receipt}
    if ballot.grades:
        found["grades"] = dict(sorted(ballot.grades.items()))
    else:
        found["tiers"] = [sorted(tier) for tier in ballot.tiers]
    if ballot.recused:
        found["recused"] = sorted(ballot.recused)
    return found


def is_graded(round_: Round) -> bool:
    return round_.rules.deciding in (Deciding.SCORES, Deciding.MAJORITY_JUDGEMENT)
