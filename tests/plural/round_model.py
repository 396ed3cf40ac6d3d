"""What a round should have come to, kept in plain sets and dictionaries beside the portal."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from plural.actions.receipts import Standing
from plural.models.round_requests import RequestKind
from plural.models.rounds import OVER, RoundState
from plural.models.scoring import AssignmentState
from plural.round_rules import Sight
from tests.plural.round_stage import Pair

CANARY = re.compile(r"canary-(\d+)-(\d+)-(jury|maker|reason)")

Counted = dict[str, tuple[Pair, float]]
"""The scores that count, by their receipts: whose of which film, and how much."""


@dataclass(frozen=True)
class Canary:
    """Words that only one juror writes, and only once."""

    author: int
    number: int
    kind: str

    def __str__(self) -> str:
        return f"canary-{self.author}-{self.number}-{self.kind}"


def canaries(text: str) -> set[Canary]:
    """All that stand in a text."""
    return {Canary(int(author), int(n), kind) for author, n, kind in CANARY.findall(text)}


@dataclass
class Line:
    """A score that a juror was given a receipt for, and what became of it."""

    pair: Pair
    value: float
    receipt: str
    version: int
    revision: int
    words: int
    fate: Standing = Standing.KEPT


@dataclass(frozen=True)
class Asked:
    """What waits for a second person: how the round stood when the first asked."""

    kind: RequestKind
    number: int
    by: int
    standing: object
    closes_at: datetime | None = None


@dataclass
class Model:
    """A round as it should be. `away` are films that cannot be judged now, `gone` people."""

    closes_at: datetime
    sight: Sight
    seated: set[int]
    phase: RoundState = RoundState.OPEN
    version: int = 1
    states: dict[Pair, AssignmentState] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    revisions: dict[Pair, int] = field(default_factory=dict)
    kept: dict[Pair, Line] = field(default_factory=dict)
    final: set[Pair] = field(default_factory=set)
    conflicts: set[Pair] = field(default_factory=set)
    outside: set[int] = field(default_factory=set)
    withheld: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    asked: Asked | None = None
    came_to: dict[int, Counted] = field(default_factory=dict)
    frozen: list[int] = field(default_factory=list)

    @property
    def away(self) -> set[int]:
        return self.outside | self.withheld

    @property
    def is_over(self) -> bool:
        return self.phase in OVER

    def may_judge(self, pair: Pair, now: datetime) -> bool:
        """Whether a score of this juror for this film may be taken now."""
        return (
            self.phase is RoundState.OPEN
            and now < self.closes_at
            and self.has_before(pair)
            and not self.is_sealed(pair)
        )

    def has_before(self, pair: Pair) -> bool:
        """Whether the juror may still look at the film."""
        juror, film = pair
        before = self.states.get(pair) not in (None, AssignmentState.CONFLICTED)
        return before and juror not in self.gone and film not in self.away and not self.bars(pair)

    def bars(self, pair: Pair) -> bool:
        return pair in self.conflicts

    def is_sealed(self, pair: Pair) -> bool:
        """A score that stays: of an older version, or of somebody who has seen the others'."""
        line = self.kept.get(pair)
        return line is not None and (line.version < self.version or pair in self.final)

    def revision(self, pair: Pair) -> int:
        return self.revisions.get(pair, 0)

    # ----- what jurors do

    def keep(self, line: Line) -> None:
        if line.pair in self.kept:
            self.kept[line.pair].fate = Standing.CHANGED
        self.lines.append(line)
        self.kept[line.pair] = line
        self.revisions[line.pair] = line.revision
        self.states[line.pair] = AssignmentState.SCORED

    def take_back(self, pair: Pair) -> None:
        self.kept.pop(pair).fate = Standing.TAKEN_BACK
        self.revisions[pair] += 1
        self.states[pair] = AssignmentState.ASSIGNED

    def abstain(self, pair: Pair) -> None:
        if pair in self.kept:
            self.take_back(pair)
        self.states[pair] = AssignmentState.ABSTAINED

    def bar(self, pair: Pair) -> None:
        """A conflict: the film leaves the juror, of a frozen round when it is reopened."""
        self.conflicts.add(pair)
        if self.phase is not RoundState.FROZEN:
            self.step_back()

    def step_back(self) -> None:
        for pair in self.conflicts & self.states.keys():
            self.states[pair] = AssignmentState.CONFLICTED

    # ----- what it comes to

    def counted(self) -> Counted:
        return {
            line.receipt: (pair, line.value)
            for pair, line in self.kept.items()
            if pair[1] not in self.away and not self.bars(pair)
        }

    def standing(self) -> object:
        """All of a closed round that may still change."""
        here = {(j, f) for j, f in self.conflicts if j in self.seated and f not in self.away}
        return (
            frozenset(self.counted()),
            frozenset(here),
            frozenset(self.away),
            frozenset(self.gone & self.seated),
        )

    def compute(self) -> None:
        self.came_to[self.version] = self.counted()

    def reopen(self, closes_at: datetime) -> None:
        self.phase, self.version = RoundState.OPEN, self.version + 1
        self.closes_at = closes_at
        self.step_back()

    def fates(self, line: Line) -> set[Standing]:
        """What a receipt may truthfully be said to have come to."""
        if line.fate is not Standing.KEPT:
            return {line.fate}
        newest = self.frozen[-1] if self.frozen else 0
        counts = bool(newest) and line.receipt in self.came_to[newest]
        if self.bars(line.pair):
            return {Standing.VOIDED, Standing.FROZEN} if counts else {Standing.VOIDED}
        if counts:
            return {Standing.FROZEN}
        if line.version > newest:
            return {Standing.KEPT}
        return {Standing.LEFT_OUT}

    # ----- who may read what

    def may_read(self, juror: int, film: int | None, canary: Canary) -> bool:
        """Whether the words may stand on a juror's page; `film` is the one the page is about."""
        if canary.author == juror:
            return True
        if film is None or canary.kind != "jury" or not self.sees_others((juror, film)):
            return False
        other = self.kept.get((canary.author, film))
        return other is not None and other.words == canary.number

    def sees_others(self, pair: Pair) -> bool:
        if not self.has_before(pair) or self.states[pair] is not AssignmentState.SCORED:
            return False
        if self.sight is Sight.AFTER_OWN:
            return self.is_sealed(pair) or self.is_over
        return self.sight is Sight.AFTER_CLOSE and self.is_over
