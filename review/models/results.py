"""What the steps make of a call: transcripts, their searchable segments, assessments and the standards behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId


class StoredTranscript(Base):
    """One transcript of a call; `body` is the contract's JSON, compressed. Never overwritten."""

    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, ... ; the highest is shown
    engine: Mapped[str | None]
    model: Mapped[str | None]
    reason: Mapped[str | None]  # why this engine and model were chosen
    language: Mapped[str | None]
    draft: Mapped[bool] = mapped_column(default=False)
    duration: Mapped[float | None]  # seconds
    quality: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]


class Segment(Base):
    """One turn of the shown transcript, for search; `tokens` is its text as review.search.analyze cuts it.

    SQLite: the virtual table `segment_fts(tokens)` follows this one by triggers (rowid = id). PostgreSQL: the generated
    column `tsv` with a GIN index. Both are made in migration 0004 and are not part of this mapping. A later migration
    that copies this table on SQLite (batch) must make the triggers again.
    """

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("call_id", "turn"),)

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    turn: Mapped[int]  # index of the turn in the transcript
    role: Mapped[str]
    start: Mapped[float | None]  # seconds
    end: Mapped[float | None]  # seconds
    text: Mapped[str]
    tokens: Mapped[str]


class StoredAssessment(Base):
    """One assessment of one transcript by one version of a standard; `body` is the contract's JSON, compressed."""

    __tablename__ = "assessment"
    __table_args__ = (Index("ix_assessment_standard_version", "standard", "version"),)

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    transcript_id: Mapped[int] = mapped_column(BigId, ForeignKey("transcript.id", ondelete="CASCADE"), index=True)
    standard: Mapped[str]
    version: Mapped[int]
    raw: Mapped[float | None]
    final: Mapped[float | None]
    critical: Mapped[float | None]
    coverage: Mapped[float | None]
    state: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]


class StandardVersion(Base):
    """The text of a standard as it was when first used, so that old assessments show its words for ever."""

    __tablename__ = "standard_version"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]  # YAML
    first_used_at: Mapped[CreatedAt]
    imported_at: Mapped[datetime | None]  # when a person brought it in; None for the shipped ones, kept when used
