"""Figures for operators read back as Prometheus reads them, and an installation connected to everything."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from review.db import Database
from review.metrics import write_metrics
from review.models import (
    AudioFetch,
    CrmConnection,
    DriftReading,
    OutboxItem,
    SourceDoor,
    Webhook,
    WebhookDelivery,
    WebhookMessage,
)
from review.settings import Settings
from review.storage import AudioStore
from tests.factories import make_call, make_source

Figures = dict[str, dict[tuple[str, ...], float]]


def text_of(settings: Settings, database: Database, redis: Redis) -> str:
    """The whole answer."""
    return write_metrics(settings, database, AudioStore(settings.data), redis).decode()


def read_figures(settings: Settings, database: Database, redis: Redis) -> Figures:
    """The answer as Prometheus reads it: name -> values of the labels by their alphabet -> figure."""
    found: Figures = {}
    for family in text_string_to_metric_families(text_of(settings, database, redis)):
        assert family.type == "gauge"
        assert family.documentation
        rows = found.setdefault(family.name.removeprefix("callcoach_"), {})
        for sample in family.samples:
            key = tuple(sample.labels.values())
            assert key not in rows, f"{sample.name} twice for {key}"
            rows[key] = sample.value
    return found


def connect_all(database: Database, now: datetime) -> int:
    """Doors, fetches, deliveries, webhooks, a CRM, drift; named after people everywhere. The door's source."""
    person = "Anna Berg +49 30 1234567"
    with database.session() as db:
        source = make_source(db, person)
        db.add(
            SourceDoor(
                source=person,
                provider="mango",
                secrets=b"",
                token_hash="hash",
                last_delivery_at=now - timedelta(seconds=600),
            )
        )
        numbers = itertools.count()

        def fetch(state: str, of: str = person, **more: object) -> None:
            call = make_call(db, source=of)
            db.add(AudioFetch(call_id=call.id, source=of, reference=f"{person} {next(numbers)}", state=state, **more))

        for state in ("waiting", "failed", "failed", "done"):
            fetch(state, created_at=now - timedelta(hours=3))
        fetch("waiting", of="upload")
        for state, ago in (("accepted", 90), ("waiting", 50), ("refused", 30), ("accepted", 9), ("accepted", 5)):
            db.add(
                WebhookDelivery(
                    source=person,
                    provider="mango",
                    method="POST",
                    address=person,
                    headers={},
                    body=b"+49301234567",
                    size=1,
                    state=state,
                    received_at=now - timedelta(minutes=ago),
                )
            )
            db.flush()
        hook = Webhook(name=person, url="https://anna.example")
        db.add_all([hook, Webhook(name=person, url="https://anna.example", state="failed")])
        db.flush()
        for uid, state, done in (("a", "sent", 5), ("b", "failed", 5), ("c", "sent", 90), ("d", "waiting", None)):
            at = None if done is None else now - timedelta(minutes=done)
            began = now - timedelta(minutes=20)
            db.add(
                WebhookMessage(
                    webhook_id=hook.id, uid=uid, event="test", subject_id=1, state=state, done_at=at, occurred_at=began
                )
            )
        crm = CrmConnection(kind="bitrix24", name=person, state="broken", error=person, attempts=4)
        crm.last_sync_at = now - timedelta(days=1)
        db.add(crm)
        db.add_all([OutboxItem(kind="note", key=key, payload={}, state=key) for key in ("waiting", "failed")])
        db.add(OutboxItem(kind="note", key="sent", payload={}, state="sent", done_at=now))
        for day, kappa in (("2026-11-21", 0.9), ("2026-11-22", 0.4)):
            db.add(
                DriftReading(
                    criterion="greeting",
                    language="en",
                    day=day,
                    judge="1",
                    calls=9,
                    psi=0.3,
                    kappa=kappa,
                    alarms=["psi"],
                )
            )
            db.flush()
        return int(source.id)
