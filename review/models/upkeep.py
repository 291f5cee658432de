"""Upkeep: web audio made from recordings, files seen in watched folders, messages to send out, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, Json, RowId

OUTBOX_STATES = ("waiting", "sent", "failed", "skipped")


class WebAudio(Base):
    """The playable audio and peaks of a call; `folder` relative to the data folder, `duration` in seconds."""

    __tablename__ = "web_audio"

    call_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    folder: Mapped[str]
    duration: Mapped[float | None]
    made_at: Mapped[CreatedAt]


class WatchedFile(Base):
    """A file already taken from a folder that must be left as it is; size in bytes, mtime in nanoseconds."""

    __tablename__ = "watched_file"

    path: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigId)
    mtime_ns: Mapped[int] = mapped_column(BigId)
    sha256: Mapped[str | None]
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), index=True)
    seen_at: Mapped[CreatedAt]


class OutboxItem(Base):
    """Something to send to another system, at least once; `key` lets the receiver drop a repeat."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_done_at_next_at", "done_at", "next_at"),)

    id: Mapped[RowId]
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]
    next_at: Mapped[float] = mapped_column(default=0.0)  # seconds since 1970, database clock
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    connection_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("crm_connection.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(default="waiting")  # one of OUTBOX_STATES
    error: Mapped[str] = mapped_column(default="")  # of the last try
    remote_id: Mapped[str] = mapped_column(default="")  # what the receiver calls what it made of it
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]  # seconds since 1970, database clock


class AuditEvent(Base):
    """One act of a person (or of the system, without a user) that changed something others rely on.

    Sealed when its transaction commits: `number` is its place in the chain, `previous` the seal before it. Events from
    before there was a chain have none of the three. `actor` is the person's number also when the account is gone.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject_kind_subject_id", "subject_kind", "subject_id"),
        Index("ix_audit_event_action_id", "action", "id"),
        UniqueConstraint("number"),
    )

    id: Mapped[RowId]
    at: Mapped[CreatedAt] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, Any]]
    actor: Mapped[int | None] = mapped_column(BigId)
    number: Mapped[int | None] = mapped_column(BigId)
    previous: Mapped[str | None]
    seal: Mapped[str | None]


class AuditHead(Base):
    """The end of the chain, in one row; with the fingerprint of the events from before it (ids to `earlier_id`)."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigId, default=0)
    seal: Mapped[str] = mapped_column(default="")
    earlier_id: Mapped[int] = mapped_column(BigId, default=0)
    earlier_events: Mapped[int] = mapped_column(BigId, default=0)
    earlier_digest: Mapped[str] = mapped_column(default="")


class AuditCheck(Base):
    """What a check of the whole chain found; `faults` are those of review.audit_chain.checking as JSON."""

    __tablename__ = "audit_check"

    id: Mapped[RowId]
    at: Mapped[CreatedAt]
    events: Mapped[int] = mapped_column(BigId)
    earlier: Mapped[int] = mapped_column(BigId)
    last: Mapped[int] = mapped_column(BigId)
    faults: Mapped[list[Any]] = mapped_column(Json, default=list)
