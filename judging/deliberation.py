"""A jury that decides by talking: what the chair records and what makes it valid."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from judging.conflicts import Conflict
from judging.errors import (
    DuplicateId,
    NotConfirmed,
    NotRecused,
    QuorumNotMet,
    UnknownFilm,
    UnknownJuror,
)


@dataclass(frozen=True, slots=True)
class Minutes:
    """One award's discussion. Who is `recused` took no part in it. No `winners` is a decision too.
    `dissent` holds the reasons of members who differ; they confirm the minutes all the same."""

    present: frozenset[str]
    winners: tuple[str, ...]
    reasons: str
    recused: frozenset[str] = frozenset()
    dissent: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()

    @property
    def deciding(self) -> frozenset[str]:
        return self.present - self.recused


def conclude(
    minutes: Minutes,
    *,
    members: Collection[str],
    candidates: Collection[str],
    conflicts: Iterable[Conflict] = (),
    quorum: int = 1,
) -> tuple[str, ...]:
    """The winners, sorted, if the minutes are valid.

    Whoever has a conflict with any candidate must be recused. Raises UnknownJuror for somebody who
    is no member, UnknownFilm for a winner who was no candidate, DuplicateId for one named twice,
    NotRecused, QuorumNotMet when fewer than `quorum` members decided, and NotConfirmed while one of
    these has not confirmed.
    """
    named = minutes.present | minutes.recused | minutes.confirmed | set(minutes.dissent)
    for juror_id in sorted(named - set(members)):
        raise UnknownJuror(juror_id)
    for film_id in sorted(set(minutes.winners) - set(candidates)):
        raise UnknownFilm(film_id)
    for first, second in pairwise(sorted(minutes.winners)):
        if first == second:
            raise DuplicateId(first)
    for conflict in sorted(conflicts):
        if conflict.film_id in candidates and conflict.juror_id in minutes.deciding:
            raise NotRecused(conflict.film_id, conflict.juror_id)
    if len(minutes.deciding) < quorum:
        raise QuorumNotMet(len(minutes.deciding), quorum)
    if silent := minutes.deciding - minutes.confirmed:
        raise NotConfirmed(tuple(sorted(silent)))
    return tuple(sorted(minutes.winners))
