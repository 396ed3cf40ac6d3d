"""What our own pages ask for while they are open."""

from typing import Any

from flask import Blueprint

from plural import master_status, status
from plural.models.entry import Entry, FilmVersion
from plural.models.sharing import Licence

blueprint = Blueprint("api", __name__)


@blueprint.get("/entries/<int:entry>/status")
def entry_status(entry: Entry) -> dict[str, Any]:
    return status.entry_status(entry)


@blueprint.get("/licences/<int:licence>/masters/status")
def licence_masters(licence: Licence) -> dict[str, Any]:
    return master_status.masters_status(licence.film)


@blueprint.get("/films/<int:film>/masters/status")
def film_masters(film: FilmVersion) -> dict[str, Any]:
    return master_status.masters_status(film)
