"""Fetching recordings of many telephone systems at once: who hangs holds up nobody else, and ends with the sweep."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.db import Database, open_database
from review.migrations import run
from review.models import AudioFetch, CallLeg
from review.settings import Settings, read_settings
from review.storage import AudioStore
from review.telephony.deliveries import keep_delivery, take_delivery
from review.telephony.doors import make_door
from review.telephony.provider import Request
from review.telephony.safe_http import Fetcher, FetchFailed
from tests.db.telephone_server import Server, serve_recordings
from tests.db.telephone_shapes import generic_signed
from tests.waiting import wait_until
from tests.workers.test_deliveries import NOWHERE
from workers import fetching as module
from workers.fetching import Fetching, vault_of

HANGS = "hangs.example.com"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CALLCOACH_REDIS_URL", "unix:///nowhere/redis")
    return read_settings()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    run.upgrade(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_recordings() as running:
        yield running


class Hanging:
    """A resolver that answers for one host only when it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        """The address of a host."""
        self.asked.append(host)
        if host == HANGS:
            self.let_go.wait(60)
        return ["127.0.0.1"]


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.let_go.set()


def want(database: Database, settings: Settings, source: str, address: str, calls: int) -> None:
    """A source with so many calls whose recordings lie at an address."""
    hosts = f"127.0.0.1,{HANGS}"
    with database.session() as session:
        door = make_door(session, vault_of(settings), source, "generic", {"hosts": hosts, "own_network": "1"})
        for number in range(calls):
            body = json.dumps({"id": f"{number}", "recording_url": f"{address}/{source}/{number}.wav"}).encode()
            kept = keep_delivery(session, door, generic_signed(door, datetime.now(UTC), body))
            take_delivery(session, door, kept, region="DE")
        session.execute(AudioFetch.__table__.update().values(next_at=0.0))  # type: ignore[attr-defined]


def states(database: Database, source: str) -> dict[str, int]:
    """How many of a source's recordings are in each state."""
    with database.read() as session:
        rows = session.execute(
            select(AudioFetch.state, func.count()).where(AudioFetch.source == source).group_by(AudioFetch.state)
        )
        return {str(state): int(count) for state, count in rows}


def test_a_provider_that_hangs_holds_up_no_other_and_has_one_turn(
    database: Database, settings: Settings, server: Server, hanging: Hanging
) -> None:
    want(database, settings, "hanging", f"http://{HANGS}", 3)
    want(database, settings, "other", server.base, 4)
    fetching = Fetching(database, AudioStore(settings.data, floor=0, reserve=0), NOWHERE, settings, resolve=hanging)
    fetching.start()
    wait_until(lambda: states(database, "other") == {"done": 4}, seconds=60)
    assert states(database, "hanging") == {"fetching": 1, "waiting": 2}
    assert hanging.asked.count(HANGS) == 1
    hanging.let_go.set()
    fetching.stop()


def test_no_more_sources_at_once_than_allowed(
    database: Database, settings: Settings, server: Server, hanging: Hanging
) -> None:
    for number in range(4):
        want(database, settings, f"hanging {number}", f"http://{HANGS}", 1)
    store = AudioStore(settings.data, floor=0, reserve=0)
    fetching = Fetching(database, store, NOWHERE, settings, resolve=hanging, most=2)
    assert fetching.start_turns() == 2
    assert fetching.start_turns() == 0
    hanging.let_go.set()
    fetching.stop()


def test_what_is_under_way_at_the_end_is_given_back_and_kept_by_nobody(
    database: Database, settings: Settings, server: Server, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.1)
    want(database, settings, "hanging", f"http://{HANGS}:{server.base.rpartition(':')[2]}", 1)
    store = AudioStore(settings.data, floor=0, reserve=0)
    ending = Fetching(database, store, NOWHERE, settings, resolve=hanging)
    assert ending.start_turns() == 1
    wait_until(lambda: hanging.asked == [HANGS], seconds=60)
    ending.stop()
    with database.read() as session:
        row = session.scalars(select(AudioFetch)).one()
        assert (row.state, row.attempts, row.lease_token) == ("waiting", 0, None)
    hanging.let_go.set()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name == "fetching hanging"], seconds=60)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CallLeg)) == 0
    assert Fetching(database, store, NOWHERE, settings, resolve=hanging).once() == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CallLeg)) == 1


def test_reading_an_answer_ends_when_the_sweep_does(server: Server) -> None:
    fetcher = Fetcher(hosts=("127.0.0.1",), own=("127.0.0.1",), stopping=lambda: True)
    with pytest.raises(FetchFailed) as failed, fetcher.open(Request(f"{server.base}/x.wav"), 1_000_000) as body:
        body.read()
    assert failed.value.reason == "stopped"


def test_all_that_one_recording_asks_for_has_one_end(server: Server) -> None:
    """Asking where it is and fetching it share one time: together they stay within the lease."""
    clock = iter(range(0, 1000, 70))
    fetcher = Fetcher(hosts=("127.0.0.1",), own=("127.0.0.1",), clock=lambda: float(next(clock)), until=60.0)
    with fetcher.open(Request(f"{server.base}/x.wav"), 1_000_000) as body:
        pass
    assert body
    with pytest.raises(FetchFailed) as failed, fetcher.open(Request(f"{server.base}/x.wav"), 1_000_000):
        pass
    assert failed.value.reason == "timeout"
    assert len(server.asked) == 1
