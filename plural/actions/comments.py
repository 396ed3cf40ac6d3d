"""What jurors say to filmmakers: staff release each comment, then its maker reads it, unsigned.

What jurors say to each other never leaves the jury.
"""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from judging.seeding import number
from plural import audit, clock, lifecycle
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.people import Account
from plural.models.rounds import OVER, Round
from plural.models.scoring import Assignment, AssignmentState, Score


def written(round_: Round) -> list[Score]:
    """All scores of a round that is over with words to a maker: by film, in nobody's order.

    None while it is open: staff learn nothing of a score before the close.
    """
    if round_.state not in OVER:
        return []
    found = db.session.scalars(standing().where(Assignment.round_id == round_.id))
    return sorted(found, key=lambda s: (s.assignment.film.entry.title, place(s)))


def released(entry: Entry) -> list[str]:
    """What the maker may read, once results may be known."""
    found = db.session.scalars(
        standing().where(FilmVersion.entry_id == entry.id, Score.comment_released_at.is_not(None))
    )
    return [score.comment_for_maker for score in sorted(found, key=place)]


def standing() -> Select[Any]:
    """Scores that count and have words to the maker, with film and entry."""
    film = contains_eager(Score.assignment).contains_eager(Assignment.film)
    return (
        select(Score)
        .join(Score.assignment)
        .join(Assignment.film)
        .join(FilmVersion.entry)
        .where(
            Assignment.state == AssignmentState.SCORED,
            Score.voided_at.is_(None),
            Score.comment_for_maker != "",
        )
        .options(film.contains_eager(FilmVersion.entry))
    )


def place(score: Score) -> int:
    """An order that tells nobody's place among the jurors."""
    return number(score.assignment.round.seed, "comments", score.receipt)


def release(score: Score, by: Account) -> None:
    """Let the maker read it. Raises Refused("round_not_closed")."""
    require_over(score.assignment.round)
    score.comment_released_at = clock.now()
    note(score, "comment_released", by)


def hold_back(score: Score, by: Account) -> None:
    """Keep it from the maker, also if it was released. Raises Refused("round_not_closed")."""
    require_over(score.assignment.round)
    score.comment_released_at = None
    note(score, "comment_held_back", by)


def release_all(round_: Round, by: Account) -> int:
    """Release every comment of the round that waits; how many. Raises Refused."""
    require_over(round_)
    waiting = [score for score in written(round_) if score.comment_released_at is None]
    for score in waiting:
        release(score, by)
    return len(waiting)


def require_over(round_: Round) -> None:
    hold_alone(round_)
    if round_.state not in OVER:
        raise Refused("round_not_closed")


def note(score: Score, action: str, by: Account) -> None:
    db.session.flush()
    festival = lifecycle.festival_of(score)
    audit.append(festival, f"score.{action}", lifecycle.subject(score), by)
