"""What a juror gives a film."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from judging import rubric
from judging.errors import ScoreOutsideRubric
from plural import audit, clock, lifecycle
from plural.access import Who, may_score
from plural.actions import panel
from plural.actions.locks import hold_alone, hold_open
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.rounds import Round
from plural.models.scoring import Assignment, AssignmentState, Score


@dataclass(frozen=True)
class Sheet:
    """A filled-in score form: a value per criterion key, absent where it does not apply."""

    values: Mapping[str, float]
    comment_for_jury: str = ""
    comment_for_maker: str = ""

    def says_the_same_as(self, score: Score) -> bool:
        return (dict(self.values), self.comment_for_jury, self.comment_for_maker) == (
            score.values,
            score.comment_for_jury,
            score.comment_for_maker,
        )


def give(who: Who, assignment: Assignment, sheet: Sheet, revision: int) -> Score:
    """Keep the score, once, and give a receipt for it.

    `revision` is the one the form was opened on, 0 for none. Sending the same twice changes
    nothing. Raises Refused when the round has closed, the film has left the juror, or a value is
    not in the rubric; StaleState when another tab was faster.
    """
    hold_open(assignment.round)
    hold_alone(assignment)
    if not may_score(who, assignment, clock.now()):
        raise Refused("film_not_before_you")
    check(assignment.round, sheet)
    same = Score.query.filter_by(assignment_id=assignment.id)
    score: Score | None = same.populate_existing().first()
    if score is not None and sheet.says_the_same_as(score):
        return score
    if revision != (score.revision if score else 0):
        raise StaleState(revision=score.revision if score else 0)
    score = keep(assignment, score, sheet)
    if assignment.state is AssignmentState.ASSIGNED:
        lifecycle.move(assignment, AssignmentState.SCORED, who.account)
    audit.append(
        assignment.round.edition.festival,
        "score.given",
        lifecycle.subject(score),
        who.account,
        {"receipt": score.receipt, "revision": score.revision},
    )
    return score


def check(round_: Round, sheet: Sheet) -> None:
    try:
        rubric.validate(panel.rubric(round_), dict(sheet.values))
    except ScoreOutsideRubric as fault:
        raise Refused("score_outside_rubric", criterion=fault.key, problem=fault.problem) from fault


def keep(assignment: Assignment, score: Score | None, sheet: Sheet) -> Score:
    """Write the sheet into the assignment's one score, with the next revision and a new receipt."""
    if score is None:
        score = Score(film_version_id=assignment.film_version_id, revision=0)
        assignment.score = score
    score.values = dict(sheet.values)
    score.comment_for_jury = sheet.comment_for_jury
    score.comment_for_maker = sheet.comment_for_maker
    score.revision += 1
    score.receipt = secrets.token_hex(8)
    score.submitted_at = clock.now()
    db.session.flush()
    return score
