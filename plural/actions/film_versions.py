"""Which of a film's versions is in force: the one that new rounds and new licences are about."""

from datetime import datetime

from plural.actions import eligibility, panel
from plural.models.entry import Entry, FilmState, FilmVersion


def in_force(entry: Entry, at: datetime) -> FilmVersion:
    """The newest version that is ready for juries; the newest of all where none is."""
    if len(entry.versions) == 1:
        return entry.film
    return next((film for film in reversed(entry.versions) if is_ready(film, at)), entry.film)


def is_ready(film: FilmVersion, at: datetime) -> bool:
    """Whether a jury may have it.

    One sent after the festival had decided on the entry is to be complete, signed for by
    everybody, and without anything found in it that waits for a decision.
    """
    if not panel.may_be_judged(film, at):
        return False
    if not is_later(film):
        return True
    return film.state is FilmState.COMPLETE and not eligibility.obstacles_of(film)


def is_later(film: FilmVersion) -> bool:
    decided_at = film.entry.decided_at
    return decided_at is not None and film.created_at > decided_at
