"""Webhooks and their messages as pages and programs read them; secrets are never among it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import User, Webhook, WebhookMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """One webhook; `counts` are its messages by state, `why` a word where it was switched off by itself."""

    id: int
    name: str
    url: str
    events: tuple[str, ...]
    state: str
    why: str
    failing: bool
    answered_at: datetime | None
    old_secret_until: datetime | None
    made_by: str | None
    created_at: datetime
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try of a message; `status` is None without an answer, `why` empty when it was taken."""

    at: datetime
    status: int | None
    why: str
    answer: str
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message; `tries` the newest first, `attempts` counts also those that are kept no more."""

    id: int
    uid: str
    event: str
    subject_id: int
    body: dict[str, Any]
    occurred_at: datetime
    state: str
    attempts: int
    tries: tuple[Try, ...]
    next_at: float
    done_at: datetime | None


def list_webhooks(session: Session) -> tuple[WebhookRow, ...]:
    """All webhooks, the oldest first."""
    return tuple(_rows(session))


def get_webhook(session: Session, webhook_id: int) -> WebhookRow | None:
    """One webhook; None when there is none."""
    return next(iter(_rows(session, webhook_id)), None)


def list_messages(
    session: Session, webhook_id: int, *, before: int | None = None, state: str | None = None, limit: int = 50
) -> tuple[MessageRow, ...]:
    """Messages of one webhook, the newest first; `before` an id where a page ended."""
    query = select(WebhookMessage).where(WebhookMessage.webhook_id == webhook_id)
    if before is not None:
        query = query.where(WebhookMessage.id < before)
    if state is not None:
        query = query.where(WebhookMessage.state == state)
    return tuple(_message(row) for row in session.scalars(query.order_by(WebhookMessage.id.desc()).limit(limit)))


def _rows(session: Session, webhook_id: int | None = None) -> list[WebhookRow]:
    query = select(Webhook, User.name).outerjoin(User, User.id == Webhook.user_id).order_by(Webhook.id)
    counted = select(WebhookMessage.webhook_id, WebhookMessage.state, func.count()).group_by(
        WebhookMessage.webhook_id, WebhookMessage.state
    )
    if webhook_id is not None:
        query = query.where(Webhook.id == webhook_id)
        counted = counted.where(WebhookMessage.webhook_id == webhook_id)
    counts: dict[int, dict[str, int]] = {}
    for owner, state, count in session.execute(counted):
        counts.setdefault(owner, {})[state] = count
    return [
        WebhookRow(
            id=row.id,
            name=row.name,
            url=row.url,
            events=tuple(row.events),
            state=row.state,
            why=row.error,
            failing=row.failing_since is not None,
            answered_at=row.answered_at,
            old_secret_until=row.old_secret_until,
            made_by=made_by,
            created_at=row.created_at,
            counts=counts.get(row.id, {}),
        )
        for row, made_by in session.execute(query)
    ]


def _message(row: WebhookMessage) -> MessageRow:
    return MessageRow(
        id=row.id,
        uid=row.uid,
        event=row.event,
        subject_id=row.subject_id,
        body=row.body,
        occurred_at=row.occurred_at,
        state=row.state,
        attempts=row.attempts,
        tries=tuple(Try(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in reversed(row.tries)),
        next_at=row.next_at,
        done_at=row.done_at,
    )
