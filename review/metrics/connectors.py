"""What comes from and goes to other systems, in figures: deliveries, recordings to fetch, CRMs, webhooks, mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prometheus_client.core import Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.metrics.gauges import age, gauge, gauges, word
from review.models import (
    AudioFetch,
    CrmConnection,
    OutboxItem,
    Source,
    SourceDoor,
    Webhook,
    WebhookDelivery,
    WebhookMessage,
)
from review.models.crm import CONNECTION_STATES
from review.models.telephony import DELIVERY_STATES
from review.models.webhooks import WEBHOOK_STATES
from review.notices.status import read_mail_status

WINDOW: Final = timedelta(hours=1)
ROWS_READ: Final = 10_000  # of one state
ROWS_OF_HOUR: Final = 20_000  # messages that ended
OPEN_FETCHES: Final = ("waiting", "fetching", "failed")


def connector_figures(session: Session, now: float) -> Iterator[Metric]:
    """The figures of all connections; `now` by the database's clock."""
    since = datetime.fromtimestamp(now, UTC) - WINDOW
    yield from _doors(session, now)
    yield from _deliveries(session, now, since)
    yield from _webhooks(session, now, since)
    yield from _crm(session, now)
    mail = read_mail_status(session)
    yield gauge("mail_waiting", "E-mails to be sent.", mail.waiting)
    yield gauge("mail_oldest_seconds", "How long the oldest of them waits.", age(now, mail.oldest) or 0.0)
    yield gauge("mail_failing", "1 while the mail server cannot be used.", bool(mail.error))


def _doors(session: Session, now: float) -> Iterator[Metric]:
    labels = ["source", "provider"]
    doors = session.execute(
        select(Source.id, Source.name, SourceDoor.provider, SourceDoor.last_delivery_at)
        .join(SourceDoor, SourceDoor.source == Source.name)
        .order_by(Source.id)
    ).all()
    named = {row.name: (str(row.id), word(row.provider)) for row in doors}
    yield gauges(
        "source_last_delivery_seconds",
        "Since a telephone system last told of a call, by the source's number. None yet: no sample.",
        labels,
        {named[row.name]: since for row in doors if (since := age(now, row.last_delivery_at)) is not None},
    )
    counts: dict[tuple[str, ...], float] = {(*labels, state): 0 for labels in named.values() for state in OPEN_FETCHES}
    oldest: dict[tuple[str, ...], float] = dict.fromkeys(named.values(), 0.0)
    for state in OPEN_FETCHES:
        some = (
            select(AudioFetch.source, AudioFetch.created_at)
            .where(AudioFetch.state == state)
            .order_by(AudioFetch.next_at)
            .limit(ROWS_READ)
            .subquery()
        )
        found = select(some.c.source, func.count(), func.min(some.c.created_at)).group_by(some.c.source)
        for source, count, first in session.execute(found):
            known = named.get(source, ("0", "none"))  # the door was taken away since
            counts[*known, state] = counts.get((*known, state), 0) + count
            if state != "failed":
                oldest[known] = max(oldest.get(known, 0.0), age(now, first) or 0.0)
    yield gauges(
        "fetches",
        "Recordings to be fetched from a telephone system, being fetched, and given up. At most 10,000 of each.",
        [*labels, "state"],
        counts,
    )
    yield gauges("fetch_oldest_seconds", "How long the oldest recording waits to be fetched.", labels, oldest)


def _deliveries(session: Session, now: float, since: datetime) -> Iterator[Metric]:
    first = session.scalar(
        select(WebhookDelivery.id)
        .where(WebhookDelivery.received_at >= since)
        .order_by(WebhookDelivery.received_at)
        .limit(1)
    )
    counts = dict.fromkeys(DELIVERY_STATES, 0)
    if first is not None:
        for state in DELIVERY_STATES:
            lately = select(func.count()).where(WebhookDelivery.state == state, WebhookDelivery.id >= first)
            counts[state] = session.scalar(lately) or 0
    yield gauges(
        "deliveries_last_hour",
        "What telephone systems told us in the last hour, by what came of it.",
        ["state"],
        {(state,): count for state, count in counts.items()},
    )
    oldest = session.scalar(
        select(WebhookDelivery.received_at)
        .where(WebhookDelivery.state == "waiting")
        .order_by(WebhookDelivery.id)
        .limit(1)
    )
    yield gauge("delivery_oldest_seconds", "How long the oldest of them waits to be read.", age(now, oldest) or 0.0)


def _webhooks(session: Session, now: float, since: datetime) -> Iterator[Metric]:
    kept: Counter[str] = Counter(dict.fromkeys(WEBHOOK_STATES, 0))
    waiting, oldest = 0, 0.0
    for webhook_id, state in session.execute(select(Webhook.id, Webhook.state)):
        kept[state] += 1
        if state != "on":
            continue
        some = (
            select(WebhookMessage.occurred_at)
            .where(WebhookMessage.webhook_id == webhook_id, WebhookMessage.state == "waiting")
            .order_by(WebhookMessage.next_at, WebhookMessage.id)
            .limit(ROWS_READ)
            .subquery()
        )
        count, first = session.execute(select(func.count(), func.min(some.c.occurred_at))).one()
        waiting, oldest = waiting + count, max(oldest, age(now, first) or 0.0)
    yield gauges(
        "webhooks",
        "Webhooks of ours by state; failed ones were switched off because nobody answered.",
        ["state"],
        {(state,): kept[state] for state in WEBHOOK_STATES},
    )
    done = (
        select(WebhookMessage.state)
        .where(WebhookMessage.done_at >= since)
        .order_by(WebhookMessage.done_at.desc())
        .limit(ROWS_OF_HOUR)
        .subquery()
    )
    outcomes = dict.fromkeys(("sent", "failed"), 0)
    ended = session.execute(select(done.c.state, func.count()).group_by(done.c.state))
    outcomes |= dict(ended.all())
    yield gauges(
        "webhook_messages_last_hour",
        "Messages of our webhooks that ended in the last hour, by outcome. The newest 20,000 at most.",
        ["outcome"],
        {(state,): count for state, count in sorted(outcomes.items())},
    )
    yield gauge("webhook_messages_waiting", "Messages that wait for a webhook that is on.", waiting)
    yield gauge("webhook_oldest_seconds", "How long the oldest of them waits.", oldest)


def _crm(session: Session, now: float) -> Iterator[Metric]:
    labels = ["connection", "kind"]
    rows = session.execute(
        select(
            CrmConnection.id,
            CrmConnection.kind,
            CrmConnection.state,
            CrmConnection.attempts,
            CrmConnection.last_sync_at,
        ).order_by(CrmConnection.id)
    ).all()
    named: dict[Any, tuple[str, str]] = {row.id: (str(row.id), word(row.kind)) for row in rows}
    yield gauges(
        "crm_last_sync_seconds",
        "Since a CRM was last read to its end, by the connection's number. Not yet: no sample.",
        labels,
        {named[row.id]: since for row in rows if (since := age(now, row.last_sync_at)) is not None},
    )
    yield gauges(
        "crm_failures",
        "Tries to read a CRM that failed in a row.",
        labels,
        {named[row.id]: row.attempts for row in rows},
    )
    yield gauges(
        "crm_connections",
        "1 for the state a connection is in.",
        [*labels, "state"],
        {(*named[row.id], state): state == row.state for row in rows for state in CONNECTION_STATES},
    )
    some = (
        select(OutboxItem.state, OutboxItem.created_at)
        .where(OutboxItem.done_at.is_(None))
        .order_by(OutboxItem.next_at)
        .limit(ROWS_READ)
        .subquery()
    )
    unsent: dict[str, int] = defaultdict(int, waiting=0, failed=0)
    for state, count in session.execute(select(some.c.state, func.count()).group_by(some.c.state)):
        unsent[word(state)] += count
    yield gauges(
        "crm_outbox",
        "Notes and tasks that wait to be written into a CRM, and those given up. At most 10,000.",
        ["state"],
        {(state,): count for state, count in sorted(unsent.items())},
    )
