"""Upkeep: web audio made from recordings, files seen in watched folders, messages to send out, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId

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
    """One act of a person (or of the system, without a user) that changed something others rely on."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject_kind_subject_id", "subject_kind", "subject_id"),)

    id: Mapped[RowId]
    at: Mapped[CreatedAt] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, Any]]
