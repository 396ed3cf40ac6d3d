"""Somebody is worried about a child in a film: a case, from the telling to its close."""

from plural import audit, clock, lifecycle, mailing
from plural.actions import safeguarding
from plural.actions.locks import hold_alone
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import Entry, FilmVersion
from plural.models.festival import Edition
from plural.models.people import Account
from plural.models.safety import Outcome, Step, Worry, WorryState, WorryStep


def raise_worry(film: FilmVersion, words: str, by: Account) -> Worry:
    """Open a case and write to those who look after the safety of children, and to nobody else.

    The audit chain notes that it was told, never what.
    """
    festival = film.entry.edition.festival
    worry = Worry(film=film, raised_by_id=by.id, words=words, raised_at=clock.now())
    db.session.add(worry)
    db.session.flush()
    audit.append(festival, "worry.raised", lifecycle.subject(worry), by)
    for account in safeguarding.named(festival):
        mailing.post(festival.id, "child_worry", worry_id=worry.id, account_id=account.id)
    return worry


def take(worry: Worry, by: Account) -> None:
    """From now on they handle the case. Raises StaleState, Refused."""
    lifecycle.move(worry, WorryState.IN_HAND, by, handled_by_id=by.id)


def give_back(worry: Worry, by: Account) -> None:
    """Let somebody else take the case."""
    lifecycle.move(worry, WorryState.OPEN, by, handled_by_id=None)


def answer(worry: Worry, outcome: Outcome, words: str, by: Account) -> None:
    """Close the case with what came of it. A seal stays until it is lifted."""
    lifecycle.move(
        worry,
        WorryState.ANSWERED,
        by,
        handled_by_id=by.id,
        outcome=outcome,
        answer=words,
        answered_at=clock.now(),
    )


# ----- what is done meanwhile, and afterwards


def note(worry: Worry, words: str, by: Account) -> None:
    """Write down what was done; it is never changed."""
    add_step(worry, Step.NOTED, words, by)
    audit.append(lifecycle.festival_of(worry), "worry.noted", lifecycle.subject(worry), by)


def seal(worry: Worry, reason: str, by: Account) -> None:
    """Take the entry's film from everybody who is not named, and keep all of its files.

    Raises Refused("film_sealed").
    """
    change_seal(worry, Step.SEALED, reason, by)


def lift_seal(worry: Worry, reason: str, by: Account) -> None:
    """Let the film be used again as far as its consents go. Raises Refused("film_not_sealed")."""
    change_seal(worry, Step.SEAL_LIFTED, reason, by)


def change_seal(worry: Worry, step: Step, reason: str, by: Account) -> None:
    entry, sealing = worry.film.entry, step is Step.SEALED
    hold_alone(entry)
    if sealing == (entry.sealed_at is not None):
        raise Refused("film_sealed" if sealing else "film_not_sealed")
    entry.sealed_at = clock.now() if sealing else None
    add_step(worry, step, reason, by)
    audit.append(entry.edition.festival, f"entry.{step.value}", lifecycle.subject(entry), by)


def add_step(worry: Worry, step: Step, words: str, by: Account) -> None:
    taken = WorryStep(account_id=by.id, step=step, words=words, taken_at=clock.now())
    worry.steps.append(taken)
    db.session.flush()


# ----- which there are


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
