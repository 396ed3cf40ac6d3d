"""Mails to distributors about the films that they hold."""

from plural import clock
from plural.extensions import db
from plural.mailing import Mail, composer
from plural.models.entry import FilmVersion
from plural.models.people import Account
from plural.models.sharing import Licence
from plural.rights import may_use


@composer("newer_version")
def newer_version(licence_id: int, film_version_id: int, account_id: int) -> Mail | None:
    """That a newer version takes the place of one that was fetched; nothing once it may not."""
    licence = db.session.get_one(Licence, licence_id)
    film, now = db.session.get_one(FilmVersion, film_version_id), clock.now()
    account, entry = db.session.get_one(Account, account_id), film.entry
    where: list[str | None] = [*licence.territories] or [None]
    if licence.ended_at is not None or not all(may_use(film, licence.use, t, now) for t in where):
        return None
    return Mail(
        edition=entry.edition,
        to=account.email,
        language=account.language,
        template="newer_version",
        context={
            "name": account.name,
            "title": entry.title,
            "held": licence.film.number,
            "newest": film.number,
            "changes": film.changes,
            "licence_id": licence.id,
        },
    )
