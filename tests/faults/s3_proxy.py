"""A proxy in front of a real object storage that fails as it is told."""

import http.client
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PIECE_BYTES = 16 * 1024
ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>as told</Message></Error>"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with requests of these methods whose address holds `word`.

    `status` and `code`: an answer instead of the storage's own. `reset`: the connection is cut in
    the middle of the body. `loses_answer`: done, then cut before the answer. `pause_s`: slept
    after each 16 KiB of the body, sent or answered.
    """

    methods: tuple[str, ...] = ("GET", "HEAD", "PUT", "POST", "DELETE")
    word: str = ""
    status: int | None = None
    code: str = ""
    reset: bool = False
    loses_answer: bool = False
    pause_s: float = 0.0

    def hits(self, method: str, path: str) -> bool:
        return method in self.methods and self.word in path


class FaultyProxy:
    """Hands everything on to `backend`, but for `fault` while one is set; counts what it hit."""

    def __init__(self, backend: str) -> None:
        self.backend = str(urlsplit(backend).netloc)
        self.fault: Fault | None = None
        self.hits = 0
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "FaultyProxy":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None


class _Handler(BaseHTTPRequestHandler):
    """One request. The head goes on untouched: its signature covers it."""

    protocol_version = "HTTP/1.1"
    owner: FaultyProxy

    def do_request(self) -> None:
        fault = self.owner.fault
        if fault and not fault.hits(self.command, self.path):
            fault = None
        if fault:
            self.owner.hits += 1
        length = int(self.headers.get("Content-Length") or 0)
        if fault and fault.reset:
            self.rfile.read(length // 2)
            self._cut()
            return
        body = b"".join(self._pieces(length, fault.pause_s if fault else 0.0))
        if fault and fault.status:
            self._answer(fault.status, {}, ERROR % fault.code.encode())
            return
        status, headers, answer = self._ask(body)
        if fault and fault.loses_answer:
            self._cut()
        else:
            self._answer(status, headers, answer, fault.pause_s if fault else 0.0)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_request  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def _pieces(self, length: int, pause_s: float) -> Iterator[bytes]:
        while length > 0:
            piece = self.rfile.read(min(PIECE_BYTES, length))
            if not piece:
                return
            length -= len(piece)
            yield piece
            time.sleep(pause_s)

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.owner.backend, timeout=60)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                if name.lower() not in ("expect", "connection"):
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def _answer(
        self, status: int, headers: dict[str, str], body: bytes, pause_s: float = 0.0
    ) -> None:
        dropped = ("transfer-encoding", "connection", "content-length")
        length = str(len(body))
        if self.command == "HEAD":
            length = next((v for n, v in headers.items() if n.lower() == "content-length"), "0")
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in dropped:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            for begin in range(0, len(body), PIECE_BYTES):
                self.wfile.write(body[begin : begin + PIECE_BYTES])
                time.sleep(pause_s)

    def _cut(self) -> None:
        """End the connection with a reset."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()
