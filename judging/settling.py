"""How an award is settled: a ballot, a second one among the tied, what the declared rules leave."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from judging.ballots import Ballot, Decision, Method, Outcome, decide
from judging.errors import QuorumNotMet


@dataclass(frozen=True, slots=True)
class Award:
    """One award's ballots and declared rules, as for `ballots.decide`.

    `second` are the ballots of the second turn, which was held among `second_among`; nobody stands
    in it if there was none.
    """

    id: str
    ballots: tuple[Ballot, ...]
    candidates: tuple[str, ...]
    method: Method = Method.SCHULZE
    ex_aequo: bool = True
    no_award: str | None = None
    casting_vote: str | None = None
    quorum: int = 0
    second: tuple[Ballot, ...] = ()
    second_among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What an award came to, as in a Decision. `decided_by` is None where no turn had a quorum.

    `first` and `second` are the turns by themselves: before a casting vote, and before a tie
    becomes ex aequo. They are None where the turn had no quorum or was not held.
    """

    winners: tuple[str, ...]
    decided_by: Outcome | None
    tied: tuple[str, ...]
    no_award: bool
    first: Decision | None
    second: Decision | None


def settle(award: Award) -> Settled:
    """Settle one award. Raises InvalidBallot and DuplicateId as `decide` does.

    The second turn counts if it had a quorum and preferred anything; else the first does, and with
    it its tie. Only a tie of the turn that counts goes to the casting vote, then to ex aequo.
    """
    turns = [_turn(award, turn) for turn in _turns(award)]
    alone = [_decision(turn, plain=True) for turn in turns]
    first, second = alone[0], alone[1] if len(alone) > 1 else None
    speaks = second is not None and second.method_used is not Outcome.NO_PREFERENCE
    final = _decision(turns[1] if speaks else turns[0], plain=False)
    if final is None:
        return Settled((), None, (), no_award=False, first=first, second=second)
    return Settled(final.winners, final.method_used, final.tied, final.no_award, first, second)


def without(award: Award, struck: Collection[str]) -> Award:
    """The award as if these candidates had never stood for it."""
    gone = frozenset(struck) & frozenset(award.candidates)
    return replace(
        award,
        ballots=tuple(_without(ballot, gone) for ballot in award.ballots),
        candidates=tuple(name for name in award.candidates if name not in gone),
        second=tuple(_without(ballot, gone) for ballot in award.second),
        second_among=tuple(name for name in award.second_among if name not in gone),
    )


def _without(ballot: Ballot, struck: frozenset[str]) -> Ballot:
    tiers = tuple(tier - struck for tier in ballot.tiers)
    return replace(
        ballot,
        tiers=tuple(tier for tier in tiers if tier),
        grades={name: grade for name, grade in ballot.grades.items() if name not in struck},
        recused=ballot.recused - struck,
    )


def _turns(award: Award) -> Iterator[int]:
    yield 1
    if award.second_among:
        yield 2


def _turn(award: Award, turn: int) -> Award:
    """The turn as an award of its own. That there is an award at all, the first has decided."""
    if turn == 1:
        return award
    return replace(award, ballots=award.second, candidates=award.second_among, no_award=None)


def _decision(turn: Award, *, plain: bool) -> Decision | None:
    try:
        return decide(
            turn.ballots,
            turn.candidates,
            method=turn.method,
            ex_aequo=turn.ex_aequo and not plain,
            no_award=turn.no_award,
            casting_vote=None if plain else turn.casting_vote,
            quorum=turn.quorum,
        )
    except QuorumNotMet:
        return None
