"""Scorecards under work: drafts of standards, what was published and why, names put away, previews on past calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, Json, RowId, utc_now

PREVIEW_STATES = ("waiting", "running", "done", "cancelled", "failed")


class ScorecardDraft(Base):
    """The one draft of a name; `body` is the standard as its YAML's mappings and lists, without name and version.

    A write names the `revision` it was made on: of two editors the second is told, nothing is overwritten.
    """

    __tablename__ = "scorecard_draft"

    name: Mapped[str] = mapped_column(primary_key=True)
    base_version: Mapped[int | None]  # the version it was begun from; None for a new name
    body: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    saved_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class ScorecardPublication(Base):
    """A version made from a draft, with its note: from then on its text never changes, used or not."""

    __tablename__ = "scorecard_publication"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    base_version: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    published_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    published_at: Mapped[CreatedAt]


class ScorecardArchive(Base):
    """A name put away: no longer a choice; what was made with it goes on."""

    __tablename__ = "scorecard_archive"

    name: Mapped[str] = mapped_column(primary_key=True)
    archived_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    archived_at: Mapped[CreatedAt]


class ScorecardPreview(Base):
    """How past calls would have scored by a draft as it was then (`text`, YAML); nothing of a call changes.

    `lease_until` is seconds since 1970 by the database's clock, as of every work that a worker takes.
    """

    __tablename__ = "scorecard_preview"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(PREVIEW_STATES) + "')", name="state"),
        Index("ix_scorecard_preview_state", "state"),
        Index("ix_scorecard_preview_name", "name"),
    )

    id: Mapped[RowId]
    name: Mapped[str]
    revision: Mapped[int]
    text: Mapped[str]
    source: Mapped[str | None]
    days: Mapped[int]
    requested_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    requested_at: Mapped[CreatedAt]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]


class ScorecardPreviewCall(Base):
    """One call of a preview: chosen when it begins, filled in when the call was judged.

    `changes` is [[criterion, answer before, answer after], ...]; an answer is None where one side does not ask it.
    """

    __tablename__ = "scorecard_preview_call"

    preview_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("scorecard_preview.id", ondelete="CASCADE"), primary_key=True
    )
    call_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    done: Mapped[bool] = mapped_column(default=False)
    before_final: Mapped[float | None]
    after_final: Mapped[float | None]
    changes: Mapped[list[Any]] = mapped_column(Json, default=list)
    why: Mapped[str | None]  # why the call could not be judged
