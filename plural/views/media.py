"""Films for players, by stable addresses; `plural.access` decides at every request."""

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from media_pipeline.errors import ObjectMissing
from media_pipeline.packaging import PLAYLIST_MEDIA_TYPE
from plural import ranges
from plural.actions import watching
from plural.errors import NotFound
from plural.models.entry import FilmVersion

blueprint = Blueprint("media", __name__)


@blueprint.get("/films/<int:film>/<name>")
def file(film: FilmVersion, name: str) -> AnyResponse:
    if name.endswith(".m3u8"):
        text = watching.find_playlist(film, name)
        return Response(
            text,
            content_type=PLAYLIST_MEDIA_TYPE,
            headers={"Cache-Control": "private, no-store"},
        )
    try:
        return ranges.send(watching.find_file(film, name))
    except ObjectMissing as error:
        raise NotFound() from error
