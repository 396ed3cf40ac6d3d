"""Ports of the loopback interface."""

import errno
import socket
import time
from contextlib import ExitStack

from stack.errors import StackError

HOST = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind((HOST, 0))
        return [s.getsockname()[1] for s in sockets]


def require_free(port: int, wait_s: float = 3.0) -> int:
    """The port, when nobody listens on it within `wait_s`; StackError otherwise."""
    deadline = time.monotonic() + wait_s
    while (error := bind_error(port)) == errno.EADDRINUSE and time.monotonic() < deadline:
        time.sleep(0.1)
    if error == errno.EADDRINUSE:
        raise StackError(
            f"Port {port} is taken: end what uses it, or choose another: "
            f"PLURAL_PORT={port + 1} ./run serve"
        )
    if error:
        raise StackError(f"Port {port} cannot be used here: choose one above 1023 in PLURAL_PORT.")
    return port


def bind_error(port: int) -> int | None:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((HOST, port))
        except OSError as error:
            return error.errno
    return None
