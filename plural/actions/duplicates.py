"""The same film entered twice: something for staff to look at, never a verdict."""

from sqlalchemy import select

from plural.models.entry import Entry, FilmVersion


def with_same_file(entry: Entry) -> list[Entry]:
    """Other entries of the edition into which the very same file has been sent, in any version.

    Of one whose film is sealed nothing is told.
    """
    own = select(FilmVersion.sha256).where(
        FilmVersion.entry_id == entry.id, FilmVersion.sha256.is_not(None)
    )
    holding = select(FilmVersion.entry_id).where(FilmVersion.sha256.in_(own))
    found: list[Entry] = (
        Entry.query.filter(
            Entry.edition_id == entry.edition_id,
            Entry.id != entry.id,
            Entry.id.in_(holding),
            Entry.sealed_at.is_(None),
        )
        .order_by(Entry.id)
        .all()
    )
    return found
