"""Connections to CRMs: what each row is called there, what was said last, what did not agree, and files to import."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId

CONNECTION_STATES = ("active", "paused", "broken")
CRM_ENTITIES = ("client", "company", "deal", "task", "note", "email", "rep", "loss_reason")
NOTE_TIMES = ("off", "machine", "person")


class CrmConnection(Base):
    """One CRM we read from and write to; `secrets` are encrypted with a key derived from the installation's."""

    __tablename__ = "crm_connection"
    __table_args__ = (Index("ix_crm_connection_state_next_at", "state", "next_at"),)

    id: Mapped[RowId]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    note_when: Mapped[str] = mapped_column(default="machine")  # one of NOTE_TIMES: when a call's note goes out
    state: Mapped[str] = mapped_column(default="active")  # one of CONNECTION_STATES
    error: Mapped[str] = mapped_column(default="")  # of the last sync; empty when it went well
    cursor: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how far was read, per kind of row
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of the last sync that went through
    last_sync_at: Mapped[datetime | None]
    next_at: Mapped[float] = mapped_column(default=0.0)  # seconds since 1970, database clock: when to read again
    attempts: Mapped[int] = mapped_column(default=0)  # that failed in a row
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]  # seconds since 1970, database clock
    created_at: Mapped[CreatedAt]


class CrmId(Base):
    """What one of our rows is called in a CRM, and what the CRM said of it last (so that a change by hand is seen)."""

    __tablename__ = "crm_id"
    __table_args__ = (Index("ix_crm_id_entity_row_id", "entity", "row_id"),)

    connection_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("crm_connection.id", ondelete="CASCADE"), primary_key=True
    )
    entity: Mapped[str] = mapped_column(primary_key=True)  # one of CRM_ENTITIES
    remote_id: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int | None] = mapped_column(BigId)  # empty: a person there who is no rep here, a company
    label: Mapped[str] = mapped_column(default="")
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    deleted: Mapped[bool] = mapped_column(default=False)  # there; here it stays until somebody removes it


class CrmConflict(Base):
    """A value that was changed both here and there; which of the two stayed, and why."""

    __tablename__ = "crm_conflict"
    __table_args__ = (Index("ix_crm_conflict_connection_id_at", "connection_id", "at"),)

    id: Mapped[RowId]
    connection_id: Mapped[int] = mapped_column(BigId, ForeignKey("crm_connection.id", ondelete="CASCADE"))
    entity: Mapped[str]
    row_id: Mapped[int] = mapped_column(BigId)
    remote_id: Mapped[str]
    field: Mapped[str]
    ours: Mapped[str]
    theirs: Mapped[str]
    won: Mapped[str]  # ours or theirs
    why: Mapped[str]  # a word of review.crm.merging
    at: Mapped[CreatedAt]


class CrmMapping(Base):
    """Which column of a file is what; kept for files with the same headings."""

    __tablename__ = "crm_mapping"

    headings: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of the headings
    entity: Mapped[str]
    columns: Mapped[dict[str, Any]]
    used_at: Mapped[CreatedAt]


class CrmUpload(Base):
    """A file that was uploaded for import and waits for its mapping; its bytes lie in the data folder until then."""

    __tablename__ = "crm_upload"

    token: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
