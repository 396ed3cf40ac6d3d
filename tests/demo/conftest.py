"""A festival of the demo without a portal, for acts that only read pages and mails."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from rich.console import Console

from demo.clock import Clock
from demo.festival import Festival
from demo.mailbox import Mailbox
from demo.report import Report

# Path to status, headers and body.
Site = dict[str, tuple[int, dict[str, str], bytes]]


@contextmanager
def serving(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            status, headers, body = site.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Site], Festival]]:
    """`serve(site)`: a festival whose portal is these pages; paths begin with the edition's."""
    with ExitStack() as leave:
        yield lambda site: festival_at(leave.enter_context(serving(site)), tmp_path)


def festival_at(origin: str, folder: Path) -> Festival:
    return Festival(
        origin=origin,
        place=f"{origin}/en/plural/2026",
        report=Report(Console(file=io.StringIO())),
        clock=Clock(folder / "clock"),
        mailbox=Mailbox(folder),
        folder=folder,
        films={},
    )
