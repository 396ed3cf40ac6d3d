"""A final jury: its declared rules, who sits on it, what is asked of it and what it has given."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from judging.conflicts import Conflict

FIRST, SECOND = 1, 2
NO_AWARD = "no award"
"""The candidate that stands for giving none."""
NO_QUORUM = "no quorum"


class Deciding(StrEnum):
    """How a jury comes to a decision."""

    RANKING = "ranking"
    SCORES = "scores"
    MAJORITY_JUDGEMENT = "majority_judgement"
    TALKING = "talking"


@dataclass(frozen=True, slots=True)
class Rules:
    """What was declared before anybody voted. `quorum` is how many members must take part in
    deciding an award, `casting_vote` the juror whose ballot parts a tie."""

    deciding: Deciding
    quorum: int = 0
    ex_aequo: bool = True
    one_prize_per_film: bool = False
    casting_vote: str | None = None


@dataclass(frozen=True, slots=True)
class Prize:
    """An award that a jury decides. A second turn was held if anybody stands in `second_among`."""

    award: str
    candidates: tuple[str, ...]
    second_among: tuple[str, ...] = ()
    may_be_withheld: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has sat on the jury, and whether they still `sits` there."""

    id: str
    sits: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """A ballot as it was cast, whether it counts or not: `tiers` from best to worst, or `grades`.

    `receipt` is whatever the juror was given as proof; it is only carried along.
    """

    award: str
    turn: int
    juror_id: str
    tiers: tuple[frozenset[str], ...] = ()
    grades: Mapping[str, float] = field(default_factory=dict)
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The minutes of one award as the chair has written them down in their last revision.

    `dissent` holds the words of members who differ, the chair's and their own.
    """

    award: str
    revision: int
    present: frozenset[str]
    recused: frozenset[str]
    winners: tuple[str, ...]
    reasons: str
    dissent: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A member has confirmed one revision of the minutes."""

    award: str
    juror_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """`prizes` stand in their precedence; everything else is a set of rows, in any order.

    Conflicts count wherever the film stands: what follows from them for a ballot or for minutes is
    for `voting` and `talking` to say.
    """

    rules: Rules
    prizes: tuple[Prize, ...]
    members: tuple[Member, ...]
    conflicts: tuple[Conflict, ...] = ()
    ballots: tuple[Given, ...] = ()
    minutes: tuple[Written, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()

    def recused_from(self, juror_id: str, films: Collection[str]) -> frozenset[str]:
        """Those of the films with which a juror has a conflict."""
        return frozenset(
            conflict.film_id
            for conflict in self.conflicts
            if conflict.juror_id == juror_id and conflict.film_id in films
        )
