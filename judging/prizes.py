"""Several awards where one film may win only one of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from judging.ballots import Ballot, Decision, Method, decide
from judging.errors import DuplicateId


@dataclass(frozen=True, slots=True)
class Award:
    """One award's ballots and declared rules, as for `ballots.decide`."""

    id: str
    ballots: tuple[Ballot, ...]
    candidates: tuple[str, ...]
    method: Method = Method.SCHULZE
    ex_aequo: bool = True
    no_award: str | None = None
    casting_vote: str | None = None
    quorum: int = 0


def decide_in_turn(awards: Iterable[Award]) -> dict[str, Decision]:
    """Decide awards in their declared precedence; a film that has won stands no more.

    It is struck from the later ballots as if it had never stood. Raises DuplicateId for an award
    given twice, and what `decide` raises.
    """
    decisions: dict[str, Decision] = {}
    awarded: set[str] = set()
    for award in awards:
        if award.id in decisions:
            raise DuplicateId(award.id)
        decision = _decide(award, frozenset(awarded))
        decisions[award.id] = decision
        awarded.update(decision.winners)
    return decisions


def _decide(award: Award, awarded: frozenset[str]) -> Decision:
    return decide(
        [_without(ballot, awarded & set(award.candidates)) for ballot in award.ballots],
        [candidate for candidate in award.candidates if candidate not in awarded],
        method=award.method,
        ex_aequo=award.ex_aequo,
        no_award=award.no_award,
        casting_vote=award.casting_vote,
        quorum=award.quorum,
    )


def _without(ballot: Ballot, struck: frozenset[str]) -> Ballot:
    tiers = tuple(tier - struck for tier in ballot.tiers)
    grades = {name: grade for name, grade in ballot.grades.items() if name not in struck}
    return replace(
        ballot,
        tiers=tuple(tier for tier in tiers if tier),
        grades=grades,
        recused=ballot.recused - struck,
    )
