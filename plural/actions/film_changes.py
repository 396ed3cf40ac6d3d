"""What changed between the film version that a juror has and the newest one."""

from dataclasses import dataclass

from plural.actions.panel import WATCHABLE, readable_tracks
from plural.models.entry import FilmVersion


@dataclass(frozen=True)
class Change:
    """A newer version is here. None where the two are alike; languages are those of subtitles."""

    watched: FilmVersion
    newest: FilmVersion
    lengths_s: tuple[float, float] | None
    languages: tuple[list[str], list[str]] | None
    same_picture: bool


def change_since(film: FilmVersion) -> Change | None:
    """How the newest version that can be watched differs from this one; None when it is this."""
    newer = [v for v in film.entry.versions if v.number > film.number and v.state in WATCHABLE]
    if not newer:
        return None
    newest = newer[-1]
    lengths = (film.duration_s or 0.0, newest.duration_s or 0.0)
    languages = (read_in(film), read_in(newest))
    return Change(
        watched=film,
        newest=newest,
        lengths_s=lengths if round(lengths[0]) != round(lengths[1]) else None,
        languages=languages if languages[0] != languages[1] else None,
        same_picture=film.sha256 is not None and film.sha256 == newest.sha256,
    )


def read_in(film: FilmVersion) -> list[str]:
    return sorted({track.language for track in readable_tracks(film)})
