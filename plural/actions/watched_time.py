"""How much of a film the juror's own player has played: a hint for staff, never a part of a score.

It is the player's word, and a program can say anything. So it decides nothing, stands in no record
and no export, and is bounded only so that nonsense does not look like a number.
"""

from plural.access import Who
from plural.actions import scores
from plural.extensions import db
from plural.models.scoring import Assignment

TIMES_AT_MOST = 10


def note(who: Who, assignment: Assignment, seconds: float) -> float:
    """Keep how many seconds of the film have been played in all; the answer is what is kept.

    It never becomes less: a report that comes late or twice, or from another tab, takes nothing
    away. Raises Refused where this person may not score the film now.
    """
    scores.hold(who, assignment)
    most = TIMES_AT_MOST * (assignment.film.duration_s or 0.0)
    assignment.watched_s = max(assignment.watched_s or 0.0, min(seconds, most))
    db.session.flush()
    return assignment.watched_s
