"""A web server on this machine whose headers drip in without end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def dripping() -> Iterator[tuple[int, threading.Event]]:
    """Its port, and what is set once the other side has hung up."""
    closed = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _address = server.accept()
        with connection:
            connection.settimeout(0.05)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not closed.is_set():
                try:
                    connection.sendall(b"a")
                    if not connection.recv(65536):
                        closed.set()
                except TimeoutError:
                    continue
                except OSError:
                    closed.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        try:
            yield server.getsockname()[1], closed
        finally:
            closed.set()
