"""How far the masters of a film are, for pages and for polling."""

from typing import Any

from plural.actions.masters import Master, masters_of
from plural.master_words import state_word
from plural.models.entry import FilmVersion
from plural.models.media import OutputState

UNFINISHED = (OutputState.WAITING, OutputState.MAKING)


def masters_status(film: FilmVersion) -> dict[str, Any]:
    """Percent and words of each master by its name; `etag` changes with what a page offers."""
    found = masters_of(film)
    return {
        "etag": etag(found),
        "final": not any(master.state in UNFINISHED for master in found),
        "masters": {
            master.name: {"percent": percent(master), "label": state_word(master.state)}
            for master in found
        },
    }


def etag(masters: list[Master]) -> str:
    """A master that begins to be made changes its words only, one that is ready the page."""
    states = (f"{m.name}:{'open' if m.state in UNFINISHED else m.state.value}" for m in masters)
    return ",".join(states)


def percent(master: Master) -> int:
    return round(100 * master.film.progress)
