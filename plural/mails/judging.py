"""Mails to jurors."""

from dataclasses import replace
from typing import Any

from plural import clock
from plural.actions import queues
from plural.actions.jury_results import Stage
from plural.extensions import db
from plural.mailing import Mail, composer
from plural.models.festival import Award
from plural.models.juries import BallotCount, Confirmation, Minutes
from plural.models.rounds import RoundKind, RoundState, Seat
from plural.round_rules import Deciding


@composer("round_opened")
def round_opened(seat_id: int) -> Mail | None:
    """Tells somebody that a round waits for them; nothing when it is over or they have left."""
    seat = db.session.get_one(Seat, seat_id)
    membership, round_ = seat.membership, seat.round
    account = membership.account
    if round_.state is not RoundState.OPEN or account is None or membership.ended_at is not None:
        return None
    return Mail(
        edition=round_.edition,
        to=account.email,
        language=account.language,
        template="round_opened",
        context={
            "edition": round_.edition,
            "name": account.name,
            "organisation": membership.organisation.name,
            "key": round_.key,
            "kind": round_.kind.value,
            "closes_at": queues.line(seat).closes_at,
            "others_scores": round_.rules.others_scores.value,
        },
    )


@composer("round_reminder")
def round_reminder(seat_id: int) -> Mail | None:
    """Tells somebody what still waits for them; nothing when they are done by now, or too late."""
    seat = db.session.get_one(Seat, seat_id)
    mail, left = round_opened(seat_id), queues.line(seat).left
    if mail is None or left == 0:
        return None
    facts = {"left": left, "wanted": wanted_of(seat)}
    return replace(mail, template="round_reminder", context=mail.context | facts)


def wanted_of(seat: Seat) -> str:
    """By what a member of a jury brings on the award that ends first; nothing in other rounds."""
    turn = queues.next_turn(seat) if seat.round.kind is RoundKind.INTERNATIONAL_JURY else None
    if turn is None:
        return ""
    if turn.stage is Stage.SECOND_VOTES:
        return "second_ballot"
    deciding = seat.round.rules.deciding
    if deciding is not Deciding.TALKING:
        return deciding.value
    if turn.stage is Stage.CONFIRMATIONS:
        return "confirmation"
    return "minutes" if seat.is_chair else "chair"


@composer("second_ballot")
def second_ballot(seat_id: int, award_id: int) -> Mail | None:
    """Tells a member that a tie asks for a second ballot; nothing once it is over."""
    seat, award = db.session.get_one(Seat, seat_id), db.session.get_one(Award, award_id)
    count = BallotCount.query.filter_by(round_id=seat.round_id, award_id=award.id).one()
    if count.second_closes_at is None or count.second_closes_at <= clock.now():
        return None
    return to_member(seat, "second_ballot", award=award.key, closes_at=count.second_closes_at)


@composer("minutes_to_confirm")
def minutes_to_confirm(seat_id: int, minutes_id: int, revision: int) -> Mail | None:
    """Asks somebody who took part to confirm; nothing once they have, or the text has changed."""
    seat, minutes = db.session.get_one(Seat, seat_id), db.session.get_one(Minutes, minutes_id)
    done = Confirmation.query.filter_by(minutes_id=minutes_id, seat_id=seat_id, revision=revision)
    if minutes.revision != revision or done.first() is not None:
        return None
    return to_member(seat, "minutes_to_confirm", award=minutes.award.key)


def to_member(seat: Seat, template: str, **facts: Any) -> Mail | None:
    """A mail to somebody who sits on a jury; none once they have left or the round is over."""
    account, round_ = seat.membership.account, seat.round
    gone = account is None or seat.membership.ended_at is not None
    if account is None or gone or round_.state is not RoundState.OPEN:
        return None
    return Mail(
        edition=round_.edition,
        to=account.email,
        language=account.language,
        template=template,
        context={
            "name": account.name,
            "seat_id": seat.id,
            "closes_at": round_.closes_at,
            **facts,
        },
    )
