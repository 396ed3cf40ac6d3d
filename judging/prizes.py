"""Several awards where one film may win only one of them."""

from collections.abc import Iterable

from judging.errors import DuplicateId
from judging.settling import Award, Settled, settle, without

__all__ = ["Award", "decide_in_turn"]


def decide_in_turn(awards: Iterable[Award]) -> dict[str, Settled]:
    """Settle awards in their declared precedence; a film that has won stands no more.

    It is struck from the later ballots as if it had never stood. Raises DuplicateId for an award
    given twice, and what `settle` raises.
    """
    decisions: dict[str, Settled] = {}
    awarded: set[str] = set()
    for award in awards:
        if award.id in decisions:
            raise DuplicateId(award.id)
        decision = settle(without(award, awarded))
        decisions[award.id] = decision
        awarded.update(decision.winners)
    return decisions
