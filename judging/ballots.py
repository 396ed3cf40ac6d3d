"""How a final jury decides: ranked ballots or grades in, winners out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from typing import Any

from judging import grading, schulze
from judging.errors import DuplicateId, InvalidBallot, QuorumNotMet

Tiers = tuple[tuple[str, ...], ...]


class Method(StrEnum):
    """The declared way to decide: SCHULZE includes a Condorcet winner, whom it always elects."""

    SCHULZE = "schulze"
    SCORE = "score"
    MAJORITY_JUDGEMENT = "majority judgement"


class Outcome(StrEnum):
    """What in the end decided."""

    CONDORCET = "condorcet"
    SCHULZE = "schulze"
    SCORE = "score"
    MAJORITY_JUDGEMENT = "majority judgement"
    CASTING_VOTE = "casting vote"
    TIED = "tied"
    NO_PREFERENCE = "no preference"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One juror's ballot: `tiers` from best to worst, candidates of one tier are equal, those not
    named are equal and last; or `grades`, where candidates not named are not graded. An empty
    ballot is present and says nothing. A ranking does not compare the candidates in `recused` with
    any other; grades have no such thing, as low grades for its rivals alone would help a film."""

    juror_id: str
    tiers: tuple[frozenset[str], ...] = ()
    grades: Mapping[str, float] = field(default_factory=dict)
    recused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """`order` holds all candidates, best first, equals together, before any casting vote.

    `winners` is empty when nobody is awarded: then either `no_award` is true, or `tied` names those
    between whom a second ballot must decide. Ex aequo winners stand in `winners`, and `tied` is
    empty. `pairwise[a, b]` counts the ballots that prefer a to b. `set_aside` names jurors whose
    ballots were left out of all this: nobody beat all others, and they are recused from somebody.
    """

    winners: tuple[str, ...]
    order: Tiers
    method_used: Outcome
    pairwise: Mapping[tuple[str, str], int]
    tied: tuple[str, ...] = ()
    no_award: bool = False
    set_aside: tuple[str, ...] = ()


def decide(
    ballots: Iterable[Ballot],
    candidates: Iterable[str],
    *,
    method: Method = Method.SCHULZE,
    ex_aequo: bool = True,
    no_award: str | None = None,
    casting_vote: str | None = None,
    quorum: int = 0,
) -> Decision:
    """Decide one award.

    `no_award` is the candidate that stands for giving none (added if absent); it wins only alone,
    as a tie with films is theirs. `casting_vote` is the juror whose ballot parts a tie, if that was
    declared. A tie that stays gives every tied film the award with `ex_aequo`, else none. When no
    ballot prefers anything, and no grades put one candidate before another, the outcome is "no
    preference" and nobody wins.

    Whether a candidate beats all others never depends on those recused from it. Where nobody does,
    only ballots without any recusal decide, if there are such: else somebody could lead the rivals
    of their own film into a circle.

    Raises InvalidBallot, DuplicateId for candidates, QuorumNotMet when fewer ballots were cast, or
    fewer than that compare one of the candidates.
    """
    names = sorted([*candidates])
    _check_candidates(names)
    if no_award is not None and no_award not in names:
        names = sorted([*names, no_award])
    cast = sorted(ballots, key=lambda ballot: ballot.juror_id)
    _check_ballots(cast, names, method, quorum)
    kept = _without_interest(cast, names)
    set_aside = tuple(ballot.juror_id for ballot in cast if ballot not in kept)
    preferences = _preferences(kept, names, method)
    order, outcome = _order(kept, names, method, preferences)

    def came_to(outcome: Outcome, **facts: Any) -> Decision:
        return Decision(
            order=order,
            method_used=outcome,
            pairwise=preferences,
            set_aside=set_aside,
            **{"winners": (), **facts},
        )

    if len(order) < 2 and not _says_anything(kept, names, preferences):
        equals = tuple(name for name in names if name != no_award)
        return came_to(Outcome.NO_PREFERENCE, tied=equals)
    best, outcome = _after_casting_vote(order[0], cast, casting_vote, method, outcome)
    if best == (no_award,):
        return came_to(outcome, no_award=True)
    films = tuple(name for name in best if name != no_award)
    if len(films) == 1 or ex_aequo:
        return came_to(outcome, winners=films)
    return came_to(Outcome.TIED, tied=films)


def _without_interest(cast: Sequence[Ballot], names: Sequence[str]) -> Sequence[Ballot]:
    """All ballots where one candidate beats all others by them; else those without recusals."""
    if not any(ballot.recused for ballot in cast):
        return cast
    preferences = _preferences(cast, names, Method.SCHULZE)
    if schulze.condorcet_winner(names, preferences) is not None:
        return cast
    return [ballot for ballot in cast if not ballot.recused] or cast


def _says_anything(
    cast: Iterable[Ballot], names: Collection[str], preferences: Mapping[tuple[str, str], int]
) -> bool:
    """Does a ballot prefer anything, or name the one candidate there is?"""
    named = any(ballot.tiers or ballot.grades for ballot in cast)
    return any(preferences.values()) or (len(names) == 1 and named)


def _order(
    cast: Sequence[Ballot],
    names: Sequence[str],
    method: Method,
    preferences: Mapping[tuple[str, str], int],
) -> tuple[Tiers, Outcome]:
    if method is Method.SCHULZE:
        alone = schulze.condorcet_winner(names, preferences)
        return (
            schulze.order(names, preferences),
            Outcome.SCHULZE if alone is None else Outcome.CONDORCET,
        )
    given = {
        name: sorted(Fraction(b.grades[name]) for b in cast if name in b.grades) for name in names
    }
    if method is Method.SCORE:
        return grading.by_mean(given), Outcome.SCORE
    return grading.by_majority(given), Outcome.MAJORITY_JUDGEMENT


def _levels(ballot: Ballot, method: Method, names: Iterable[str]) -> dict[str, float]:
    """How high each candidate stands on a ballot; with grades, only those graded."""
    if method is not Method.SCHULZE:
        return dict(ballot.grades)
    levels = dict.fromkeys(names, 0.0)
    for distance, tier in enumerate(reversed(ballot.tiers), 1):
        levels.update(dict.fromkeys(tier, float(distance)))
    return levels


def _preferences(
    cast: Iterable[Ballot], names: Sequence[str], method: Method
) -> dict[tuple[str, str], int]:
    preferences = {(a, b): 0 for a in names for b in names if a != b}
    for ballot in cast:
        compared = [name for name in names if name not in ballot.recused]
        levels = _levels(ballot, method, compared)
        for pair in preferences:
            if all(name in levels for name in pair):
                preferences[pair] += levels[pair[0]] > levels[pair[1]]
    return preferences


def _after_casting_vote(
    best: tuple[str, ...],
    cast: Iterable[Ballot],
    casting_vote: str | None,
    method: Method,
    outcome: Outcome,
) -> tuple[tuple[str, ...], Outcome]:
    if len(best) == 1:
        return best, outcome
    for ballot in cast:
        if ballot.juror_id == casting_vote and not ballot.recused & set(best):
            levels = _levels(ballot, method, best)
            top = max((levels[name] for name in best if name in levels), default=None)
            preferred = tuple(name for name in best if levels.get(name) == top)
            if top is not None and len(preferred) == 1:
                return preferred, Outcome.CASTING_VOTE
    return best, outcome


def _check_candidates(names: Sequence[str]) -> None:
    for first, second in pairwise(names):
        if first == second:
            raise DuplicateId(first)


def _check_ballots(
    cast: Sequence[Ballot], names: Collection[str], method: Method, quorum: int
) -> None:
    present = min(
        (sum(name not in ballot.recused for ballot in cast) for name in names), default=len(cast)
    )
    if present < quorum:
        raise QuorumNotMet(present, quorum)
    seen: set[str] = set()
    for ballot in cast:
        if ballot.juror_id in seen:
            raise InvalidBallot(ballot.juror_id, "second ballot")
        seen.add(ballot.juror_id)
        _check_ballot(ballot, names, method)


def _check_ballot(ballot: Ballot, names: Collection[str], method: Method) -> None:
    if ballot.tiers if method is not Method.SCHULZE else ballot.grades:
        raise InvalidBallot(ballot.juror_id, "other method")
    if ballot.grades and ballot.recused:
        raise InvalidBallot(ballot.juror_id, "recused", min(ballot.recused))
    ranked = [name for tier in ballot.tiers for name in sorted(tier)]
    for position, name in enumerate(ranked):
        if name in ranked[:position]:
            raise InvalidBallot(ballot.juror_id, "repeated", name)
    for name in (*ranked, *sorted(ballot.grades)):
        if name not in names:
            raise InvalidBallot(ballot.juror_id, "unknown", name)
        if name in ballot.recused:
            raise InvalidBallot(ballot.juror_id, "recused", name)
    for name, grade in sorted(ballot.grades.items()):
        if not isfinite(grade):
            raise InvalidBallot(ballot.juror_id, "not a number", name)
