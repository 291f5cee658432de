"""`callcoach deliveries`, and the thread that takes what waits and fetches recordings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import func, select

from review.db import Database, open_database
from review.migrations import run
from review.models import AudioFetch, Call, CallLeg, WebhookDelivery
from review.settings import Settings, read_settings
from review.storage import AudioStore
from review.telephony import fetches
from review.telephony.deliveries import MOST_REFUSED, keep_delivery, prune_deliveries, take_delivery
from review.telephony.doors import OpenDoor, make_door, renew_secret
from tests.db.telephone_server import Server, serve_recordings
from tests.db.telephone_shapes import SHAPES, Spoken, generic_signed
from workers.cli.main import main
from workers.fetching import Fetching, vault_of

NOWHERE = Redis(unix_socket_path="/nowhere/redis", retry=Retry(NoBackoff(), 0))


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
def door(database: Database, settings: Settings) -> OpenDoor:
    with database.session() as session:
        return make_door(session, vault_of(settings), "pbx", "generic", {"hosts": "127.0.0.1", "own_network": "1"})


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_recordings() as running:
        yield running


def deliver(database: Database, door: OpenDoor, spoken: Spoken, *, take: bool = True, notice: bool = False) -> int:
    shape = SHAPES[0]
    make = shape.notice if notice and shape.notice else shape.ended
    with database.session() as session:
        kept = keep_delivery(session, door, make(spoken, door, datetime.now(UTC)))
        if take:
            take_delivery(session, door, kept, region="DE")
    return kept


def test_deliveries_are_listed_shown_and_replayed(
    database: Database, door: OpenDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = [deliver(database, door, Spoken(number)) for number in (1, 2, 3)]
    assert main(["deliveries", "list"]) == 0
    assert capsys.readouterr().out.count("accepted") == 3
    assert main(["deliveries", "list", "--json", "--limit", "1", "--source", "pbx", "--since", "1h"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["id"], line["state"], line["provider"]) == (kept[-1], "accepted", "generic")
    assert main(["deliveries", "show", str(kept[0])]) == 0
    assert '"client_phone"' in capsys.readouterr().out
    for _ in range(2):
        assert main(["deliveries", "replay", "--all"]) == 0
        assert "3 replayed (accepted 3); 0 new calls" in capsys.readouterr().out
    with database.session() as session:
        session.execute(Call.__table__.delete())  # type: ignore[attr-defined]
    assert main(["deliveries", "replay", str(kept[1]), str(kept[2])]) == 0
    assert "2 new calls" in capsys.readouterr().out


def test_refused_ones_are_taken_when_the_secret_is_right_again(
    database: Database, door: OpenDoor, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = SHAPES[0].ended(Spoken(1), door, datetime.now(UTC))
    with database.session() as session:
        renew_secret(session, vault_of(settings), "pbx", "secret")
        keep_delivery(session, door, sent, refused="its signature does not match its body")
    assert main(["deliveries", "replay", "--state", "refused"]) == 3
    assert "1 replayed (refused 1); 0 new calls" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", [["replay"], ["replay", "1", "--all"], ["replay", "99"], ["show", "99"], ["list", "--since", "soon"]]
)
def test_wrong_arguments_are_one_sentence(
    database: Database, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deliveries", *wrong]) == 2
    assert capsys.readouterr().err.startswith("callcoach: ")


def test_what_waits_is_taken_and_recordings_come(
    database: Database, door: OpenDoor, settings: Settings, server: Server
) -> None:
    deliver(database, door, Spoken(1), take=False)
    deliver(database, door, Spoken(1), take=False, notice=True)
    store = AudioStore(settings.data, floor=0, reserve=0)
    fetching = Fetching(database, store, NOWHERE, settings)
    assert fetching.once() == 0  # the request that brought them may still be at it
    _due(database)
    assert fetching.once() == 3
    with database.read() as session:
        assert session.scalars(select(Call.state)).one() == "received"
        assert session.scalars(select(AudioFetch.state)).one() == "done"
        assert session.scalar(select(func.count()).select_from(CallLeg)) == 1
    assert fetching.once() == 0


def test_what_never_comes_is_given_up_with_a_reason(
    database: Database, door: OpenDoor, settings: Settings, server: Server
) -> None:
    deliver(database, door, Spoken(1))
    deliver(database, door, Spoken(1), notice=True)
    server.fail_first = 100
    fetching = Fetching(database, AudioStore(settings.data, floor=0, reserve=0), NOWHERE, settings)
    for number in range(1, fetches.MOST_ATTEMPTS + 1):
        _due(database)
        assert fetching.once() == 1
        with database.read() as session:
            row = session.scalars(select(AudioFetch)).one()
            assert (row.attempts, row.state) == (number, "waiting" if number < fetches.MOST_ATTEMPTS else "failed")
            assert row.failure is not None
            assert "503" in row.failure["message"]
    _due(database)
    assert fetching.once() == 0


def test_a_fault_of_ours_counts_as_a_try(
    database: Database, door: OpenDoor, settings: Settings, server: Server
) -> None:
    def broken(host: str, port: int) -> list[str]:
        raise RuntimeError("nobody foresaw this")

    deliver(database, door, Spoken(1))
    deliver(database, door, Spoken(1), notice=True)
    _due(database)
    store = AudioStore(settings.data, floor=0, reserve=0)
    assert Fetching(database, store, NOWHERE, settings, resolve=broken).once() == 1
    with database.read() as session:
        row = session.scalars(select(AudioFetch)).one()
    assert (row.state, row.attempts, row.lease_token) == ("waiting", 1, None)
    assert row.failure is not None
    assert "RuntimeError" in row.failure["message"]


def test_a_host_that_was_not_named_is_never_asked(
    database: Database, door: OpenDoor, settings: Settings, server: Server
) -> None:
    body = json.dumps({"id": "1", "recording_url": server.base.replace("127.0.0.1", "169.254.169.254")}).encode()
    with database.session() as session:
        kept = keep_delivery(session, door, generic_signed(door, datetime.now(UTC), body))
        take_delivery(session, door, kept, region="DE")
    _due(database)
    assert Fetching(database, AudioStore(settings.data, floor=0, reserve=0), NOWHERE, settings).once() == 1
    with database.read() as session:
        row = session.scalars(select(AudioFetch)).one()
        assert (row.state, row.attempts) == ("failed", 1)
        assert row.failure is not None
        assert row.failure["code"] == "host_not_allowed"
    assert server.asked == []


def test_a_lease_that_was_lost_keeps_nothing(database: Database, door: OpenDoor) -> None:
    deliver(database, door, Spoken(1))
    deliver(database, door, Spoken(1), notice=True)
    _due(database)
    with database.session() as session:
        claim = fetches.claim_fetch(session)
    assert claim is not None
    with database.session() as session:
        assert fetches.claim_fetch(session) is None
        assert not fetches.finish_fetch(session, replace(claim, token="another"))
        assert fetches.finish_fetch(session, claim)


def test_old_and_surplus_deliveries_go(database: Database, door: OpenDoor) -> None:
    now = datetime.now(UTC)
    with database.session() as session:
        for number in range(MOST_REFUSED + 30):
            sent = replace(SHAPES[0].ended(Spoken(number), door, now), body=b"{}")
            keep_delivery(session, door, sent, refused="no")
        old = keep_delivery(session, door, SHAPES[0].ended(Spoken(1), door, now - timedelta(days=40)), failed="x")
        waiting = keep_delivery(session, door, SHAPES[0].ended(Spoken(1), door, now - timedelta(days=40)))
    with database.session() as session:
        assert prune_deliveries(session, now) == 31
        left = set(session.scalars(select(WebhookDelivery.id)))
    assert old not in left
    assert waiting in left
    assert len(left) == MOST_REFUSED + 1


def _due(database: Database) -> None:
    with database.session() as session:
        for table in (WebhookDelivery.__table__, AudioFetch.__table__):
            session.execute(table.update().values(next_at=0.0))  # type: ignore[attr-defined]
