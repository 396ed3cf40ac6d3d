"""The one blueprint that all desks of juries add their routes to."""

from typing import Any

from flask import Blueprint, g, url_for

from plural import access
from plural.actions import film_changes, notes, panel, worries
from plural.errors import NotFound
from plural.forms.jury import NoteForm
from plural.labels import label, tone
from plural.models.entry import FilmVersion
from plural.models.rounds import RoundKind, Seat
from plural.playing import Playing, playing

blueprint = Blueprint("jury", __name__)
blueprint.context_processor(lambda: {"label": label, "tone": tone})
DESKS = {
    RoundKind.PRESELECTION: "jury.queue",
    RoundKind.INTERNATIONAL_JURY: "jury.ballots",
    RoundKind.PARTNER_PICKS: "jury.picks",
}


def desk_of(seat: Seat) -> str:
    """The address where a seat does its work."""
    return url_for(DESKS[seat.round.kind], seat=seat.id)


def shown(film: FilmVersion) -> Playing | None:
    """How to play the film while it is still before this person."""
    return playing(film) if access.judges(g.who, film) else None


def beside_film(seat: Seat, film: FilmVersion) -> dict[str, Any]:
    """What the page of a film shows in any round: the juror's own notes, what they have told."""
    return {
        "seat": seat,
        "film": film,
        "makers": panel.makers_shown(seat.round, film, g.who.at),
        "notes": notes.notes_of(g.who.account, film),
        "note": NoteForm(formdata=None),
        "change": film_changes.change_since(film),
        "told": worries.told_by(g.who.account, film),
    }


def require(seat: Seat, kind: RoundKind) -> None:
    if seat.round.kind is not kind:
        raise NotFound()
