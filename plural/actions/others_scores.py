"""What others gave a film, for a juror whom the round's rules let see it."""

from sqlalchemy.orm import joinedload

from judging.seeding import number
from plural.models.rounds import OVER
from plural.models.scoring import Assignment, AssignmentState, Score
from plural.round_rules import Sight


def may_see(assignment: Assignment) -> bool:
    """Whether the rules show it, to somebody who has given their own.

    Who has not may be asked for it in a later version, and is to give it without knowing others'.
    """
    if assignment.state is not AssignmentState.SCORED:
        return False
    sight = assignment.round.rules.others_scores
    is_over = assignment.round.state in OVER
    return sight is Sight.AFTER_OWN or (sight is Sight.AFTER_CLOSE and is_over)


def seen(assignment: Assignment) -> list[Score]:
    """Unnamed, in an order that tells nobody's place; empty when they are not to be seen.

    Without leave they are not even read, so that no answer takes longer for them.
    """
    if not may_see(assignment):
        return []
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
