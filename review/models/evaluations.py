"""Evaluations: scorecards filled in by people, each step of one kept, the machine's assessment left as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId, utc_now

EVALUATION_STATES = ("draft", "submitted", "shown", "acknowledged", "disputed", "final", "void")


class Evaluation(Base):
    """One person's scorecard of one call, on the version of the standard it was begun with.

    `answers` is {criterion: {answer, reason, note, confirmed}}; `confirmed` says that the person took the machine's
    answer. A write names the `revision` it was made on, so that two windows never overwrite each other. `assessment_id`
    are the machine's answers the person had before them; None where there were none.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        # Two windows that begin at once: the second one finds the draft of the first instead of making another.
        Index(
            "ix_evaluation_draft",
            "call_id",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        Index("ix_evaluation_call_id", "call_id"),
        Index("ix_evaluation_user_id_state", "user_id", "state"),
        Index("ix_evaluation_state_show_at", "state", "show_at"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    assessment_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("assessment.id", ondelete="SET NULL"), index=True
    )
    standard: Mapped[str]
    version: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    reviewer: Mapped[str]  # the person's name, readable when the account is gone
    saved_by: Mapped[str]  # who wrote the draft last: the author, or a quality lead who went on with it
    state: Mapped[str] = mapped_column(default="draft")  # one of EVALUATION_STATES
    blind: Mapped[bool] = mapped_column(default=False)
    assignment_id: Mapped[int | None] = mapped_column(BigId)
    calibration_id: Mapped[int | None] = mapped_column(BigId, index=True)  # set: it counts nowhere (counted.py)
    revision: Mapped[int] = mapped_column(default=1)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(default="")
    raw: Mapped[float | None]
    final: Mapped[float | None]
    critical: Mapped[float | None]
    coverage: Mapped[float | None]
    submitted_at: Mapped[datetime | None]  # the last time; the answers are locked from then on
    first_submitted_at: Mapped[datetime | None]  # the edit window counts from here
    show_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]  # when the rep acknowledged or disputed it
    dispute: Mapped[str] = mapped_column(default="")  # the rep's words
    closed_at: Mapped[datetime | None]  # when it became final or void
    void_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class EvaluationEvent(Base):
    """One step of an evaluation; a submission keeps the answers as they were then. Never changed."""

    __tablename__ = "evaluation_event"

    id: Mapped[RowId]
    evaluation_id: Mapped[int] = mapped_column(BigId, ForeignKey("evaluation.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    event: Mapped[str]  # begun, submitted, reopened, shown, acknowledged, disputed, final, void, settled
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
