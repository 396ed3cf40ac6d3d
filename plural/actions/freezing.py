"""What a closed round came to, as one document with its digest, and as rows."""

import hashlib
from dataclasses import asdict
from typing import Any

import rfc8785

from judging import rounds as engine
from judging import snapshot
from judging.errors import NothingScored
from judging.rubric import Rubric, weighted_mean
from judging.standings import TieRule
from plural import clock
from plural.actions import jury_results, panel, picks
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.rounds import RankedFilm, Round, RoundKind, RoundResult

Document = dict[str, Any]


def freeze(round_: Round) -> RoundResult:
    """Write the result of a round that has just closed, as its version's only one."""
    if round_.kind is RoundKind.PRESELECTION:
        document = scores_document(round_)
    else:
        document = decisions_document(round_)
    result = RoundResult(
        round=round_,
        version=round_.version,
        document=document,
        digest=document["digest"],
        frozen_at=clock.now(),
    )
    db.session.add(result)
    if round_.kind is RoundKind.PRESELECTION:
        result.ranked = ranked_rows(round_, document)
    db.session.flush()
    return result


# ----- scores


def scores_document(round_: Round) -> Document:
    """The snapshot that `python -m judging recompute` reads; its digest covers the declaration."""
    films = panel.films(round_, clock.now())
    names = {panel.pseudonym(film) for film in films}
    given = [a for a in panel.assignments(round_) if panel.pseudonym(a.film) in names]
    frozen = snapshot.freeze(
        round_id=round_.key,
        version=round_.version,
        rubric=panel.rubric(round_),
        films=[panel.engine_film(film, round_.reviews_wanted) for film in films],
        jurors=[panel.engine_juror(*person) for person in panel.seats_by_person(round_).items()],
        pairs=[panel.pair(a) for a in given],
        conflicts=panel.conflicts(round_, films),
        scores=[score_of(a) for a in given if a.score is not None],
        seed=round_.seed,
        shortlist_size=round_.shortlist_size or None,
        tie_rule=TieRule.SHARED,
        groups={panel.pseudonym(film): film.entry.category.key for film in films},
    )
    document = {**frozen.document, "declared_sha256": round_.declared_digest}
    return {**document, "digest": snapshot.digest(document)}


def score_of(assignment: Any) -> engine.Score:
    pair = panel.pair(assignment)
    return engine.Score(
        pair.film_id, pair.juror_id, assignment.score.values, assignment.score.receipt
    )


def ranked_rows(round_: Round, document: Document) -> list[RankedFilm]:
    films = by_pseudonym(round_)
    intervals = {row["film_id"]: row for row in document["intervals"]["films"]}
    return [
        RankedFilm(
            film=films[row["film_id"]],
            rank=row["rank"],
            calibrated=row["official"],
            raw_mean=row["raw_mean"],
            reviews=row["reviews"],
            rank_low=intervals[row["film_id"]]["rank_low"],
            rank_high=intervals[row["film_id"]]["rank_high"],
            probability_shortlisted=intervals[row["film_id"]]["probability_shortlisted"],
        )
        for row in document["result"]["order"]
    ]


def by_pseudonym(round_: Round) -> dict[str, FilmVersion]:
    return {panel.pseudonym(row.film): row.film for row in round_.films}


def open_films(round_: Round) -> list[str]:
    """The titles of films that nobody has scored."""
    rubric = panel.rubric(round_)
    scored = {
        a.film_version_id
        for a in panel.assignments(round_)
        if a.score is not None and a.score.voided_at is None and counts(rubric, a.score.values)
    }
    films = panel.films(round_, clock.now())
    return [film.entry.title for film in films if film.id not in scored]


def counts(rubric: Rubric, values: dict[str, float]) -> bool:
    try:
        weighted_mean(rubric, dict(values))
    except NothingScored:
        return False
    return True


def rubric_rows(rubric: Rubric) -> list[Document]:
    return [{**asdict(c), "categories": sorted(c.categories)} for c in rubric.criteria]


# ----- ballots and picks


def decisions_document(round_: Round) -> Document:
    """Who decided what, by pseudonyms, with a digest over all of it."""
    jury = round_.kind is RoundKind.INTERNATIONAL_JURY
    document: Document = {
        "format": "plural closed round 1",
        "round": round_.key,
        "kind": round_.kind.value,
        "version": round_.version,
        "declared_sha256": round_.declared_digest,
        "awards": jury_results.decide_all(round_) if jury else picks.gather(round_),
    }
    return {**document, "digest": hashlib.sha256(rfc8785.dumps(document)).hexdigest()}
