"""The web server with clients who send half a request, say nothing or do not hang up: the others are answered."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import pytest

from tests.waiting import wait_until
from tests.workers.installation import Installation
from web import server
from workers.cli.serve import gunicorn

HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nemail=an"
)
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture
def port(installation: Installation) -> int:
    """Where a real web server listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = int(free.getsockname()[1])
    installation.callcoach("serve", "--port", str(found))
    wait_until(lambda: answers(found), seconds=30, what="the web server")
    return found


@pytest.fixture
def crowd(port: int) -> Iterator[list[socket.socket]]:
    """Connections to the server, closed with the test."""
    made: list[socket.socket] = []
    yield made
    for connection in made:
        connection.close()


def connect(port: int, sent: bytes, crowd: list[socket.socket], count: int = 1) -> list[socket.socket]:
    """Connections that send this and then nothing more."""
    made = [socket.create_connection(("127.0.0.1", port), timeout=server.BODY + 20) for _number in range(count)]
    crowd += made
    for connection in made:
        connection.sendall(sent)
    return made


def answers(port: int, seconds: float = 2.0) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def read_all(connection: socket.socket) -> bytes:
    """Everything the server says until it ends the connection."""
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionResetError:
        return said
    return said


@pytest.mark.slow
def test_half_requests_are_ended_and_stop_nobody(
    installation: Installation, port: int, crowd: list[socket.socket]
) -> None:
    bodies = connect(port, HALF_A_BODY, crowd, 20)
    heads = connect(port, HALF_A_HEAD, crowd, 60)
    assert answers(port, seconds=2 * server.HEADER), "80 half requests stop the server"
    assert {read_all(connection) for connection in heads} == {b""}
    assert all(read_all(connection).startswith(b"HTTP/1.1 408 ") for connection in bodies)
    assert answers(port)
    assert_quiet(installation)


def test_connections_that_say_nothing_or_never_hang_up_stop_nobody(
    installation: Installation, port: int, crowd: list[socket.socket]
) -> None:
    connect(port, b"", crowd, 300)
    connect(port, WHOLE, crowd, 60)  # gunicorn by itself waits 2 s for each of these to hang up, one after the other
    assert answers(port, seconds=10)
    assert_quiet(installation)


def test_a_slow_but_steady_sender_is_heard(port: int, crowd: list[socket.socket]) -> None:
    (connection,) = connect(port, b"", crowd)
    gone = iter(range(len(WHOLE)))

    def send_one_more() -> bool:
        place = next(gone)
        connection.sendall(WHOLE[place : place + 1])
        return place == len(WHOLE) - 1

    wait_until(send_one_more, every=0.01, what="the last byte")
    assert read_all(connection).startswith(b"HTTP/1.1 200")


def test_the_threaded_worker_of_ours_is_used() -> None:
    arguments = gunicorn("127.0.0.1", 8000, 1, 64)
    module, _dot, name = arguments[arguments.index("--worker-class") + 1].rpartition(".")
    assert (module, name) == (server.__name__, server.PatientWorker.__name__)


def assert_quiet(installation: Installation) -> None:
    """End the server; what it logged holds neither a traceback nor a fault."""
    (process,) = installation.processes
    process.terminate()
    said, _nothing = process.communicate(timeout=30)
    assert "Traceback" not in said
    assert "fault" not in said
