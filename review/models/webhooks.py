"""Webhooks of our own: whom to tell of what, the facts to tell, and each telling with its tries.

`webhook_delivery` is the other way round: what telephone systems told us.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, Json, RowId

WEBHOOK_EVENTS = ("call.scored", "flag.raised", "evaluation.submitted", "dispute.decided")
WEBHOOK_STATES = ("on", "off", "failed")  # failed: switched off because nobody answered
MESSAGE_STATES = ("waiting", "sent", "failed")


class Webhook(Base):
    """One address that is told; `secrets` hold the signing secret, and the one before it while both are used."""

    __tablename__ = "webhook"

    id: Mapped[RowId]
    name: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="on", index=True)  # one of WEBHOOK_STATES
    error: Mapped[str] = mapped_column(default="")  # why it was switched off, a word of review.webhooks.sending
    secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None]  # until then what is sent carries both signatures
    failing_since: Mapped[float | None]  # seconds since 1970, database clock; empty: the last try was answered
    failures: Mapped[int] = mapped_column(default=0)  # tries in a row that nobody answered
    next_at: Mapped[float] = mapped_column(default=0.0)  # likewise: nothing is sent before
    lease_token: Mapped[str | None]  # one sender at a time, so that a slow receiver holds up only itself
    lease_until: Mapped[float | None]  # likewise
    answered_at: Mapped[datetime | None]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]


class WebhookMessage(Base):
    """One fact for one webhook; `uid` is the same for every try, so that whoever is told twice can know it."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        Index("ix_webhook_message_webhook_id_id", "webhook_id", "id"),
        Index("ix_webhook_message_due", "webhook_id", "state", "next_at", "id"),
    )

    id: Mapped[RowId]
    webhook_id: Mapped[int] = mapped_column(BigId, ForeignKey("webhook.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(unique=True)
    event: Mapped[str]  # one of WEBHOOK_EVENTS, or "test"
    subject_id: Mapped[int] = mapped_column(BigId)
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    occurred_at: Mapped[CreatedAt]
    state: Mapped[str] = mapped_column(default="waiting")  # one of MESSAGE_STATES
    tries: Mapped[list[Any]] = mapped_column(Json, default=list)  # the newest last: at, status, ms, why, answer
    attempts: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[float | None]  # seconds since 1970, database clock: when it was first tried
    next_at: Mapped[float] = mapped_column(default=0.0)  # likewise: not before; a test is below 0: off or on, at once
    done_at: Mapped[datetime | None] = mapped_column(index=True)


class ApiOnce(Base):
    """What was answered to a request that a program marked with a key of its own: sent again, it is done once."""

    __tablename__ = "api_once"

    id: Mapped[RowId]
    token_id: Mapped[int] = mapped_column(BigId, ForeignKey("api_token.id", ondelete="CASCADE"))
    key: Mapped[str]
    request: Mapped[str]  # SHA-256 of method, path and body
    status: Mapped[int] = mapped_column(default=0)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[CreatedAt] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("token_id", "key"),)
