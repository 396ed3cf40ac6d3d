"""A juror's own notes beside a film. They stand in no export and on nobody else's page."""

from plural import clock
from plural.errors import Refused
from plural.extensions import db
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.scoring import FilmNote

NOTES_AT_MOST = 200


def notes_of(account: Account, film: FilmVersion) -> list[FilmNote]:
    """In the order of the film."""
    found: list[FilmNote] = (
        FilmNote.query.filter_by(account_id=account.id, film_version_id=film.id)
        .order_by(FilmNote.at_s, FilmNote.id)
        .all()
    )
    return found


def write(account: Account, film: FilmVersion, at_s: float, words: str) -> FilmNote:
    """Keep a note at a second of the film. Raises Refused when there are too many."""
    if len(notes_of(account, film)) >= NOTES_AT_MOST:
        raise Refused("too_many_notes")
    note = FilmNote(
        account_id=account.id,
        film_version_id=film.id,
        at_s=min(max(at_s, 0.0), film.duration_s or at_s),
        words=words,
        written_at=clock.now(),
    )
    db.session.add(note)
    db.session.flush()
    return note


def remove(note: FilmNote) -> None:
    db.session.delete(note)
    db.session.flush()
