"""Sends an object of storage: whole or one range of it, with memory that does not grow."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, current_app, redirect, request, send_file
from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as AnyResponse

from media_pipeline.storage import Storage
from plural.extensions import db

CHUNK_BYTES = 256 * 1024
LINK_LIVES_S = 60
# What a page loads under its own policy: a player follows a redirect, a picture or text need not.
REDIRECTED = ("video/", "audio/")


@dataclass(frozen=True)
class Sendable:
    """An object in storage and how it is to be called outside."""

    key: str
    size_bytes: int
    sha256: str
    media_type: str
    name: str
    as_download: bool = False


def send(wanted: Sendable) -> AnyResponse:
    """Answer a GET or HEAD for an object, with its digest as ETag.

    A local file is handed to the server, films in other storage are redirected to a link that
    lives a minute, and everything else passes through here. No database connection is held while
    bytes flow. Raises ObjectMissing.
    """
    db.session.remove()
    try:
        answer = local(wanted) or linked(wanted) or streamed(wanted)
    except RequestedRangeNotSatisfiable as error:
        # Players read the size from this answer.
        answer = AnyResponse(status=416, headers=error.get_headers())
        answer.content_range.set(None, None, wanted.size_bytes)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def local(wanted: Sendable) -> AnyResponse | None:
    path = storage().local_path(wanted.key)
    if path is None:
        return None
    return send_file(
        path,
        mimetype=wanted.media_type,
        as_attachment=wanted.as_download,
        download_name=wanted.name,
        etag=wanted.sha256,
        conditional=True,
    )


def linked(wanted: Sendable) -> AnyResponse | None:
    if not wanted.media_type.startswith(REDIRECTED):
        return None
    link = storage().link(wanted.key, LINK_LIVES_S, wanted.name, wanted.media_type)
    return redirect(link) if link else None


def streamed(wanted: Sendable) -> AnyResponse:
    start, stop = asked_range(wanted)
    whole = stop - start == wanted.size_bytes
    answer = Response(status=200 if whole else 206, mimetype=wanted.media_type)
    answer.set_etag(wanted.sha256)
    answer.accept_ranges = "bytes"
    name_file(answer, wanted.name, wanted.as_download)
    if wanted.sha256 in request.if_none_match:
        answer.status_code = 304
        return answer
    if not whole:
        answer.content_range.set(start, stop, wanted.size_bytes)
    answer.content_length = stop - start
    if request.method != "HEAD":
        stream = storage().open_range(wanted.key, start, stop - start)
        answer.call_on_close(stream.close)
        answer.response = chunks(stream)
    return answer


def asked_range(wanted: Sendable) -> tuple[int, int]:
    """First byte and the byte after the last that is asked for; everything without a range.

    Several ranges at once are answered whole, as HTTP allows. Raises RequestedRangeNotSatisfiable.
    """
    everything = (0, wanted.size_bytes)
    asked: Range | None = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or is_stale(wanted):
        return everything
    found = asked.range_for_length(wanted.size_bytes)
    if found is None:
        raise RequestedRangeNotSatisfiable(wanted.size_bytes)
    return found


def is_stale(wanted: Sendable) -> bool:
    """Whether the range was asked on condition that the object is another one."""
    condition = request.if_range
    return condition.date is not None or condition.etag not in (None, wanted.sha256)


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def storage() -> Storage:
    found: Storage = current_app.extensions["plural_storage"]
    return found


def name_file(answer: Response, name: str, as_download: bool) -> None:
    """Say how the file is called, in any script (RFC 6266), and in plain letters beside it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip()
    names = {"filename": plain or "film"}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    disposition = "attachment" if as_download else "inline"
    answer.headers.set("Content-Disposition", disposition, **names)
