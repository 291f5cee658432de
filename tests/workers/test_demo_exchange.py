"""The demo's exchange at work: calls appear, a lead is closed wrongly, and comes back when somebody reopens it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from review.models import Deal, Rep, WinBackLead, utc_now
from review.telephony.doors import Vault, open_door
from review.telephony.generic import Generic
from review.telephony.provider import Incoming
from tests.workers.installation import Installation
from workers.demo.exchange.day import LEAD
from workers.demo.exchange.run import Exchange
from workers.demo.exchange.served import Recordings
from workers.demo.exchange.setup import WEBHOOK_SOURCE
from workers.demo.exchange.state import FOLDER, read_state
from workers.demo_setup import prepare

AT = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


@pytest.fixture
def exchange(installation: Installation) -> Iterator[Exchange]:
    """The demo's exchange over a prepared demo, with nothing played yet."""
    prepare(installation.database, installation.settings)
    vault = Vault(installation.settings.secret_key(), "http://127.0.0.1:9")
    with installation.database.read() as session:
        door = open_door(session, vault, WEBHOOK_SOURCE)
    assert door is not None
    served = Recordings(door.door.secret("recording_token"))
    served.start()
    yield Exchange(installation.settings, installation.database, served, door)
    served.stop()


def deal_status(installation: Installation) -> str:
    with installation.database.read() as session:
        return session.scalars(select(Deal.status).where(Deal.external_id == LEAD)).one()


def reopen(installation: Installation, owner: str) -> int:
    """Put the lead of the story into the state it has after somebody reopened it to another rep."""
    with installation.database.session() as session:
        deal = session.scalars(select(Deal).where(Deal.external_id == LEAD)).one()
        rep = session.scalars(select(Rep).where(Rep.name == owner)).one()
        now = utc_now()
        lead = WinBackLead(
            deal_id=deal.id,
            client_id=deal.client_id,
            arm="queue",
            control_share=0.0,
            seed="seed",
            lot=0.5,
            watch_until=now + timedelta(days=90),
            found_band="high",
            judged={},
            judged_at=now,
            inputs="",
            probability=0.7,
            band="high",
            chance=0.3,
            reasons="",
            rank=1.0,
            state="reopened",
            new_owner_id=rep.id,
        )
        session.add(lead)
        session.flush()
        return lead.id


def test_the_first_call_lies_in_the_folder_and_its_deal_is_closed(
    exchange: Exchange, installation: Installation
) -> None:
    assert exchange.play(AT)
    folder = installation.settings.data / FOLDER
    assert [path.name[:8] for path in (folder / "monitor" / "2026" / "11" / "20").iterdir()] == ["out-4420"]
    assert "ANSWERED" in (folder / "Master.csv").read_text(encoding="utf-8")
    assert deal_status(installation) == "closed_lost"


def test_the_lead_is_called_back_once_by_its_new_owner_and_won(exchange: Exchange, installation: Installation) -> None:
    assert not exchange.call_back(AT), "nothing was closed yet"
    exchange.play(AT)
    assert not exchange.call_back(AT), "nobody reopened it yet"
    reopen(installation, "Daniel Miller")
    assert exchange.call_back(AT + timedelta(minutes=9))
    assert not exchange.call_back(AT + timedelta(minutes=10)), "it is called once"
    assert deal_status(installation) == "won"
    last = (installation.settings.data / FOLDER / "Master.csv").read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith('"","203"'), "the new owner's extension"


def test_a_demo_started_again_keeps_what_became_of_the_deal(exchange: Exchange, installation: Installation) -> None:
    exchange.play(AT)
    prepare(installation.database, installation.settings)
    assert deal_status(installation) == "closed_lost"
    assert read_state(installation.settings.data).moments == 1


def test_the_webhook_is_signed_and_its_recording_can_be_fetched(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[tuple[str, bytes, dict[str, str]]] = []

    def post(url: str, *, content: bytes, headers: dict[str, str], **_more: Any) -> httpx2.Response:
        posted.append((url, content, headers))
        return httpx2.Response(200, request=httpx2.Request("POST", url))

    monkeypatch.setattr(httpx2, "post", post)
    exchange.play(AT)
    exchange.play(AT + timedelta(minutes=1))
    ((url, content, headers),) = posted
    assert "/hooks/generic/" in url
    lower = {name.lower(): value for name, value in headers.items()}
    Generic().verify(Incoming(headers=lower, body=content, received_at=utc_now()), exchange.door.door)
    token = exchange.door.door.secret("recording_token")
    address = json.loads(content)["recording_url"]
    sound = httpx2.get(address, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    assert sound.content[:4] == b"RIFF"


def test_the_day_ends(exchange: Exchange) -> None:
    exchange.state.moments = 10_000
    assert not exchange.play(AT)
