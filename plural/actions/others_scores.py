"""What others gave a film, for a juror whom the round's rules let see it."""

from sqlalchemy.orm import joinedload

from judging.seeding import number
from plural import clock
from plural.access import Who, is_sealed
from plural.actions import scores
from plural.errors import Refused
from plural.models.rounds import OVER
from plural.models.scoring import Assignment, AssignmentState, Score
from plural.round_rules import Sight


def may_see(assignment: Assignment) -> bool:
    """Whether the rules show it, to somebody who has given their own and cannot change it.

    Who has not may be asked for it in a later version, and is to give it without knowing others'.
    """
    if assignment.state is not AssignmentState.SCORED:
        return False
    sight = assignment.round.rules.others_scores
    is_over = assignment.round.state in OVER
    if sight is Sight.AFTER_OWN:
        return is_over or is_sealed(assignment)
    return sight is Sight.AFTER_CLOSE and is_over


def may_reveal(assignment: Assignment) -> bool:
    """Whether they are shown once the juror says that the own score is final."""
    return (
        assignment.round.rules.others_scores is Sight.AFTER_OWN
        and assignment.state is AssignmentState.SCORED
        and not may_see(assignment)
    )


def reveal(who: Who, assignment: Assignment, revision: int) -> None:
    """Make the own score final and with that let its juror see what others gave.

    From then on nobody could tell whether a change of theirs is their own. `revision` is that of
    the score they have looked at. Asking again changes nothing. Raises Refused without a score,
    where the round does not show others' or has closed, StaleState when the score has changed.
    """
    if may_see(assignment):
        return
    scores.hold(who, assignment)
    score = scores.standing(assignment)
    if score is None or not may_reveal(assignment):
        raise Refused("others_not_shown")
    scores.require_revision(assignment, revision)
    score.final_at = clock.now()
    scores.note(who, score, "score.made_final")


def seen(assignment: Assignment) -> list[Score]:
    """Unnamed, in an order that tells nobody's place; empty when they are not to be seen.

    Without leave they are not even read, so that no answer takes longer for them.
    """
    return given_by_others(assignment) if may_see(assignment) else []


def comments(assignment: Assignment) -> list[str]:
    """Others' words to the jury, in the same order, where they are shown without scores.

    As scores, they are for those who have given their own.
    """
    round_ = assignment.round
    shown = round_.rules.jury_comments_shown and round_.state in OVER
    if not shown or may_see(assignment) or assignment.state is not AssignmentState.SCORED:
        return []
    written = [score.comment_for_jury for score in given_by_others(assignment)]
    return [words for words in written if words]


def given_by_others(assignment: Assignment) -> list[Score]:
    rows: list[Score] = (
        Score.query.join(Assignment)
        .filter(
            Assignment.round_id == assignment.round_id,
            Assignment.film_version_id == assignment.film_version_id,
            Assignment.id != assignment.id,
            Assignment.state == AssignmentState.SCORED,
            Score.voided_at.is_(None),
        )
        .options(joinedload(Score.assignment))
        .all()
    )
    seed = assignment.round.seed
    return sorted(rows, key=lambda score: number(seed, "others", score.receipt))
