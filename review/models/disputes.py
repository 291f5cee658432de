"""Disputes: what is objected to in an evaluation, level by level, with every step kept; and the deadlines they have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, RowId, utc_now

DISPUTE_STATES = ("first", "answered", "lead", "decided", "withdrawn", "void")
OPEN_DISPUTES = ("first", "answered", "lead")
DISPUTE_DECISIONS = ("", "accepted", "other", "rejected")

_OPEN = text("state IN ('first', 'answered', 'lead')")


class Dispute(Base):
    """An objection to an evaluation. Open in `first` (the team's manager decides), `answered` (decided there, can be
    taken to the quality lead until `due_at`) and `lead`; closed in `decided`, `withdrawn` and `void`.

    A write names the `revision` it was made on. `evaluation_state` is what the evaluation goes back to when the
    dispute is withdrawn.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(DISPUTE_STATES) + "')", name="state"),
        # Of two people who raise at once the second one finds the dispute of the first.
        Index("ix_dispute_open", "evaluation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_dispute_state_due_at", "state", "due_at"),
        Index("ix_dispute_raised_at", "raised_at", "id"),
    )

    id: Mapped[RowId]
    evaluation_id: Mapped[int] = mapped_column(BigId, ForeignKey("evaluation.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    scorer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    raised_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    raised_name: Mapped[str]  # readable when the account is gone
    raised_as: Mapped[str]  # rep, manager
    raised_at: Mapped[datetime] = mapped_column(default=utc_now)
    state: Mapped[str] = mapped_column(default="first")  # one of DISPUTE_STATES
    lead_why: Mapped[str] = mapped_column(default="")  # why it is with the quality lead
    evaluation_state: Mapped[str] = mapped_column(default="shown")
    first_decider_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    since: Mapped[datetime] = mapped_column(default=utc_now)  # in its present state
    due_at: Mapped[datetime | None]  # to decide at this level, or to take it further; None once closed
    remind_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0)  # 0 nobody, 1 before the deadline, 2 at it
    stranded_at: Mapped[datetime | None]  # when somebody was told that nobody may decide
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class DisputeItem(Base):
    """One criterion that is disputed, or with an empty `criterion` the evaluation as a whole.

    `answer` is what the evaluation said when it was disputed, `proposed` what it should say. `decision` is the word
    of the last level that decided, and `settled` the answers that were changed by it.
    """

    __tablename__ = "dispute_item"
    __table_args__ = (
        UniqueConstraint("dispute_id", "criterion"),
        CheckConstraint("decision IN ('" + "', '".join(DISPUTE_DECISIONS) + "')", name="decision"),
    )

    id: Mapped[RowId]
    dispute_id: Mapped[int] = mapped_column(BigId, ForeignKey("dispute.id", ondelete="CASCADE"))
    criterion: Mapped[str]
    comment: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    proposed: Mapped[str] = mapped_column(default="")
    second: Mapped[float | None]
    decision: Mapped[str] = mapped_column(default="")
    settled: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {criterion: answer}
    words: Mapped[str] = mapped_column(default="")
    level: Mapped[str] = mapped_column(default="")  # first, lead
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime | None]


class DisputeEvent(Base):
    """One step of a dispute. Never changed; decisions keep their words here though a higher level decides again."""

    __tablename__ = "dispute_event"

    id: Mapped[RowId]
    dispute_id: Mapped[int] = mapped_column(BigId, ForeignKey("dispute.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(default="")
    event: Mapped[str]  # raised, decided, escalated, passed_up, overdue, content, withdrawn, closed, void
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DisputeWindow(Base):
    """Until when an evaluation that is shown can be disputed: what was promised then holds, whatever changes later."""

    __tablename__ = "dispute_window"

    evaluation_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("evaluation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    until: Mapped[datetime]
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]


class DisputeRule(Base):
    """The deadlines, in working days: the newest row holds, the others stay to be read."""

    __tablename__ = "dispute_rule"
    __table_args__ = (
        CheckConstraint(
            "raise_days BETWEEN 1 AND 90 AND first_days BETWEEN 1 AND 90 AND further_days BETWEEN 1 AND 90"
            " AND lead_days BETWEEN 1 AND 90 AND remind_days BETWEEN 0 AND 30",
            name="days",
        ),
    )

    id: Mapped[RowId]
    raise_days: Mapped[int]  # to dispute, after the evaluation was shown
    first_days: Mapped[int]  # for the manager to decide
    further_days: Mapped[int]  # to take the manager's decision to the quality lead
    lead_days: Mapped[int]  # for the quality lead to decide
    remind_days: Mapped[int]  # before each of these ends
    set_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    set_at: Mapped[datetime] = mapped_column(default=utc_now)
