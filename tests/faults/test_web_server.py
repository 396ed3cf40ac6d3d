"""The web server is killed, clients vanish: no acknowledged byte is lost, everything resumes."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from flask import Flask

from plural.models.media import Upload
from plural.settings import Settings
from stack.ports import free_ports
from tests.factories import Make
from tests.running import serving, until
from tests.tus import BODY_TYPE, Tus, cookie_of
from tests.visitor import Visitor

SENT_BYTES = 20 * 1024**2


def open_patch(port: int, address: str, cookie: str, offset: int, length: int) -> socket.socket:
    """A PATCH whose head is sent and whose body is to follow."""
    connection = socket.create_connection(("127.0.0.1", port))
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: {BODY_TYPE}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection


def test_a_killed_web_server_loses_no_acknowledged_byte_and_the_upload_goes_on(
    app: Flask,
    make: Make,
    sign_in: Callable[[Any], Visitor],
    settings: Settings,
    tmp_path: Path,
) -> None:
    entry = make.entry()
    maker = sign_in(entry.account)
    body = os.urandom(SENT_BYTES + 1000)
    address = Tus(maker).begun(entry.versions[0].id, len(body))
    path = settings.instance_folder / "uploads" / address.rpartition("/")[2]
    (port,) = free_ports(1)

    def acknowledged() -> int:
        with app.app_context():
            return int(Upload.query.one().offset_bytes)

    with (
        serving(settings, port, tmp_path / "first.log") as server,
        open_patch(port, address, cookie_of(maker), 0, len(body)) as connection,
    ):
        connection.sendall(body[:SENT_BYTES])
        until(lambda: acknowledged() > 0)
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    kept = acknowledged()
    assert path.read_bytes()[:kept] == body[:kept]
    headers = {"Cookie": cookie_of(maker), "Tus-Resumable": "1.0.0"}
    with serving(settings, port, tmp_path / "second.log"):
        url = f"http://127.0.0.1:{port}{address}"
        with requests.Session() as session:
            offset = int(session.head(url, headers=headers).headers["Upload-Offset"])
            assert offset == kept
            about = {"Upload-Offset": str(offset), "Content-Type": BODY_TYPE}
            answer = session.patch(url, data=body[offset:], headers={**headers, **about})
            assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(body)))
    assert path.read_bytes() == body


def test_a_client_that_vanishes_leaves_exactly_what_it_sent(
    app: Flask,
    make: Make,
    sign_in: Callable[[Any], Visitor],
    settings: Settings,
    tmp_path: Path,
) -> None:
    entry = make.entry()
    maker = sign_in(entry.account)
    body = os.urandom(300_000)
    address = Tus(maker).begun(entry.versions[0].id, len(body))
    path = settings.instance_folder / "uploads" / address.rpartition("/")[2]
    (port,) = free_ports(1)
    sent = 0
    with serving(settings, port, tmp_path / "web.log"):
        for cut in (1, 4096, 70_000, 200_000):
            with open_patch(port, address, cookie_of(maker), sent, len(body) - sent) as connection:
                connection.sendall(body[sent : sent + cut])
            sent = min(sent + cut, len(body))

            def arrived(sent: int = sent) -> bool:
                with app.app_context():
                    upload = Upload.query.one()
                    return upload.offset_bytes == sent and upload.locked_until is None

            until(arrived)
    assert path.read_bytes() == body[:sent]
