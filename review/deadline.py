"""The time one request may take as a whole, also where the other side sends a byte now and then to seem alive.

Time limits of HTTP libraries are for each piece that is waited for: headers that drip in never reach one. Here the
connection itself is shut when the time is over, so whatever waits on it ends.

    with Deadline(15.0) as deadline:
        client.post(..., extensions={**extensions, **deadline.extensions})

raises an error of the connection then, and `deadline.over` tells why.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

_OPENED: Final = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Deadline:
    """Shuts the connection of one request after this many seconds."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    @property
    def extensions(self) -> Mapping[str, Any]:
        """What the request is to be sent with, for the HTTP library to tell which connection it uses."""
        return {"trace": self._note}

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        if event not in _OPENED:
            return
        with self._lock:
            self._socket = info["return_value"].get_extra_info("socket")
            if self.over:
                self._shut()

    def _end(self) -> None:
        with self._lock:
            self.over = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed already: it is over in any case
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # beneath TLS, which has no say in it
