"""Telephone systems that post their calls here: their doors, raw deliveries, recordings to fetch, and who is meant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId, utc_now

DELIVERY_STATES = ("waiting", "accepted", "ignored", "refused", "failed")
FETCH_STATES = ("waiting", "fetching", "done", "failed")
CALL_RESULTS = ("answered", "not_answered", "busy", "failed", "voicemail")


class SourceDoor(Base):
    """The address at which a provider delivers the calls of one source.

    `token_hash` finds the door by the token in its address; the token itself and every other secret are in `secrets`,
    encrypted (see review.telephony.doors). `settings` holds what is no secret.
    """

    __tablename__ = "source_door"

    source: Mapped[str] = mapped_column(
        ForeignKey("source.name", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True
    )
    provider: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secrets: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    last_delivery_at: Mapped[datetime | None]


class WebhookDelivery(Base):
    """One request of a telephone system as it came, so that it can be read again.

    `body` is without the recordings of a multipart body: those are in the store, named in `files`. `address` has no
    token, `headers` no cookie and no password. A refused delivery keeps only the beginning of its body; `size` is that
    of all of it, in bytes.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(DELIVERY_STATES) + "')", name="state"),
        Index("ix_webhook_delivery_source_id", "source", "id"),
        Index("ix_webhook_delivery_state_id", "state", "id"),
        Index("ix_webhook_delivery_received_at", "received_at"),
    )

    id: Mapped[RowId]
    source: Mapped[str] = mapped_column(ForeignKey("source.name", onupdate="CASCADE", ondelete="CASCADE"))
    provider: Mapped[str]
    received_at: Mapped[CreatedAt]
    method: Mapped[str]
    address: Mapped[str]  # what follows the token: a path and the query
    headers: Mapped[dict[str, Any]]  # lower-case names
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigId)
    files: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field -> {name, sha256, size}
    state: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str] = mapped_column(default="")
    test: Mapped[bool] = mapped_column(default=False)  # made by the test button: it leaves no call behind
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), index=True)
    attempts: Mapped[int] = mapped_column(default=0)  # to take it; counted while it waits
    next_at: Mapped[float] = mapped_column(default=0.0)  # seconds since 1970, database clock
    replays: Mapped[int] = mapped_column(default=0)
    processed_at: Mapped[datetime | None]


class AudioFetch(Base):
    """A recording that a telephone system keeps and that has to be fetched for a call.

    `reference` is the provider's id of it or its address; one is fetched once for a call, however often it is told of.
    """

    __tablename__ = "audio_fetch"
    __table_args__ = (
        UniqueConstraint("call_id", "reference"),
        CheckConstraint("state IN ('" + "', '".join(FETCH_STATES) + "')", name="state"),
        Index("ix_audio_fetch_state_next_at", "state", "next_at"),
        Index("ix_audio_fetch_source_id", "source", "id"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(ForeignKey("source.name", onupdate="CASCADE", ondelete="CASCADE"))
    reference: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[float] = mapped_column(default=0.0)  # seconds since 1970, database clock
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]
    failure: Mapped[dict[str, Any] | None]  # {code, message, kept, advice, at} of the last try
    sha256: Mapped[str | None]  # of what was fetched
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class RepAlias(Base):
    """How a source names a rep, where neither extension, e-mail address nor name tells."""

    __tablename__ = "rep_alias"

    source: Mapped[str] = mapped_column(
        ForeignKey("source.name", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    rep_id: Mapped[int] = mapped_column(BigId, ForeignKey("rep.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    at: Mapped[CreatedAt]


class NumberChoice(Base):
    """Whom a number that several clients share means, as a person said; `deal_id` counts while that deal is open."""

    __tablename__ = "number_choice"

    e164: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(BigId, ForeignKey("client.id", ondelete="CASCADE"), index=True)
    deal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("deal.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    at: Mapped[CreatedAt]
