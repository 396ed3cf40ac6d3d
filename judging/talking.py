"""What the minutes of a jury that talks come to, and whether they are valid at all."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from judging import deliberation
from judging.errors import JudgingError, NotConfirmed, NotRecused, QuorumNotMet
from judging.sitting import NO_QUORUM, Deciding, Prize, Sitting, Written

NO_MINUTES = "no minutes"
NOT_CONFIRMED = "not confirmed"
AGAINST_RULES = "against the rules"
NOT_POSSIBLE = "not possible"
FAULTS = {NotConfirmed: NOT_CONFIRMED, QuorumNotMet: NO_QUORUM, NotRecused: "not recused"}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The winners, or why the minutes decide nothing: `fault` is None when they are valid."""

    winners: tuple[str, ...]
    fault: str | None


def conclude(sitting: Sitting, prize: Prize, struck: Collection[str] = ()) -> Conclusion:
    """What the minutes of one award decide.

    Films in `struck` hold a prize of higher precedence and cannot win another.
    """
    written = written_for(sitting, prize)
    if written is None:
        return Conclusion((), NO_MINUTES)
    members = {member.id for member in sitting.members}
    try:
        winners = deliberation.conclude(
            deliberation.Minutes(
                present=written.present,
                winners=written.winners,
                reasons=written.reasons,
                recused=written.recused,
                dissent=dict.fromkeys(written.dissent, ""),
                confirmed=confirmed(sitting, written),
            ),
            members=members,
            candidates=set(prize.candidates) - set(struck),
            conflicts=[one for one in sitting.conflicts if one.juror_id in members],
            quorum=max(1, sitting.rules.quorum),
        )
    except JudgingError as fault:
        return Conclusion((), FAULTS.get(type(fault), NOT_POSSIBLE))
    if not _is_allowed(sitting, prize, winners):
        return Conclusion((), AGAINST_RULES)
    return Conclusion(winners, None)


def _is_allowed(sitting: Sitting, prize: Prize, winners: Collection[str]) -> bool:
    if not winners:
        return prize.may_be_withheld
    return len(winners) == 1 or sitting.rules.ex_aequo


def written_for(sitting: Sitting, prize: Prize) -> Written | None:
    return next((one for one in sitting.minutes if one.award == prize.award), None)


def confirmed(sitting: Sitting, written: Written) -> frozenset[str]:
    """Who has confirmed the very revision that stands."""
    return frozenset(
        one.juror_id
        for one in sitting.confirmations
        if (one.award, one.revision) == (written.award, written.revision)
    )


# ----- as rows


def rows(sitting: Sitting) -> list[dict[str, Any]]:
    """What each award came to, in their precedence, with the minutes behind it."""
    struck: set[str] = set()
    found = []
    for prize in sitting.prizes:
        concluded = conclude(sitting, prize, struck)
        found.append(_row(sitting, prize, concluded, struck))
        struck |= set(concluded.winners) if sitting.rules.one_prize_per_film else set()
    return found


def _row(
    sitting: Sitting, prize: Prize, concluded: Conclusion, struck: Collection[str]
) -> dict[str, Any]:
    written = written_for(sitting, prize)
    return {
        "award": prize.award,
        "deciding": Deciding.TALKING.value,
        "winners": list(concluded.winners),
        "decided_by": concluded.fault or Deciding.TALKING.value,
        "no_award": not concluded.fault and not concluded.winners,
        "tied": [],
        "quorum": sitting.rules.quorum,
        "struck": sorted({*struck} & {*prize.candidates}),
        "minutes": _minutes(sitting, written) if written else None,
    }


def _minutes(sitting: Sitting, written: Written) -> dict[str, Any]:
    return {
        "revision": written.revision,
        "present": sorted(written.present),
        "recused": sorted(written.recused),
        "confirmed": sorted(confirmed(sitting, written)),
        "reasons": written.reasons,
        "dissent": {juror: list(words) for juror, words in written.dissent.items()},
    }
