"""What jurors say to filmmakers: staff release each comment, then its maker reads it, unsigned.

What they say to the jury staff read after the close, and no maker ever does.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from judging.seeding import number
from plural import audit, clock, lifecycle
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.people import Account
from plural.models.rounds import OVER, Round
from plural.models.scoring import Assignment, AssignmentState, Score

FOR_MAKERS = "comments"


@dataclass(frozen=True)
class Written:
    """What jurors wrote of one film, for whom, each in an order that tells nobody's place."""

    film: FilmVersion
    for_maker: list[Score] = field(default_factory=list)
    for_jury: list[str] = field(default_factory=list)


def by_film(round_: Round) -> list[Written]:
    """The films of a round that is over of which somebody has written, by title.

    None while it is open: staff learn nothing of a score before the close.
    """
    if round_.state not in OVER:
        return []
    found: dict[int, Written] = {}
    for score in for_makers(round_):
        of_film(found, score).for_maker.append(score)
    for score in in_order(round_, Score.comment_for_jury, "comments for the jury"):
        of_film(found, score).for_jury.append(score.comment_for_jury)
    return sorted(found.values(), key=lambda one: (one.film.entry.title, one.film.id))


def of_film(found: dict[int, Written], score: Score) -> Written:
    film = score.assignment.film
    return found.setdefault(film.id, Written(film))


def for_makers(round_: Round) -> list[Score]:
    return in_order(round_, Score.comment_for_maker, FOR_MAKERS)


def in_order(round_: Round, words: InstrumentedAttribute[str], lot: str) -> list[Score]:
    """Scores of a round with such words; each kind has an order of its own, or the two would tell
    which of them one juror wrote.
    """
    found = db.session.scalars(standing(words).where(Assignment.round_id == round_.id))
    return sorted(found, key=lambda score: place(score, lot))


def released(entry: Entry) -> list[str]:
    """What the maker may read, once results may be known."""
    found = db.session.scalars(
        standing(Score.comment_for_maker).where(
            FilmVersion.entry_id == entry.id, Score.comment_released_at.is_not(None)
        )
    )
    return [score.comment_for_maker for score in sorted(found, key=lambda s: place(s, FOR_MAKERS))]


def standing(words: InstrumentedAttribute[str]) -> Select[Any]:
    """Scores that count and have such words, with film and entry."""
    film = contains_eager(Score.assignment).contains_eager(Assignment.film)
    return (
        select(Score)
        .join(Score.assignment)
        .join(Assignment.film)
        .join(FilmVersion.entry)
        .where(
            Assignment.state == AssignmentState.SCORED,
            Score.voided_at.is_(None),
            words != "",
        )
        .options(film.contains_eager(FilmVersion.entry))
    )


def place(score: Score, lot: str) -> int:
    """An order that tells nobody's place among the jurors."""
    return number(score.assignment.round.seed, lot, score.receipt)


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
    waiting = [score for score in for_makers(round_) if score.comment_released_at is None]
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
