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
    taken_back = {row.receipt for row in mine if row.values is None}
    counted = counted_in(result) if result else set()
    lines = [
        Line(
            row.receipt,
            row.at,
            title_for_jury(row.assignment.film, clock.now()),
            standing(row, taken_back, result, counted),
        )
        for row in mine
        if row.values is not None
    ]
    return RoundLines(round_, result, lines)


def counted_in(result: RoundResult) -> set[str]:
    """The receipts of the scores that a result counts."""
    scores, conflicts = result.document.get("scores", []), result.document.get("conflicts", [])
    barred = {(conflict["film_id"], conflict["juror_id"]) for conflict in conflicts}
    return {s["receipt"] for s in scores if (s["film_id"], s["juror_id"]) not in barred}


def standing(
    row: ScoreRevision, taken_back: set[str], result: RoundResult | None, counted: set[str]
) -> Standing:
    """What became of a line, where `result` is the newest frozen one and counts these receipts."""
    if row.receipt in taken_back:
        return Standing.TAKEN_BACK
    score = row.assignment.score
    if score is None or score.receipt != row.receipt:
        return Standing.CHANGED
    if row.assignment.state is AssignmentState.CONFLICTED:
        return Standing.VOIDED
    if row.receipt in counted:
        return Standing.FROZEN
    # Scores that were given after the freeze belong to a version that is not frozen yet.
    frozen_at = result.frozen_at if result else None
    return Standing.KEPT if frozen_at is None or row.at > frozen_at else Standing.LEFT_OUT
