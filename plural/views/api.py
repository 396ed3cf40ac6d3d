"""What our own pages ask for while they are open."""

from typing import Any

from flask import Blueprint

from plural import status
from plural.models.entry import Entry

blueprint = Blueprint("api", __name__)


@blueprint.get("/entries/<int:entry>/status")
def entry_status(entry: Entry) -> dict[str, Any]:
    return status.entry_status(entry)
