"""What a closed round came to, as one document with its digest, and as rows."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from judging import decided, snapshot
from judging import rounds as engine
from judging.declaration import Declared
from judging.errors import NothingScored, ScoreOutsideRubric
from judging.rubric import Rubric, validate, weighted_mean
from plural import clock
from plural.actions import panel, picks, sittings, versions
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.rounds import RankedFilm, Round, RoundKind, RoundResult
from plural.models.scoring import Assignment

Document = dict[str, Any]


def compute(round_: Round) -> RoundResult:
    """Write what the round's version comes to, or write it anew; provisional until it is frozen."""
    scored = round_.kind is RoundKind.PRESELECTION
    document = scores_document(round_) if scored else decisions_document(round_)
    result = versions.of_version(round_, round_.version)
    if result is None:
        result = RoundResult(round=round_, version=round_.version)
        db.session.add(result)
    elif result.frozen_at is not None:
        raise Refused("round_is_frozen")
    result.document, result.digest = document, document["digest"]
    result.declared, result.computed_at = round_.declared, clock.now()
    db.session.flush()
    RankedFilm.query.filter_by(result_id=result.id).delete()
    db.session.expire(result, ["ranked"])
    if scored:
        db.session.add_all(ranked_rows(result))
    db.session.flush()
    return result


# ----- scores


def scores_document(round_: Round) -> Document:
    """The snapshot that `python -m judging recompute` reads, the declaration in it."""
    films, rubrics = panel.films(round_, clock.now()), panel.rubrics(round_)
    names, wanted = {panel.pseudonym(film) for film in films}, panel.reviews_wanted(round_)
    given = [a for a in panel.assignments(round_) if panel.pseudonym(a.film) in names]
    frozen = snapshot.freeze(
        round_id=round_.key,
        version=round_.version,
        rubric=panel.rubric(round_),
        films=[panel.engine_film(film, wanted[film.id]) for film in films],
        jurors=[panel.engine_juror(*person) for person in panel.seats_by_person(round_).items()],
        pairs=[panel.pair(a) for a in given],
        conflicts=panel.conflicts(round_, films),
        scores=[score for a in given if (score := score_of(a, rubrics)) is not None],
        seed=round_.seed,
        shortlist_size=round_.shortlist_size or None,
        tie_rule=round_.tie_rule,
        slopes=round_.rules.slopes,
        groups={panel.pseudonym(film): film.entry.category.key for film in films},
        declared=declared(round_),
    )
    return frozen.document


def declared(round_: Round) -> Declared:
    """What the round's version has declared, as it was sealed."""
    return Declared(round_.declared or {}, round_.declared_digest or "")


def score_of(assignment: Assignment, rubrics: Mapping[str, Rubric]) -> engine.Score | None:
    """What a score says by the criteria of its film's age category, if it answers them."""
    rubric, score = rubrics[assignment.film.entry.category.key], assignment.score
    if score is None or not answers(rubric, score.values):
        return None
    pair = panel.pair(assignment)
    return engine.Score(pair.film_id, pair.juror_id, known(rubric, score.values), score.receipt)


def answers(rubric: Rubric, values: Mapping[str, float]) -> bool:
    """Whether a score answers this rubric; one of an older version may lack a criterion."""
    try:
        validate(rubric, known(rubric, values))
    except ScoreOutsideRubric:
        return False
    return True


def known(rubric: Rubric, values: Mapping[str, float]) -> dict[str, float | None]:
    """The values without those for criteria that do not apply, or not any more."""
    keys = {criterion.key for criterion in rubric.criteria}
    return {key: value for key, value in values.items() if key in keys}


def ranked_rows(result: RoundResult) -> list[RankedFilm]:
    films, document = by_pseudonym(result.round), result.document
    intervals = {row["film_id"]: row for row in document["intervals"]["films"]}
    return [
        RankedFilm(
            result_id=result.id,
            film_version_id=films[row["film_id"]].id,
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
    """All films that the round has ever had before it, by how its documents call them."""
    return {panel.pseudonym(row.film): row.film for row in panel.round_films(round_)}


def open_films(round_: Round) -> list[str]:
    """The titles of films that nobody has scored."""
    rubrics = panel.rubrics(round_)
    scored = {
        a.film_version_id
        for a in panel.assignments(round_)
        if a.score is not None
        and a.score.voided_at is None
        and counts(rubrics[a.film.entry.category.key], a.score.values)
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


# ----- ballots, minutes and picks


def decisions_document(round_: Round) -> Document:
    """The record of who decided what; it can be recomputed as that of scores can."""
    jury = round_.kind is RoundKind.INTERNATIONAL_JURY
    return decided.freeze(
        sittings.sitting_of(round_) if jury else picks.picking(round_),
        round_id=round_.key,
        kind=round_.kind.value,
        version=round_.version,
        declared=declared(round_),
    ).document
