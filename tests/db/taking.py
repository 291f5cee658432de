"""Helpers of the intake tests: hand over bytes as a door would, and look at what became of them."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import func, select

from review.db import Database
from review.models import Call, Delivery
from review.services.intake import Accepted, CallFacts, IncomingFile, accept_recording
from review.storage import AudioStore
from tests.factories import NOON

PHONE = "+4930901820"
FACTS = CallFacts(source="pbx", direction="inbound", started_at=NOON, client_phone=PHONE, rep="Anna Klein")


def take(
    database: Database,
    store: AudioStore,
    files: list[bytes],
    facts: CallFacts | None = None,
    *,
    door: str = "upload",
    names: list[str] | None = None,
    transcript: bytes | None = None,
    **more: Any,
) -> Accepted:
    incoming = [
        IncomingFile(names[number] if names else f"{number}.wav", io.BytesIO(data)) for number, data in enumerate(files)
    ]
    words = IncomingFile("words.json", io.BytesIO(transcript)) if transcript is not None else None
    with database.session() as session:
        return accept_recording(session, store, incoming, facts or CallFacts(), door=door, transcript=words, **more)


def read_call(database: Database, accepted: Accepted) -> Call:
    with database.read() as session:
        return session.scalars(select(Call).where(Call.id == accepted.call_id)).one()


def count_deliveries(database: Database, accepted: Accepted) -> int | None:
    with database.read() as session:
        return session.scalar(select(func.count()).where(Delivery.call_id == accepted.call_id))


def set_state(database: Database, accepted: Accepted, state: str, **columns: Any) -> None:
    with database.session() as session:
        call = session.get_one(Call, accepted.call_id)
        call.state = state
        for name, value in columns.items():
            setattr(call, name, value)


def assert_nothing_kept(database: Database, store: AudioStore) -> None:
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 0
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
    assert [path for path in store.recordings.rglob("*") if path.is_file()] == []
