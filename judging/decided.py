"""The record of a round that decides awards: a jury's ballots or minutes, or partners' picks.

Like a snapshot of a scored round it is one document from which anybody can recompute its result.
"""

import json
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from judging import declaration, picking, records, talking, voting
from judging.conflicts import Conflict
from judging.declaration import Declared
from judging.errors import SnapshotUnreadable
from judging.picking import Pick, Picking
from judging.records import UNREADABLE, Recomputed, Snapshot, as_row, without_reason
from judging.sealing import Document, canonical, digest
from judging.sitting import (
    FIRST,
    SECOND,
    Confirmation,
    Deciding,
    Given,
    Member,
    Prize,
    Rules,
    Sitting,
    Written,
)

FORMAT = "plural closed round 2"
PARTS = ("round", "kind", "version", "declared_sha256", "awards", "parts", "digest")
"""What every record of this format holds, beside what follows from how it was decided."""
METHODS = {
    Deciding.RANKING: "ranked ballots: Condorcet, else Schulze by winning votes, 1",
    Deciding.SCORES: "score voting: exact mean of the grades, 1",
    Deciding.MAJORITY_JUDGEMENT: "majority judgement, 1",
    Deciding.TALKING: "minutes confirmed by all who took part, 1",
}
METHOD_OF_PICKS = "each partner's own choice, 1"


def decide(sitting: Sitting) -> list[Document]:
    """What a jury's awards come to, in their precedence. Raises what `voting.rows` does."""
    talks = sitting.rules.deciding is Deciding.TALKING
    return talking.rows(sitting) if talks else voting.rows(sitting)


def freeze(
    case: Sitting | Picking, *, round_id: str, kind: str, version: int, declared: Declared
) -> Snapshot:
    """Freeze what `decide` says of a jury, or `picking.rows` of partners, with what was declared.

    Ids stand in the document as they are: give pseudonyms. Reasons of conflicts are left out, and
    so are the choices of a partner that do not count. Raises what the two raise.
    """
    described = _describe_picking(case) if isinstance(case, Picking) else _describe_sitting(case)
    return records.seal(
        {
            "format": FORMAT,
            "round": round_id,
            "kind": kind,
            "version": version,
            **declared.parts(),
            **described,
            "awards": _result(case),
        }
    )


def recompute(document: Mapping[str, Any]) -> Recomputed:
    """Decide anew from the ballots, minutes or picks; raises SnapshotUnreadable.

    A document of another version of the method is refused, as its result cannot be had from this.
    """
    try:
        check_version(document)
        records.check_parts(document, PARTS)
        case = _read_picking(document) if _is_of_picks(document) else _read_sitting(document)
        result = json.loads(canonical({"awards": _result(case)}))
        found, kept = digest({**document, **result}), declaration.check(document)
        differences = (*_differences(document, result["awards"], found), *kept.differences)
        return Recomputed(result, found, differences, kept)
    except SnapshotUnreadable:
        raise
    except UNREADABLE as error:
        raise SnapshotUnreadable(repr(error)) from error


def check_version(document: Any) -> None:
    """Raises SnapshotUnreadable, with both names, for another format or method."""
    records.check_name(document, "format", [FORMAT])
    records.check_name(document, "method", [_method(document)])


def _result(case: Sitting | Picking) -> list[Document]:
    return picking.rows(case) if isinstance(case, Picking) else decide(case)


def _is_of_picks(document: Mapping[str, Any]) -> bool:
    """A jury's rules say how it decides; partners choose each for itself."""
    return "deciding" not in document["rules"]


def _method(document: Mapping[str, Any]) -> str:
    if _is_of_picks(document):
        return METHOD_OF_PICKS
    return METHODS[Deciding(document["rules"]["deciding"])]


def _differences(
    document: Mapping[str, Any], awards: list[Document], found: str
) -> tuple[str, ...]:
    differences = [
        f"award {mine['award']}"
        for mine, theirs in zip_longest(awards, document["awards"], fillvalue={"award": "missing"})
        if mine != theirs
    ]
    return (*differences, *records.changed(document, found))


# ----- a jury


def _describe_sitting(sitting: Sitting) -> Document:
    return {
        "method": METHODS[sitting.rules.deciding],
        "rules": as_row(sitting.rules),
        "precedence": [
            {"award": prize.award, "may_be_withheld": prize.may_be_withheld}
            for prize in sitting.prizes
        ],
        "candidates": [
            {"award": prize.award, "turn": turn, "film_id": film_id}
            for prize in sitting.prizes
            for turn, films in ((FIRST, prize.candidates), (SECOND, prize.second_among))
            for film_id in sorted(films)
        ],
        "members": [as_row(one) for one in sorted(sitting.members, key=lambda one: one.id)],
        "conflicts": [without_reason(one) for one in sorted(sitting.conflicts)],
        "ballots": [as_row(one) for one in sorted(sitting.ballots, key=_place)],
        "minutes": [as_row(one) for one in sorted(sitting.minutes, key=lambda one: one.award)],
        "confirmations": [
            as_row(one) for one in sorted(sitting.confirmations, key=_confirmation_place)
        ],
    }


def _place(ballot: Given) -> tuple[str, int, str]:
    return ballot.award, ballot.turn, ballot.juror_id


def _confirmation_place(one: Confirmation) -> tuple[str, str, int]:
    return one.award, one.juror_id, one.revision


def _read_sitting(document: Mapping[str, Any]) -> Sitting:
    rules = document["rules"]
    return Sitting(
        rules=Rules(**{**rules, "deciding": Deciding(rules["deciding"])}),
        prizes=tuple(_read_prize(document, row) for row in document["precedence"]),
        members=tuple(Member(**row) for row in document["members"]),
        conflicts=tuple(Conflict(**row, reason="") for row in document["conflicts"]),
        ballots=tuple(
            Given(**{**row, "tiers": tuple(frozenset(tier) for tier in row["tiers"])})
            for row in document["ballots"]
        ),
        minutes=tuple(_read_minutes(row) for row in document["minutes"]),
        confirmations=tuple(Confirmation(**row) for row in document["confirmations"]),
    )


def _read_prize(document: Mapping[str, Any], row: Mapping[str, Any]) -> Prize:
    films: dict[int, list[str]] = {FIRST: [], SECOND: []}
    for one in document["candidates"]:
        if one["award"] == row["award"]:
            films[one["turn"]].append(one["film_id"])
    return Prize(
        award=row["award"],
        candidates=tuple(films[FIRST]),
        second_among=tuple(films[SECOND]),
        may_be_withheld=row["may_be_withheld"],
    )


def _read_minutes(row: Mapping[str, Any]) -> Written:
    sets = {key: frozenset(row[key]) for key in ("present", "recused")}
    return Written(**{**row, **sets, "winners": tuple(row["winners"])})


# ----- partners


def _describe_picking(case: Picking) -> Document:
    counts = picking.counting(case)
    return {
        "method": METHOD_OF_PICKS,
        "rules": {"one_prize_per_film": case.one_prize_per_film},
        "precedence": [{"award": award} for award in case.awards],
        "films": [{"id": film_id} for film_id in sorted(case.films)],
        "held": sorted(case.held),
        "picks": [as_row(counts[award]) for award in sorted(counts)],
    }


def _read_picking(document: Mapping[str, Any]) -> Picking:
    return Picking(
        awards=tuple(row["award"] for row in document["precedence"]),
        picks=tuple(Pick(**row) for row in document["picks"]),
        films=frozenset(row["id"] for row in document["films"]),
        held=frozenset(document["held"]),
        one_prize_per_film=document["rules"]["one_prize_per_film"],
    )
