"""What a wake-up does. It carries nothing: the work is whatever SQL ranks next."""

from plural import outbox
from plural.actions import films
from plural.actions import outbox as deeds


def do_outbox() -> None:
    """Do the oldest thing that a deed has left to do, and call for the next."""
    deeds.do_next()
    if deeds.more_is_due():
        outbox.wake(outbox.OUTBOX)


def do_films() -> None:
    """Judge or make the film that is next, and call for the one after it."""
    films.do_next()
    if films.more_is_due():
        outbox.wake(outbox.FILMS)
