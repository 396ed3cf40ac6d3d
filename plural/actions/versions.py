"""The versions of a round: which result counts, which is only kept, what hangs on an old one."""

from datetime import UTC, datetime

from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from plural.errors import NotFound
from plural.models.entry import Entry, FilmVersion
from plural.models.rounds import OVER, RankedFilm, Round, RoundResult


def newest_frozen(round_: Round, until: datetime | None = None) -> RoundResult | None:
    """The result that counts, or counted at `until`: the newest that two people had frozen."""
    until = until or datetime.max.replace(tzinfo=UTC)
    return next((r for r in reversed(round_.results) if r.frozen_at and r.frozen_at <= until), None)


def frozen(round_: Round) -> RoundResult:
    """The same; raises NotFound before there is one."""
    found = newest_frozen(round_)
    if found is None:
        raise NotFound()
    return found


def of_version(round_: Round, version: int) -> RoundResult | None:
    return next((r for r in round_.results if r.version == version), None)


def readable(round_: Round, version: int | None = None) -> RoundResult:
    """What staff may read of a round: its own version's result once it is over, else an older one.

    Raises NotFound while the version asked for is open, or when there is none.
    """
    if version is None:
        found = current(round_) or (round_.results[-1] if round_.results else None)
    else:
        found = of_version(round_, version)
    if found is None:
        raise NotFound()
    return found


def current(round_: Round) -> RoundResult | None:
    """The result of the round's present version, provisional or frozen."""
    return of_version(round_, round_.version) if round_.state in OVER else None


def with_films(result: RoundResult) -> RoundResult:
    """The result with its ranking loaded at once, films, entries and categories included."""
    film = selectinload(RankedFilm.film)
    rows = (
        RankedFilm.query.filter_by(result_id=result.id)
        .options(
            film.selectinload(FilmVersion.tracks),
            film.joinedload(FilmVersion.entry).joinedload(Entry.category),
        )
        .order_by(RankedFilm.rank, RankedFilm.film_version_id)
        .all()
    )
    set_committed_value(result, "ranked", rows)
    return result


def heirs(round_: Round) -> list[Round]:
    """Rounds whose films came from a version of this round's shortlist that counts no more."""
    counting = newest_frozen(round_)
    if counting is None:
        return []
    found: list[Round] = (
        Round.query.filter(Round.source_id == round_.id, Round.source_version != counting.version)
        .order_by(Round.id)
        .all()
    )
    return found


def newer_source(round_: Round) -> int | None:
    """The version of the source that counts now, where the round's films come from another."""
    counting = newest_frozen(round_.source) if round_.source else None
    if counting is None or counting.version == round_.source_version:
        return None
    return counting.version
