"""A juror's receipts: each can be found again, and after the close in the frozen result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import joinedload, selectinload

from plural import clock
from plural.actions.panel import film_with_rights
from plural.actions.versions import newest_frozen
from plural.models.festival import Edition
from plural.models.people import Account, Membership
from plural.models.rounds import Round, RoundResult, Seat
from plural.models.scoring import Assignment, AssignmentState, ScoreRevision
from plural.rights import title_for_jury


class Standing(StrEnum):
    """What became of the score that a receipt was given for."""

    KEPT = "kept"
    FROZEN = "frozen"
    LEFT_OUT = "left_out"
    CHANGED = "changed"
    TAKEN_BACK = "taken_back"
    VOIDED = "voided"


@dataclass(frozen=True)
class Line:
    """One receipt; no title of a film that may not be before a jury any more."""

    receipt: str
    at: datetime
    title: str | None
    standing: Standing


@dataclass(frozen=True)
class RoundLines:
    """The receipts of one round, the newest first, with the result that they stand in."""

    round: Round
    result: RoundResult | None
    lines: list[Line]


def receipts_of(account: Account, edition: Edition) -> list[RoundLines]:
    """Everything that the account was given a receipt for in an edition, the newest round first."""
    rows: list[ScoreRevision] = (
        ScoreRevision.query.join(Assignment)
        .join(Seat, Assignment.seat_id == Seat.id)
        .join(Membership, Seat.membership_id == Membership.id)
        .join(Round, Assignment.round_id == Round.id)
        .filter(Membership.account_id == account.id, Round.edition_id == edition.id)
        .options(
            joinedload(ScoreRevision.assignment).options(
                joinedload(Assignment.round),
                selectinload(Assignment.score),
                selectinload(Assignment.film).options(*film_with_rights()),
            )
        )
        .order_by(ScoreRevision.at.desc(), ScoreRevision.id.desc())
        .all()
    )
    rounds = {row.assignment.round_id: row.assignment.round for row in rows}
    return [lines_of(rounds[key], rows) for key in sorted(rounds, reverse=True)]


def lines_of(round_: Round, rows: list[ScoreRevision]) -> RoundLines:
    mine = [row for row in rows if row.assignment.round_id == round_.id]
    result = newest_frozen(round_)
    frozen = {score["receipt"] for score in result.document["scores"]} if result else None
    taken_back = {row.receipt for row in mine if row.values is None}
    lines = [
        Line(
            row.receipt,
            row.at,
            title_for_jury(row.assignment.film, clock.now()),
            standing(row, taken_back, frozen),
        )
        for row in mine
        if row.values is not None
    ]
    return RoundLines(round_, result, lines)


def standing(row: ScoreRevision, taken_back: set[str], frozen: set[str] | None) -> Standing:
    if row.receipt in taken_back:
        return Standing.TAKEN_BACK
    score = row.assignment.score
    if score is None or score.receipt != row.receipt:
        return Standing.CHANGED
    if row.assignment.state is AssignmentState.CONFLICTED:
        return Standing.VOIDED
    if frozen is None:
        return Standing.KEPT
    return Standing.FROZEN if row.receipt in frozen else Standing.LEFT_OUT
