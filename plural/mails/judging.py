"""Mails to jurors, and to staff about what jurors have seen."""

from dataclasses import replace

from plural.extensions import db
from plural.mailing import Mail, composer
from plural.models.people import Account
from plural.models.rounds import RoundKind, RoundState, Seat
from plural.models.safety import Worry
from plural.models.scoring import Assignment, AssignmentState


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
            "closes_at": round_.closes_at,
            "others_scores": round_.rules.others_scores.value,
        },
    )


@composer("round_reminder")
def round_reminder(seat_id: int) -> Mail | None:
    """Tells somebody what still waits for them; nothing when they are done by now."""
    seat = db.session.get_one(Seat, seat_id)
    mail, left = round_opened(seat_id), films_left(seat)
    if mail is None or left == 0:
        return None
    return replace(mail, template="round_reminder", context=mail.context | {"left": left})


def films_left(seat: Seat) -> int | None:
    """How many films a seat of a preselection has before it; None where films are not counted."""
    if seat.round.kind is not RoundKind.PRESELECTION:
        return None
    waiting = {"seat_id": seat.id, "state": AssignmentState.ASSIGNED}
    return int(Assignment.query.filter_by(**waiting).count())


@composer("child_worry")
def child_worry(worry_id: int, account_id: int) -> Mail:
    """Tells one member of the staff that a juror is worried about a child in a film."""
    worry = db.session.get_one(Worry, worry_id)
    account = db.session.get_one(Account, account_id)
    entry, by = worry.film.entry, worry.raised_by
    return Mail(
        edition=entry.edition,
        to=account.email,
        language=account.language,
        template="child_worry",
        context={
            "edition": entry.edition,
            "name": account.name,
            "title": entry.title,
            "words": worry.words,
            "by": f"{by.name} <{by.email}>",
        },
    )
