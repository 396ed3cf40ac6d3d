"""Somebody who watches a film is worried about a child: a case, from the telling to the answer."""

from plural import audit, clock, lifecycle, mailing
from plural.actions.organisations import staff_of
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Edition
from plural.models.people import Account
from plural.models.safety import Worry, WorryState


def raise_worry(film: FilmVersion, words: str, by: Account) -> Worry:
    """Open a case and write to every member of the staff; the entrant learns nothing.

    The audit chain notes that it was told, never what.
    """
    festival = film.entry.edition.festival
    worry = Worry(film=film, raised_by_id=by.id, words=words, raised_at=clock.now())
    db.session.add(worry)
    db.session.flush()
    audit.append(festival, "worry.raised", lifecycle.subject(worry), by)
    for account in staff_of(festival):
        mailing.post(festival.id, "child_worry", worry_id=worry.id, account_id=account.id)
    return worry


def take(worry: Worry, by: Account) -> None:
    """From now on this member of staff handles the case. Raises StaleState, Refused."""
    lifecycle.move(worry, WorryState.IN_HAND, by, handled_by_id=by.id)


def give_back(worry: Worry, by: Account) -> None:
    """Let somebody else take the case."""
    lifecycle.move(worry, WorryState.OPEN, by, handled_by_id=None)


def answer(worry: Worry, words: str, by: Account) -> None:
    """Write down what was done, by whoever does it in the end, and end the case."""
    lifecycle.move(
        worry,
        WorryState.ANSWERED,
        by,
        handled_by_id=by.id,
        answer=words,
        answered_at=clock.now(),
    )


def worries_in(edition: Edition) -> list[Worry]:
    """Every case of the edition; those that nobody has in hand first, then the newest."""
    order = list(WorryState)
    found: list[Worry] = (
        Worry.query.join(FilmVersion)
        .join(Entry)
        .filter(Entry.edition_id == edition.id)
        .order_by(Worry.id.desc())
        .all()
    )
    return sorted(found, key=lambda worry: order.index(worry.state))


def told_by(account: Account, film: FilmVersion) -> list[Worry]:
    """What somebody has told about a film, the newest first."""
    found: list[Worry] = (
        Worry.query.filter_by(raised_by_id=account.id, film_version_id=film.id)
        .order_by(Worry.id.desc())
        .all()
    )
    return found


def unanswered(edition: Edition) -> int:
    return sum(worry.state is not WorryState.ANSWERED for worry in worries_in(edition))
