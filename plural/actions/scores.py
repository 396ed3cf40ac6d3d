"""What a juror gives a film, and takes back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from judging import rubric
from judging.errors import ScoreOutsideRubric
from plural import audit, clock, lifecycle
from plural.access import Who, is_sealed, may_score
from plural.actions import panel
from plural.actions.locks import hold_alone, hold_open
from plural.errors import Refused, StaleState
from plural.extensions import db
from plural.models.scoring import Assignment, AssignmentState, Score, ScoreRevision


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
    nothing. Raises Refused when the round has closed, the film has left the juror, a value is not
    in the rubric or a comment is missing; StaleState when another tab was faster.
    """
    hold(who, assignment)
    check(assignment, sheet)
    score = standing(assignment)
    if score is not None and sheet.says_the_same_as(score):
        return score
    require_revision(assignment, revision)
    score = keep(assignment, score, sheet)
    if assignment.state is not AssignmentState.SCORED:
        lifecycle.move(assignment, AssignmentState.SCORED, who.account, abstention_reason="")
    note(who, score, "score.given")
    return score


def take_back(who: Who, assignment: Assignment, revision: int) -> None:
    """Undo a score while the round is open: the film waits again, the record keeps what was given.

    Raises Refused when there is none or the round has closed, StaleState when it has changed.
    """
    hold(who, assignment)
    score = standing(assignment)
    if score is None:
        raise Refused("nothing_to_take_back")
    require_revision(assignment, revision)
    remove(who, assignment, score)


def hold(who: Who, assignment: Assignment) -> None:
    """Keep round and assignment as they are. Raises Refused if this person may not score now."""
    hold_open(assignment.round)
    hold_alone(assignment)
    standing(assignment)
    if is_sealed(assignment):
        raise Refused("score_is_final")
    if not may_score(who, assignment, clock.now()):
        raise Refused("film_not_before_you")


def standing(assignment: Assignment) -> Score | None:
    """The assignment's score as it is now."""
    found: Score | None = (
        Score.query.filter_by(assignment_id=assignment.id).populate_existing().first()
    )
    return found


def revision_of(assignment: Assignment) -> int:
    """The number of the newest line on record, 0 before the first."""
    newest = db.session.scalar(
        select(func.max(ScoreRevision.revision)).where(ScoreRevision.assignment_id == assignment.id)
    )
    return newest or 0


def require_revision(assignment: Assignment, revision: int) -> None:
    now = revision_of(assignment)
    if revision != now:
        raise StaleState(revision=now)


def check(assignment: Assignment, sheet: Sheet) -> None:
    applying = panel.rubric(assignment.round).for_category(assignment.film.entry.category.key)
    try:
        rubric.validate(applying, dict(sheet.values))
    except ScoreOutsideRubric as fault:
        raise Refused("score_outside_rubric", criterion=fault.key, problem=fault.problem) from fault
    rules = assignment.round.rules
    if not rules.may_comment:
        return
    if (rules.maker_comment_required and not sheet.comment_for_maker) or (
        rules.jury_comment_required and not sheet.comment_for_jury
    ):
        raise Refused("comment_missing")


def keep(assignment: Assignment, score: Score | None, sheet: Sheet) -> Score:
    """Write the sheet into the assignment's one score, with the next revision and a new receipt."""
    revision = revision_of(assignment) + 1
    if score is None:
        score = Score(film_version_id=assignment.film_version_id)
        assignment.score = score
    score.values = dict(sheet.values)
    score.comment_for_jury = sheet.comment_for_jury
    if score.comment_for_maker != sheet.comment_for_maker:
        score.comment_for_maker, score.comment_released_at = sheet.comment_for_maker, None
    score.revision = revision
    score.receipt = secrets.token_hex(8)
    score.submitted_at, score.final_at = clock.now(), None
    record(assignment, score.revision, score.receipt, score.values)
    return score


def remove(who: Who, assignment: Assignment, score: Score) -> None:
    """Take the score off, so that the film waits; what it was stays on record.

    A film that is asked for again, since its score does not answer new criteria, waits already.
    """
    record(assignment, score.revision + 1, score.receipt, None)
    note(who, score, "score.taken_back")
    db.session.delete(score)
    db.session.flush()
    db.session.refresh(assignment)
    if assignment.state is AssignmentState.SCORED:
        lifecycle.move(assignment, AssignmentState.ASSIGNED, who.account)


def record(
    assignment: Assignment, revision: int, receipt: str, values: dict[str, float] | None
) -> None:
    db.session.add(
        ScoreRevision(
            assignment=assignment,
            revision=revision,
            values=dict(values) if values is not None else None,
            receipt=receipt,
            at=clock.now(),
        )
    )
    db.session.flush()


def note(who: Who, score: Score, action: str) -> None:
    audit.append(
        score.assignment.round.edition.festival,
        action,
        lifecycle.subject(score),
        who.account,
        {"receipt": score.receipt, "revision": score.revision},
    )
