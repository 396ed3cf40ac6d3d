"""A frozen round as one document from which anybody can recompute its result.

The digest is SHA-256 over the canonical JSON (RFC 8785) of everything but `intervals` and the
`digest` itself: settings, films, jurors, assignments, conflicts, scores and the order that follows
from them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import rfc8785

from judging.calibration import calibrate
from judging.conflicts import Conflict
from judging.errors import JudgingError, SnapshotUnreadable
from judging.ranking import Ranking, rank
from judging.rounds import Film, Juror, Pair, Score
from judging.rubric import Criterion, Rubric
from judging.standings import TieRule, observe, report, stand

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = "plural frozen round 1"
METHOD = "shrunk additive, one variance per juror, 1"
UNREADABLE = (
    JudgingError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What computing with a document of another shape may raise."""
OUTSIDE_DIGEST = frozenset({"intervals", "digest"})

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`document` is JSON, its `digest` included; write `canonical(document)` to keep it."""

    document: Document
    digest: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What follows from a document's own scores. `differences` is empty if that is what it says:
    else it names "digest" or the first film or juror of the result that differs."""

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
        "method": METHOD,
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
    document["result"] = _result(document)
    ranking = rank(
        rubric,
        given,
        films=[film.id for film in known],
        seed=seed,
        shortlist_size=shortlist_size,
        tie_rule=tie_rule,
        conflicts=barred,
        groups=groups,
    )
    document["intervals"] = _intervals(ranking)
    document = json.loads(canonical(document))
    document["digest"] = digest(document)
    return Snapshot(document, document["digest"])


def declare(
    *,
    rubric: Rubric,
    seed: str,
    shortlist_size: int | Mapping[str, int] | None = None,
    tie_rule: TieRule = TieRule.SHARED,
) -> str:
    """The digest that seals, before a round opens, what must not change once it is open.

    Of the seed it tells nothing: only a frozen round shows that the same seed was used.
    """
    return _declaration(
        [_row(criterion) for criterion in rubric.criteria],
        seed,
        _plain(shortlist_size),
        str(tie_rule),
    )


def declared(document: Mapping[str, Any]) -> str:
    """The same digest from a frozen round: equal if what was declared is what was done."""
    return _declaration(
        document["rubric"], document["seed"], document["shortlist_size"], document["tie_rule"]
    )


def _declaration(rubric: Any, seed: str, shortlist_size: Any, tie_rule: str) -> str:
    return _sha256(
        {
            "method": METHOD,
            "rubric": rubric,
            "seed": seed,
            "shortlist_size": shortlist_size,
            "tie_rule": tie_rule,
        }
    )


def receipt_for(round_id: str, score: Score, *, salt: str) -> str:
    """What a juror gets for a score; without the salt nobody finds the score from it."""
    return _sha256({"round": round_id, "score": {**_row(score), "receipt": ""}, "salt": salt})


def canonical(document: Mapping[str, Any]) -> bytes:
    """RFC 8785: one byte sequence for one content."""
    return rfc8785.dumps(dict(document))


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal over what a document vouches for."""
    return _sha256({key: value for key, value in document.items() if key not in OUTSIDE_DIGEST})


def _sha256(document: Mapping[str, Any]) -> str:
    return sha256(canonical(document)).hexdigest()


def recompute(document: Mapping[str, Any]) -> Recomputed:
    """Compute the result anew from the scores; raises SnapshotUnreadable."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise SnapshotUnreadable("format")
    if document.get("method") != METHOD:
        raise SnapshotUnreadable("method")
    try:
        result = json.loads(canonical(_result(document)))
        found = digest({**document, "result": result})
        return Recomputed(result, found, _differences(document, result, found))
    except UNREADABLE as error:
        raise SnapshotUnreadable(repr(error)) from error


def find_receipt(document: Mapping[str, Any], receipt: str) -> Document | None:
    """The frozen score that a juror's receipt was given for."""
    for score in document["scores"]:
        if receipt and score["receipt"] == receipt:
            return dict(score)
    return None


def _result(document: Mapping[str, Any]) -> Document:
    """The deterministic part of the ranking, from the document alone."""
    rubric = Rubric(tuple(_criterion(row) for row in document["rubric"]))
    scores = [Score(row["film_id"], row["juror_id"], row["values"]) for row in document["scores"]]
    conflicts = [
        Conflict(row["film_id"], row["juror_id"], row["source"], "")
        for row in document["conflicts"]
    ]
    group_of = {row["id"]: row["group"] for row in document["films"]}
    observations = observe(rubric, scores, conflicts, films=group_of)
    calibration = calibrate(observations)
    standings = stand(
        observations,
        calibration,
        group_of,
        seed=document["seed"],
        tie_rule=TieRule(document["tie_rule"]),
    )
    return {
        "order": [_row(standing) for standing in standings],
        "jurors": [_row(juror) for juror in report(observations, calibration)],
    }


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
    if found != document["digest"]:
        differences.append("digest")
    return tuple(differences)


def _without_reason(conflict: Conflict) -> Document:
    row = _row(conflict)
    del row["reason"]
    return row


def _criterion(row: Mapping[str, Any]) -> Criterion:
    return Criterion(**{**row, "categories": frozenset(row["categories"])})


def _row(instance: "DataclassInstance") -> Document:
    return {field.name: _plain(getattr(instance, field.name)) for field in fields(instance)}


def _plain(value: Any) -> Any:
    """Sets as sorted lists, mappings as dictionaries."""
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value
