"""The scores of a frozen round one by one: whether each could have been given."""

from collections.abc import Iterator, Mapping
from typing import Any

from judging.errors import ScoreOutsideRubric
from judging.rubric import Rubric, validate

FAULTS = {
    "unknown": "is no criterion of this film",
    "missing": "is missing",
    "below": "is below its range",
    "above": "is above its range",
    "step": "is between its steps",
    "not a number": "is not a number",
}


def impossible(document: Mapping[str, Any], rubric: Rubric) -> Iterator[str]:
    """A sentence for each score that nobody could have given: by whom, or what it says."""
    jurors = {juror["id"] for juror in document["jurors"]}
    assigned = {(film_id, juror_id) for film_id, juror_id in document["assignments"]}
    category_of = {film["id"]: film["category"] for film in document["films"]}
    applying = {category: rubric.for_category(category) for category in category_of.values()}
    for score in document["scores"]:
        film_id, juror_id = score["film_id"], score["juror_id"]
        name = f"score of {film_id} by {juror_id}:"
        if juror_id not in jurors:
            yield f"{name} no juror of this round"
        elif (film_id, juror_id) not in assigned:
            yield f"{name} the film was not given to this juror"
        elif fault := _fault(applying[category_of[film_id]], score["values"]):
            yield f"{name} {fault}"


def _fault(rubric: Rubric, values: Mapping[str, float | None]) -> str:
    try:
        validate(rubric, values)
    except ScoreOutsideRubric as fault:
        return f"{fault.key} {FAULTS[fault.problem]}"
    return ""
