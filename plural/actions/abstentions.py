"""Films that a juror does not score: by abstaining, or for want of the language."""

from plural import lifecycle
from plural.access import Who
from plural.actions import scores
from plural.choices import NO_WORDS
from plural.errors import Refused
from plural.extensions import db
from plural.models.scoring import Assignment, AssignmentState


def abstain(who: Who, assignment: Assignment, reason: str) -> None:
    """Give no score, with a reason. It is a missing score, never a zero, and the film is done.

    A score given before is taken back. Raises Refused when the round has closed.
    """
    scores.hold(who, assignment)
    score = scores.standing(assignment)
    if score is not None:
        scores.remove(who, assignment, score)
    lifecycle.move(assignment, AssignmentState.ABSTAINED, who.account, abstention_reason=reason)


def resume(who: Who, assignment: Assignment) -> None:
    """Judge a film after all. Raises Refused when it was not left out, or the round has closed."""
    scores.hold(who, assignment)
    if assignment.state is not AssignmentState.ABSTAINED:
        raise Refused("transition_not_allowed")
    lifecycle.move(assignment, AssignmentState.ASSIGNED, who.account, abstention_reason="")


def give_back_language(who: Who, assignment: Assignment) -> str:
    """Give a film back because of its language, and note that the juror does not follow it.

    Somebody else gets the film when staff next give out what is missing. Raises Refused when the
    film has been judged, nobody speaks in it, or the round has closed.
    """
    scores.hold(who, assignment)
    language = assignment.film.entry.language
    if language == NO_WORDS:
        raise Refused("film_without_words")
    if assignment.state is not AssignmentState.ASSIGNED:
        raise Refused("already_judged")
    lifecycle.move(assignment, AssignmentState.RELEASED, who.account)
    account = who.account
    if account is not None and language not in account.languages_not_followed:
        account.languages_not_followed = sorted([*account.languages_not_followed, language])
    db.session.flush()
    return language
