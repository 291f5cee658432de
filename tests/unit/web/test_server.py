"""Sockets of the web server: who stalls is given up, who only is slow is not."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator

import pytest

from web import server
from web.server import PatientSocket


@pytest.fixture
def pair() -> Iterator[tuple[PatientSocket, socket.socket]]:
    """Our end of a connection and the client's."""
    plain, client = socket.socketpair()
    ours = PatientSocket.taking_over(plain)
    yield ours, client
    ours.close()
    client.close()


def test_a_sender_who_stalls_is_given_up(pair: tuple[PatientSocket, socket.socket]) -> None:
    ours, client = pair
    client.sendall(b"half")
    ours.allow(0.05)
    assert ours.recv(100) == b"half"
    with pytest.raises(ConnectionResetError):
        ours.recv(100)
    assert ours.stalled
    assert ours.gettimeout() is None


def test_a_byte_now_and_then_is_a_stall_too(pair: tuple[PatientSocket, socket.socket]) -> None:
    ours, client = pair
    pause, over = threading.Event(), threading.Event()

    def dribble() -> None:
        while not over.is_set():
            client.sendall(b"x")
            pause.wait(0.05)

    sender = threading.Thread(target=dribble)
    sender.start()
    ours.allow(0.3)
    try:
        with pytest.raises(ConnectionResetError):
            for _byte in range(1_000):
                ours.recv(100)
    finally:
        over.set()
        sender.join()


def test_what_arrives_buys_more_time_but_not_without_end(pair: tuple[PatientSocket, socket.socket]) -> None:
    ours, client = pair
    ours.allow(2.0)
    ours._left = 0.01
    client.sendall(bytes(1024))
    ours.recv(65536)
    assert 0.9 < ours._left <= 1.01
    client.sendall(bytes(65536))
    ours.recv(65536)
    assert ours._left <= 2.0


def test_a_limit_set_by_others_holds(pair: tuple[PatientSocket, socket.socket]) -> None:
    ours, _client = pair
    ours.settimeout(0.01)
    with pytest.raises(TimeoutError):
        ours.recv(100)
    assert ours.gettimeout() == 0.01
    ours.setblocking(False)
    with pytest.raises(BlockingIOError):
        ours.recv(100)


def test_a_reader_who_stalls_is_given_up(
    pair: tuple[PatientSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, client = pair
    monkeypatch.setattr(server, "ANSWER", 0.05)
    with pytest.raises(BrokenPipeError):
        ours.sendall(bytes(10_000_000))
    with tempfile.TemporaryFile() as file:
        file.truncate(10_000_000)
        with pytest.raises(BrokenPipeError):
            ours.sendfile(file)
    assert ours.stalled
    ours.say_goodbye()
    assert client.recv(1)


def test_goodbye_waits_for_the_client_to_hang_up(pair: tuple[PatientSocket, socket.socket]) -> None:
    ours, client = pair
    ours.sendall(b"bye")
    client.sendall(b"still talking")
    hanging_up = threading.Timer(0.05, client.shutdown, (socket.SHUT_WR,))
    hanging_up.start()
    ours.say_goodbye()
    hanging_up.join()
    assert client.recv(100) == b"bye"
    assert client.recv(100) == b""
