"""Resumable uploads by tus 1.0 (https://tus.io/protocols/resumable-upload): core, creation,
creation-with-upload, termination, expiration.

Guarded by same origin instead of form tokens, which would be too old when an upload goes on days
later.
"""

import base64
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, g, request, url_for
from werkzeug.http import http_date

from plural import access, database, outbox
from plural.actions import uploads
from plural.errors import NotAllowed
from plural.extensions import csrf
from plural.models.media import Upload, UploadState

blueprint = Blueprint("uploads", __name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
BODY_TYPE = "application/offset+octet-stream"
LONGEST_PAUSE_S = 60
SAME_ORIGIN = ("same-origin", "none")
MOST_DIGITS = 18


@blueprint.before_request
def check_protocol() -> Response | None:
    """Refuse other sites and other versions before anything is looked at."""
    if not from_here():
        raise NotAllowed()
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        return Response(status=412, headers={"Tus-Version": VERSION})
    return None


@blueprint.after_request
def name_version(response: Response) -> Response:
    if request.method != "OPTIONS":
        response.headers["Tus-Resumable"] = VERSION
    return response


def from_here() -> bool:
    """Whether the request can only come from our own pages, or from no browser at all."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in SAME_ORIGIN:
        return False
    try:
        return origin is None or urlsplit(origin).netloc == request.host
    except ValueError:
        return False


@blueprint.route("/uploads", methods=["POST", "OPTIONS"])
@csrf.exempt
def create() -> Response:
    if request.method == "OPTIONS":
        return capabilities()
    length = announced_length()
    metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
    film = access.own_film(g.who, metadata.get("film", ""))
    upload = uploads.begin(film, length, metadata.get("filename", "")[:255], g.who.account)
    outbox.commit()
    headers = {"Location": url_for("uploads.continue_", code=upload.code)}
    if length and request.content_type == BODY_TYPE:
        headers["Upload-Offset"] = str(receive(upload, 0))
    return Response(status=201, headers=headers | expiry_of(upload))


@blueprint.route("/uploads/<code>", methods=["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"])
@csrf.exempt
def continue_(upload: Upload) -> Response:
    deeds = {"HEAD": tell, "PATCH": append, "DELETE": give_up}
    if request.method == "OPTIONS":
        return capabilities()
    return deeds.get(method(), lambda _upload: abort(405))(upload)


def method() -> str:
    """What is meant, where a proxy lets only POST through."""
    if request.method == "POST":
        return request.headers.get("X-HTTP-Method-Override", "POST").upper()
    return request.method


def capabilities() -> Response:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(uploads.settings().max_upload_bytes),
    }
    return Response(status=204, headers=headers)


def tell(upload: Upload) -> Response:
    """How far the upload is; whoever still sends an older part of it has to let go."""
    if upload.state in (UploadState.TERMINATED, UploadState.EXPIRED):
        raise uploads.UploadGone()
    if upload.locked_until is not None:
        with database.writing():
            uploads.let_go(upload)
    headers = {
        "Upload-Offset": str(upload.offset_bytes),
        "Upload-Length": str(upload.length_bytes),
        "Cache-Control": "no-store",
    }
    return Response(status=200, headers=headers | expiry_of(upload))


def append(upload: Upload) -> Response:
    if request.content_type != BODY_TYPE:
        abort(415)
    offset = receive(upload, read_number("Upload-Offset"))
    return Response(status=204, headers={"Upload-Offset": str(offset)} | expiry_of(upload))


def give_up(upload: Upload) -> Response:
    uploads.terminate(upload, g.who.account)
    outbox.commit()
    return Response(status=204)


def receive(upload: Upload, offset: int) -> int:
    # One byte more than may come, so that a body that is too long is noticed.
    request.max_content_length = upload.length_bytes - upload.offset_bytes + 1
    limit_pauses(request.environ)
    return uploads.receive(upload, offset, RequestBody(), request.content_length)


class RequestBody:
    """The request's body, touched only when its bytes are wanted."""

    def read(self, size: int) -> bytes:
        return request.stream.read(size)


def limit_pauses(environ: dict[str, Any]) -> None:
    """A phone that has left its network says nothing more: do not wait for it for ever."""
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if connection is not None:
        connection.settimeout(LONGEST_PAUSE_S)


def expiry_of(upload: Upload) -> dict[str, str]:
    if upload.state is not UploadState.OPEN:
        return {}
    return {"Upload-Expires": http_date(upload.expires_at)}


def announced_length() -> int:
    if "Upload-Defer-Length" in request.headers:
        abort(400)
    return read_number("Upload-Length")


def read_number(header: str) -> int:
    """A header that is a whole number from 0 on; anything else is a bad request."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS:
        abort(400)
    return int(text)


def read_metadata(header: str) -> dict[str, str]:
    """Pairs of a key and a value in Base64, separated by commas."""
    found = {}
    for pair in filter(None, (p.strip() for p in header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:
            # No Base64, no ASCII, or no UTF-8 inside.
            abort(400)
    return found
