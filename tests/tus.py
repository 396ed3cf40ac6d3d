"""A tus client for tests that sends exactly what it is told, right or wrong."""

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.visitor import Visitor

BODY_TYPE = "application/offset+octet-stream"
UPLOADS = "/api/v1/plural/2026/uploads"
VERSION = {"Tus-Resumable": "1.0.0"}


def metadata(**values: object) -> str:
    """An Upload-Metadata header."""
    pairs = ((k, base64.b64encode(str(v).encode()).decode()) for k, v in values.items())
    return ",".join(f"{key} {value}" for key, value in pairs)


class Tus:
    """Speaks for one visitor. Headers given by keyword replace the usual ones; None drops one."""

    def __init__(self, visitor: Visitor) -> None:
        self.client = visitor.client

    def send(self, verb: str, address: str, body: bytes = b"", **headers: Any) -> TestResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = {k: v for k, v in {**VERSION, **given}.items() if v is not None}
        return self.client.open(
            address, method=verb, headers=whole, data=body, base_url="https://localhost"
        )

    def create(self, film_id: object, length: object, **headers: Any) -> TestResponse:
        about = metadata(film=film_id, filename="film.mp4")
        usual = {"Upload_Length": str(length), "Upload_Metadata": about}
        return self.send("POST", UPLOADS, **{**usual, **headers})

    def begun(self, film_id: int, length: int) -> str:
        """The address of a new upload."""
        answer = self.create(film_id, length)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def head(self, address: str, **headers: Any) -> TestResponse:
        return self.send("HEAD", address, **headers)

    def offset(self, address: str) -> int:
        return int(self.head(address).headers["Upload-Offset"])

    def patch(self, address: str, offset: object, body: bytes, **headers: Any) -> TestResponse:
        usual = {"Upload_Offset": str(offset), "Content_Type": BODY_TYPE}
        return self.send("PATCH", address, body, **{**usual, **headers})


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The portal on a free port of this machine."""
    server = make_server("127.0.0.1", 0, closing(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closing(app: Flask) -> Callable[[Any, Any], Iterator[bytes]]:
    """The portal, whose answers are closed also where Werkzeug's server forgets it.

    It does when the browser has cut the connection before all of its request was read.
    """

    def answer(environ: Any, start_response: Any) -> Iterator[bytes]:
        pieces: Any = app(environ, start_response)
        return until_closed(pieces)

    return answer


def until_closed(pieces: Any) -> Iterator[bytes]:
    try:
        yield from pieces
    finally:
        pieces.close()


def cookie_of(visitor: Visitor) -> str:
    """The visitor's session, as a Cookie header."""
    cookie = visitor.client.get_cookie("__Host-session")
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"
