"""The web server's worker: gunicorn's threads, with senders and readers that stall ended instead of waited for.

gunicorn waits without end for the rest of a request and for a reader to take its answer, one thread for each, and
waits in its one main loop for clients to hang up: a few dozen stalled connections and nothing answers any more.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import time
from collections.abc import Iterator
from typing import Any, Final

from gunicorn.workers import gthread

SILENT: Final = 0.02  # seconds a new connection may stay silent in a thread; afterwards it waits without one
HEADER: Final = 5.0  # seconds of waiting for the head of a request
BODY: Final = 20.0  # seconds of waiting for its body
SLOWEST: Final = 1024.0  # bytes that buy a sender another second of waiting
ANSWER: Final = 60.0  # seconds in which a piece of the answer must be taken
GOODBYE: Final = 2.0  # seconds a client has to hang up after its answer


class PatientSocket(socket.socket):
    """A connection whose blocking reads and writes end after a while, as if the other side had gone away.

    `allow` gives the sender a number of seconds; waiting uses them up, what arrives gives some back. So a large
    recording over a slow line comes through, and a byte now and then does not hold a thread for ever.
    """

    stalled = False  # whether it was given up
    _allowed = HEADER
    _left = HEADER

    @classmethod
    def taking_over(cls, plain: socket.socket) -> PatientSocket:
        """The same connection as a PatientSocket; `plain` is used up."""
        blocking = plain.getblocking()
        made = cls(plain.family, plain.type, plain.proto, fileno=plain.detach())
        made.setblocking(blocking)
        return made

    def allow(self, seconds: float) -> None:
        """Give the sender this many seconds from now on, and never more than these."""
        self._allowed = self._left = seconds

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As of any socket. Raises ConnectionResetError, or TimeoutError with a timeout set, when the sender stalls."""
        before = self.gettimeout()
        if before == 0:
            return super().recv(size, flags)
        began = time.monotonic()
        left = max(self._left, 0.001)
        self.settimeout(left if before is None else min(left, before))
        try:
            data = super().recv(size, flags)
        except TimeoutError:
            if before is not None:
                raise
            self.stalled = True
            raise ConnectionResetError(errno.ECONNRESET, "the sender stalled") from None
        finally:
            self._left -= time.monotonic() - began
            self.settimeout(before)
        self._left = min(self._allowed, self._left + len(data) / SLOWEST)
        return data

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """As of any socket. Raises BrokenPipeError when the reader stalls."""
        with self._taken():
            super().sendall(data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """As of any socket. Raises BrokenPipeError when the reader stalls."""
        with self._taken():
            return super().sendfile(file, offset, count)

    def say_goodbye(self) -> None:
        """Send what is left and give the other side a moment to hang up, unless it has stalled already."""
        with contextlib.suppress(OSError):  # it has hung up, or was never there: nothing is left to end
            if not self.stalled:
                self.shutdown(socket.SHUT_WR)
                until = time.monotonic() + GOODBYE
                while (left := until - time.monotonic()) > 0:
                    self.settimeout(left)
                    if not self.recv(4096):
                        break
            self.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _taken(self) -> Iterator[None]:
        before = self.gettimeout()
        self.settimeout(ANSWER)
        try:
            yield
        except TimeoutError:
            self.stalled = True
            raise BrokenPipeError(errno.EPIPE, "the reader stalled") from None
        finally:
            self.settimeout(before)


class PatientWorker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn brings no types
    """gunicorn's threaded worker over patient sockets."""

    def handle(self, conn: gthread.TConn) -> Any:
        """One request of a connection, in a thread; true when the connection is kept, as in gunicorn."""
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket.taking_over(conn.sock)
        if not conn.initialized and not conn.data_ready and not conn.wait_for_data(SILENT):
            return gthread._DEFER
        conn.sock.allow(HEADER)
        kept = super().handle(conn)
        if not kept:
            # Here and not in the main loop, which would wait for one client after the other.
            conn.sock.say_goodbye()
        return kept

    def handle_request(self, req: Any, conn: gthread.TConn) -> Any:
        """The head has been read: from here on the sender has the time for a body."""
        conn.sock.allow(BODY)
        return super().handle_request(req, conn)
