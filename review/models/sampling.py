"""Sampling and assignment: the rules calls are drawn by, each draw as it was made, and who is to score which call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, Json, RowId, utc_now

RULE_STATES = ("active", "paused", "removed")
RULE_PERIODS = ("day", "week")
SHARING = ("round_robin", "load")
PARTS = ("random", "risk", "chosen", "calibration")
ASSIGNMENT_STATES = ("open", "done", "skipped", "withdrawn")

_DRAWN = text("part IN ('random', 'risk')")
_OPEN = text("state = 'open'")


class SamplingRule(Base):
    """Which calls are scored by people, how many, and by whom. `conditions` as review.sampling.conditions reads them.

    Either `per_rep` (calls of each rep per period) or `percent` (of all calls of the period, 0..100) is set.
    """

    __tablename__ = "sampling_rule"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(RULE_STATES) + "')", name="state"),
        CheckConstraint("(per_rep IS NULL) <> (percent IS NULL)", name="amount"),
        CheckConstraint("random_share > 0 AND random_share <= 1", name="random_share"),
    )

    id: Mapped[RowId]
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    period: Mapped[str] = mapped_column(default="week")  # one of RULE_PERIODS
    per_rep: Mapped[int | None]
    percent: Mapped[float | None]
    random_share: Mapped[float]  # of the calls drawn, 0..1, never 0
    risks: Mapped[list[str]] = mapped_column(default=list)  # what the rest is ranked by, of review.sampling.risk.RISKS
    reviewers: Mapped[list[Any]] = mapped_column(Json, default=list)  # user ids, in the order of the round
    sharing: Mapped[str] = mapped_column(default="round_robin")  # one of SHARING
    due_days: Mapped[int] = mapped_column(default=5)
    blind: Mapped[bool] = mapped_column(default=False)
    second_percent: Mapped[float] = mapped_column(default=0.0)  # 0..100, of the calls drawn by lot: scored by two
    standard: Mapped[str | None]  # the scorecard's name; None: the one the call was judged by
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


class SamplingDraw(Base):
    """One run of a rule over the calls of a period: enough is kept to draw it again and find the same calls.

    `period_key` names the period, so that whoever draws it a second time finds it drawn. `frame` is the compressed JSON
    of {stratum: [call ids]}, the calls that could be drawn; `body` holds the counts of each stratum, the calls drawn by
    lot that were somebody's already, and the rule's terms.
    """

    __tablename__ = "sampling_draw"
    __table_args__ = (UniqueConstraint("rule_id", "period_key"), Index("ix_sampling_draw_starts_at", "starts_at"))

    id: Mapped[RowId]
    rule_id: Mapped[int] = mapped_column(BigId, ForeignKey("sampling_rule.id", ondelete="CASCADE"))
    period_key: Mapped[str]  # 2026-W47, 2026-11-22; with /1, /2 for draws while the period still ran
    starts_at: Mapped[datetime]  # of the period, included
    ends_at: Mapped[datetime]  # excluded
    seed: Mapped[str]
    population: Mapped[int]
    taken: Mapped[int]  # calls assigned by it
    by_lot: Mapped[int]  # calls drawn by lot, those included that were somebody's already
    by_risk: Mapped[int]
    body: Mapped[dict[str, Any]]
    frame: Mapped[bytes] = mapped_column(LargeBinary)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]


class Assignment(Base):
    """A call somebody is to score, and why this call. A call is drawn at most once, by whatever rule."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("part IN ('" + "', '".join(PARTS) + "')", name="part"),
        CheckConstraint("state IN ('" + "', '".join(ASSIGNMENT_STATES) + "')", name="state"),
        CheckConstraint("probability IS NULL OR (probability > 0 AND probability <= 1)", name="probability"),
        Index("ix_assignment_drawn", "call_id", unique=True, sqlite_where=_DRAWN, postgresql_where=_DRAWN),
        Index("ix_assignment_open", "call_id", "user_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_assignment_user_id_state_due_at", "user_id", "state", "due_at"),
        Index("ix_assignment_call_id", "call_id"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    rule_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sampling_rule.id", ondelete="SET NULL"), index=True)
    draw_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sampling_draw.id", ondelete="SET NULL"), index=True)
    part: Mapped[str]  # one of PARTS
    probability: Mapped[float | None]  # that the lot falls on this call, 0..1; None: not drawn by lot
    why: Mapped[list[Any]] = mapped_column(Json, default=list)  # [{kind, ...}], see review.sampling.reasons
    blind: Mapped[bool] = mapped_column(default=False)
    standard: Mapped[str | None]  # the scorecard to use; None: the one the call was judged by
    due_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="open")  # one of ASSIGNMENT_STATES
    reason: Mapped[str] = mapped_column(default="")  # why it was skipped or withdrawn
    evaluation_id: Mapped[int | None] = mapped_column(BigId)
    assigned_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
