"""A frozen round as one document from which anybody can recompute its result.

`sealing` tells what its digests cover.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from judging.conflicts import Conflict
from judging.errors import JudgingError, SnapshotUnreadable
from judging.ranking import Ranking, calibrate_as_declared, rank
from judging.rounds import Film, Juror, Pair, Score
from judging.rubric import Criterion, Rubric
from judging.sealing import Document, part_digests, sha256_of
from judging.sealing import canonical as canonical
from judging.sealing import digest as digest
from judging.slopes import Comparison
from judging.standings import JurorStanding, Standing, TieRule, observe, report, stand

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = "plural frozen round 1"
METHOD = "shrunk additive, one variance per juror, 2"
METHOD_WITH_SLOPES = f"{METHOD}; one slope per juror where that predicts unseen scores better, 1"
UNREADABLE = (
    JudgingError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What computing with a document of another shape may raise."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`document` is JSON, its `digest` included; write `canonical(document)` to keep it."""

    document: Document
    digest: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What follows from a document's own scores. `differences` is empty if that is what it says:
    else it names what of the result differs, each changed part, and "digest"."""

    result: Document
    digest: str
    differences: tuple[str, ...]


def freeze(
    *,
    round_id: str,
    version: int,
    rubric: Rubric,
    films: Iterable[Film],
    jurors: Iterable[Juror],
    pairs: Iterable[Pair],
    conflicts: Iterable[Conflict],
    scores: Iterable[Score],
    seed: str,
    shortlist_size: int | Mapping[str, int] | None = None,
    tie_rule: TieRule = TieRule.SHARED,
    groups: Mapping[str, str] | None = None,
    slopes: bool = False,
) -> Snapshot:
    """Freeze what `ranking.rank` says of the same rows.

    Ids stand in the document as they are: give pseudonyms. Reasons of conflicts are left out, as
    they may tell of persons; scores on a conflict are kept and do not count. Raises what `rank`
    raises.
    """
    known = tuple(sorted(films, key=lambda film: film.id))
    given = tuple(sorted(scores, key=lambda score: (score.film_id, score.juror_id)))
    barred = tuple(sorted(conflicts))
    document: Document = {
        "format": FORMAT,
        "method": _method(slopes),
        "round": round_id,
        "version": version,
        "seed": seed,
        "tie_rule": str(tie_rule),
        "shortlist_size": _plain(shortlist_size),
        "rubric": [_row(criterion) for criterion in rubric.criteria],
        "films": [_row(film) | {"group": (groups or {}).get(film.id, "")} for film in known],
        "jurors": [_row(juror) for juror in sorted(jurors, key=lambda juror: juror.id)],
        "assignments": [[pair.film_id, pair.juror_id] for pair in sorted(set(pairs))],
        "conflicts": [_without_reason(conflict) for conflict in barred],
        "scores": [_row(score) for score in given],
    }
    ranking = rank(
        rubric,
        given,
        films=[film.id for film in known],
        seed=seed,
        shortlist_size=shortlist_size,
        tie_rule=tie_rule,
        conflicts=barred,
        groups=groups,
        slopes=slopes,
    )
    document["result"] = _result(ranking.rows, ranking.jurors, ranking.comparison)
    document["intervals"] = _intervals(ranking)
    document = json.loads(canonical(document))
    document["parts"] = part_digests(document)
    document["digest"] = digest(document)
    return Snapshot(document, document["digest"])


def declare(
    *,
    rubric: Rubric,
    seed: str,
    shortlist_size: int | Mapping[str, int] | None = None,
    tie_rule: TieRule = TieRule.SHARED,
    slopes: bool = False,
) -> str:
    """The digest that seals, before a round opens, what must not change once it is open.

    Of the seed it tells nothing: only a frozen round shows that the same seed was used.
    """
    return _declaration(
        {
            "method": _method(slopes),
            "rubric": [_row(criterion) for criterion in rubric.criteria],
            "seed": seed,
            "shortlist_size": _plain(shortlist_size),
            "tie_rule": str(tie_rule),
        }
    )


def declared(document: Mapping[str, Any]) -> str:
    """The same digest from a frozen round: equal if what was declared is what was done."""
    return _declaration(document)


def _declaration(rules: Mapping[str, Any]) -> str:
    kept = ("method", "rubric", "seed", "shortlist_size", "tie_rule")
    return sha256_of({key: rules[key] for key in kept})


def _method(slopes: bool) -> str:
    return METHOD_WITH_SLOPES if slopes else METHOD


def receipt_for(round_id: str, score: Score, *, salt: str) -> str:
    """What a juror gets for a score; without the salt nobody finds the score from it."""
    return sha256_of({"round": round_id, "score": {**_row(score), "receipt": ""}, "salt": salt})


def recompute(document: Mapping[str, Any]) -> Recomputed:
    """Compute the result anew from the scores; raises SnapshotUnreadable.

    A document of another version of the method is refused, as its result cannot be had from this.
    """
    _check_version(document)
    try:
        result = json.loads(canonical(_recomputed(document)))
        found = digest({**document, "result": result})
        return Recomputed(result, found, _differences(document, result, found))
    except UNREADABLE as error:
        raise SnapshotUnreadable(repr(error)) from error


def _check_version(document: Any) -> None:
    if not isinstance(document, Mapping):
        raise SnapshotUnreadable("it is no frozen round")
    for key, known in (("format", [FORMAT]), ("method", [METHOD, METHOD_WITH_SLOPES])):
        if document.get(key) not in known:
            raise SnapshotUnreadable(
                f"its {key} is {document.get(key)!r}, and this version reads {known[0]!r}"
            )


def find_receipt(document: Mapping[str, Any], receipt: str) -> Document | None:
    """The frozen score that a juror's receipt was given for."""
    for score in document["scores"]:
        if receipt and score["receipt"] == receipt:
            return dict(score)
    return None


def _recomputed(document: Mapping[str, Any]) -> Document:
    """The deterministic part of the ranking, from the document alone."""
    rubric = Rubric(tuple(_criterion(row) for row in document["rubric"]))
    scores = [Score(row["film_id"], row["juror_id"], row["values"]) for row in document["scores"]]
    conflicts = [
        Conflict(row["film_id"], row["juror_id"], row["source"], "")
        for row in document["conflicts"]
    ]
    group_of = {row["id"]: row["group"] for row in document["films"]}
    observations = observe(rubric, scores, conflicts, films=group_of)
    calibration, comparison = calibrate_as_declared(
        observations, slopes=document["method"] == METHOD_WITH_SLOPES, seed=document["seed"]
    )
    standings = stand(
        observations,
        calibration,
        group_of,
        seed=document["seed"],
        tie_rule=TieRule(document["tie_rule"]),
    )
    return _result(standings, report(observations, calibration), comparison)


def _result(
    rows: Iterable[Standing], jurors: Iterable[JurorStanding], comparison: Comparison | None
) -> Document:
    """`slopes` stands only in the result of a round that has declared them."""
    result: Document = {
        "order": [_row(row, Standing) for row in rows],
        "jurors": [_row(juror, JurorStanding) for juror in jurors],
    }
    if comparison is not None:
        result["slopes"] = {**_row(comparison), "used": comparison.better}
    return result


def _intervals(ranking: Ranking) -> Document:
    return {
        "films": [
            {
                "film_id": row.film_id,
                "rank_low": row.rank_low,
                "rank_high": row.rank_high,
                "probability_shortlisted": row.probability_shortlisted,
            }
            for row in ranking.rows
        ],
        "jurors": [
            {
                "juror_id": juror.juror_id,
                "severity_low": juror.severity_low,
                "severity_high": juror.severity_high,
            }
            for juror in ranking.jurors
        ],
    }


def _differences(document: Mapping[str, Any], result: Document, found: str) -> tuple[str, ...]:
    said = document["result"]
    differences = [
        f"{kind} {mine[key]}"
        for kind, part, key in (("film", "order", "film_id"), ("juror", "jurors", "juror_id"))
        for mine, theirs in zip_longest(result[part], said[part], fillvalue={key: "missing"})
        if mine != theirs
    ]
    if result.get("slopes") != said.get("slopes"):
        differences.append("slopes")
    parts = part_digests(document)
    differences += [
        f"part {key}" for key, sealed in document["parts"].items() if parts.get(key) != sealed
    ]
    if found != document["digest"]:
        differences.append("digest")
    return tuple(differences)


def _without_reason(conflict: Conflict) -> Document:
    row = _row(conflict)
    del row["reason"]
    return row


def _criterion(row: Mapping[str, Any]) -> Criterion:
    return Criterion(**{**row, "categories": frozenset(row["categories"])})


def _row(instance: "DataclassInstance", of: "type[DataclassInstance] | None" = None) -> Document:
    """The fields of an instance, or of the dataclass it extends."""
    return {field.name: _plain(getattr(instance, field.name)) for field in fields(of or instance)}


def _plain(value: Any) -> Any:
    """Sets as sorted lists, mappings as dictionaries."""
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value
