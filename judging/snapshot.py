"""A frozen round as one document from which anybody can recompute its result.

`sealing` tells what its digests cover.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from judging import declaration, records, score_rows
from judging.conflicts import Conflict
from judging.declaration import Declared as Declared
from judging.errors import SnapshotUnreadable
from judging.ranking import Ranking, calibrate_as_declared, rank
from judging.records import UNREADABLE, Recomputed, as_plain, as_row, without_reason
from judging.records import Snapshot as Snapshot
from judging.rounds import Film, Juror, Pair, Score
from judging.rubric import Criterion, Rubric
from judging.sealing import Document, sha256_of
from judging.sealing import canonical as canonical
from judging.sealing import digest as digest
from judging.slopes import Comparison
from judging.standings import JurorStanding, Standing, TieRule, observe, report, stand

FORMAT = "plural frozen round 1"
METHOD = "shrunk additive, one variance per juror, 2"
METHOD_WITH_SLOPES = f"{METHOD}; one slope per juror where that predicts unseen scores better, 1"
PARTS = (
    *("method", "round", "version", "seed", "tie_rule", "shortlist_size", "rubric"),
    *("films", "jurors", "assignments", "conflicts", "scores", "result", "intervals"),
    *("parts", "digest"),
)
"""What every frozen round holds beside its format."""


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
    declared: Declared | None = None,
) -> Snapshot:
    """Freeze what `ranking.rank` says of the same rows, with what the round had declared.

    Ids stand in the document as they are: give pseudonyms. Reasons of conflicts are left out, as
    they may tell of persons; scores on a conflict are kept and do not count. Raises what `rank`
    raises.
    """
    known = tuple(sorted(films, key=lambda film: film.id))
    given = tuple(sorted(scores, key=lambda score: (score.film_id, score.juror_id)))
    barred = tuple(sorted(conflicts))
    document: Document = {
        "format": FORMAT,
        "method": method(slopes),
        "round": round_id,
        "version": version,
        "seed": seed,
        "tie_rule": str(tie_rule),
        "shortlist_size": as_plain(shortlist_size),
        "rubric": [as_row(criterion) for criterion in rubric.criteria],
        "films": [as_row(film) | {"group": (groups or {}).get(film.id, "")} for film in known],
        "jurors": [as_row(juror) for juror in sorted(jurors, key=lambda juror: juror.id)],
        "assignments": [[pair.film_id, pair.juror_id] for pair in sorted(set(pairs))],
        "conflicts": [without_reason(conflict) for conflict in barred],
        "scores": [as_row(score) for score in given],
        **(declared.parts() if declared else {}),
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
    return records.seal(document)


def method(slopes: bool) -> str:
    """The method's name and version, for a round that has declared slopes or has not."""
    return METHOD_WITH_SLOPES if slopes else METHOD


def receipt_for(round_id: str, score: Score, *, salt: str) -> str:
    """What a juror gets for a score; without the salt nobody finds the score from it."""
    return sha256_of({"round": round_id, "score": {**as_row(score), "receipt": ""}, "salt": salt})


def recompute(document: Mapping[str, Any]) -> Recomputed:
    """Compute the result anew from the scores; raises SnapshotUnreadable.

    A document of another version of the method is refused, as its result cannot be had from this.
    """
    check_version(document)
    records.check_parts(document, PARTS)
    try:
        result = json.loads(canonical(_recomputed(document)))
        found, kept = digest({**document, "result": result}), declaration.check(document)
        differences = (*_differences(document, result, found), *kept.differences)
        return Recomputed(result, found, differences, kept)
    except UNREADABLE as error:
        raise SnapshotUnreadable(repr(error)) from error


def check_version(document: Any) -> None:
    """Raises SnapshotUnreadable, with both names, for another format or method."""
    records.check_name(document, "format", [FORMAT])
    if document.get("method") != METHOD_WITH_SLOPES:
        records.check_name(document, "method", [METHOD])


def find_receipt(document: Mapping[str, Any], receipt: str) -> Document | None:
    """The frozen score that a juror's receipt was given for."""
    for score in document["scores"]:
        if receipt and score["receipt"] == receipt:
            return dict(score)
    return None


def _recomputed(document: Mapping[str, Any]) -> Document:
    """The deterministic part of the ranking, from the document alone."""
    rubric = _rubric(document)
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
        "order": [as_row(row, Standing) for row in rows],
        "jurors": [as_row(juror, JurorStanding) for juror in jurors],
    }
    if comparison is not None:
        result["slopes"] = {**as_row(comparison), "used": comparison.better}
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
    impossible = score_rows.impossible(document, _rubric(document))
    return (*differences, *impossible, *records.changed(document, found))


def _rubric(document: Mapping[str, Any]) -> Rubric:
    return Rubric(tuple(_criterion(row) for row in document["rubric"]))


def _criterion(row: Mapping[str, Any]) -> Criterion:
    return Criterion(**{**row, "categories": frozenset(row["categories"])})
