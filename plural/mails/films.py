"""To entrants, about the file that they have sent."""

from plural import findings
from plural.extensions import db
from plural.mailing import Mail, composer
from plural.models.entry import FilmState, FilmVersion, Severity
from plural.rights import OUTSIDE_STATES


@composer("film_checked")
def film_checked(film_version_id: int) -> Mail | None:
    """The film can be watched, cannot be used and why, or could not be made ready.

    Not for an entry that is out.
    """
    film = db.session.get_one(FilmVersion, film_version_id)
    entry = film.entry
    told = (FilmState.PLAYABLE, FilmState.COMPLETE, FilmState.REFUSED, FilmState.FAILED)
    if entry.state in OUTSIDE_STATES or entry.film.id != film.id or film.state not in told:
        return None
    failed = film.state is FilmState.FAILED
    shown = [f for f in film.findings if f.severity is not Severity.NOTE and not failed]
    return Mail(
        edition=entry.edition,
        to=entry.account.email,
        language=entry.account.language,
        template="film_checked",
        context={
            "entry": entry,
            "refused": film.state is FilmState.REFUSED,
            "failed": failed,
            "findings": shown,
            "sentence": findings.sentence,
        },
    )
