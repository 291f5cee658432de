"""Corrections by hand: the append-only layer over a call's machine transcript, and what sources learned from swaps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId, utc_now


class Correction(Base):
    """One edit of a call's transcript by a person. Never changed, never deleted: undoing one is another edit.

    Only a private number that is found in it later is masked in it, too (`after` then says `hidden`).

    `transcript_id` is the transcript the person was reading, `turn` the first turn it touches, counted in that
    transcript with all earlier edits laid over it (None for the whole call). `before` and `after` hold `turns` in the
    contract's JSON, or for the kind `roles` the mapping of roles and the times each role was heard at.
    """

    __tablename__ = "correction"
    __table_args__ = (UniqueConstraint("call_id", "number"), Index("ix_correction_kind_call_id", "kind", "call_id"))

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, ... within the call: two people cannot add the same one
    transcript_id: Mapped[int] = mapped_column(BigId, ForeignKey("transcript.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    kind: Mapped[str]  # words, speaker, time, split, join, roles or undo
    turn: Mapped[int | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undoes: Mapped[int | None] = mapped_column(BigId, ForeignKey("correction.id", ondelete="CASCADE"), index=True)


class SourceRoleChange(Base):
    """The rep's channel of a source changed because of swaps by hand, or such a change was taken back."""

    __tablename__ = "source_role_change"
    __table_args__ = (Index("ix_source_role_change_source_id", "source", "id"),)

    id: Mapped[RowId]
    source: Mapped[str] = mapped_column(ForeignKey("source.name", onupdate="CASCADE", ondelete="CASCADE"))
    at: Mapped[CreatedAt]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    before: Mapped[int]  # the rep's channel until then
    after: Mapped[int]
    reason: Mapped[str]  # learned or undone
    facts: Mapped[dict[str, Any]]  # the calls it was learned from
