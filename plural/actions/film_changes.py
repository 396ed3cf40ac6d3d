"""What changed between the film version that somebody has and the one that is in force."""

from collections.abc import Iterable
from dataclasses import dataclass

from plural import clock
from plural.actions import film_versions
from plural.actions.panel import readable_tracks
from plural.models.entry import FilmVersion
from plural.models.scoring import Assignment


@dataclass(frozen=True)
class Change:
    """A newer version is in force. None where the two are alike; languages are of subtitles.

    `words` are the maker's own, of every version since, the oldest first.
    """

    watched: FilmVersion
    newest: FilmVersion
    words: list[str]
    lengths_s: tuple[float, float] | None
    languages: tuple[list[str], list[str]] | None
    same_picture: bool


def change_since(film: FilmVersion) -> Change | None:
    """How the version in force differs from this one; None when there is no newer one."""
    newest = film_versions.in_force(film.entry, clock.now())
    if newest.number <= film.number or not film_versions.is_ready(newest, clock.now()):
        return None
    lengths = (film.duration_s or 0.0, newest.duration_s or 0.0)
    languages = (read_in(film), read_in(newest))
    since = [v for v in film.entry.versions if film.number < v.number <= newest.number]
    return Change(
        watched=film,
        newest=newest,
        words=[version.changes for version in since if version.changes],
        lengths_s=lengths if round(lengths[0]) != round(lengths[1]) else None,
        languages=languages if languages[0] != languages[1] else None,
        same_picture=film.sha256 is not None and film.sha256 == newest.sha256,
    )


def changed(assignments: Iterable[Assignment]) -> list[tuple[Assignment, Change]]:
    """Those whose film has a newer version by now."""
    found = [(assignment, change_since(assignment.film)) for assignment in assignments]
    return [(assignment, change) for assignment, change in found if change is not None]


def read_in(film: FilmVersion) -> list[str]:
    return sorted({track.language for track in readable_tracks(film)})
