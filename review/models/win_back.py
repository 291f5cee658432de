"""Leads that may have been closed wrongly, what was found of each, what people decided, and what became of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId

WIN_BACK_STATES = ("found", "confirmed", "rejected", "not_sure", "reopened", "closed")
WIN_BACK_ARMS = ("queue", "control")
WIN_BACK_OUTCOMES = ("none", "reached", "reopened", "won", "lost")


class WinBackLead(Base):
    """One closed lead: a deal, or (where no CRM tells of one) the call that closed it.

    `arm` is drawn once, when the lead is found: `lot` is below `control_share` in the control. `found_band` and
    `found_excluded` stay as they were then, so that arms are compared by what was known at the draw; `band`, `judged`
    and the like follow the newest judgement until somebody works on the lead. `rank` is the chance of return times the
    value in middle deals of its currency. `reasons` are the ids of the judgement's reasons as `|a|b|`.
    """

    __tablename__ = "win_back_lead"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(WIN_BACK_STATES) + "')", name="state"),
        CheckConstraint("arm IN ('" + "', '".join(WIN_BACK_ARMS) + "')", name="arm"),
        CheckConstraint("outcome IN ('" + "', '".join(WIN_BACK_OUTCOMES) + "')", name="outcome"),
        Index("ix_win_back_lead_state_rank_id", "state", "rank", "id"),
        Index("ix_win_back_lead_new_owner_id_state", "new_owner_id", "state"),
    )

    id: Mapped[RowId]
    deal_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("deal.id", ondelete="SET NULL"), unique=True)
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), unique=True)
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("client.id", ondelete="SET NULL"), index=True)
    found_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)
    owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"), index=True)

    # the draw, never changed
    arm: Mapped[str]
    control_share: Mapped[float]  # 0..1, as it was set at the draw
    seed: Mapped[str]
    lot: Mapped[float]  # 0..1, from the seed
    watch_until: Mapped[datetime]  # a control lead is shown to nobody until then; returns count until then in both arms
    found_band: Mapped[str]
    found_excluded: Mapped[str | None]

    # the newest judgement
    judged: Mapped[dict[str, Any]]
    judged_at: Mapped[datetime]
    inputs: Mapped[str]  # hash of what it was judged by: the same is not judged again
    last_call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), index=True)
    probability: Mapped[float]
    band: Mapped[str]
    chance: Mapped[float]
    excluded: Mapped[str | None]
    reasons: Mapped[str]
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))  # None: not known, ranked by the middle of the known
    currency: Mapped[str | None]
    rank: Mapped[float]

    # what people decided
    state: Mapped[str] = mapped_column(default="found")  # one of WIN_BACK_STATES
    ended: Mapped[str | None]  # why it is closed: came_back, won, lost, by_hand
    verdict: Mapped[str | None]  # wrong, right or not_sure: the newest of the events
    verdict_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    verdict_at: Mapped[datetime | None]
    verdict_reason: Mapped[str] = mapped_column(default="")

    # the work on a reopened lead
    new_owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"))
    reopened_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    reopened_at: Mapped[datetime | None]
    brief: Mapped[str] = mapped_column(default="")
    quote: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None]
    push_key: Mapped[str | None]  # of the outbox item that tells the CRM; None where nothing is to be told

    # what became of it
    outcome: Mapped[str] = mapped_column(default="none")  # one of WIN_BACK_OUTCOMES
    outcome_at: Mapped[datetime | None]
    outcome_by: Mapped[str | None]  # calls, deal or hand
    outcome_sum: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    reached_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]  # when it was first reopened or won: what the figures count


class WinBackEvent(Base):
    """Something that happened to a lead; appended, never changed. `details` hold no words of a client."""

    __tablename__ = "win_back_event"
    __table_args__ = (Index("ix_win_back_event_lead_id_id", "lead_id", "id"),)

    id: Mapped[RowId]
    lead_id: Mapped[int] = mapped_column(BigId, ForeignKey("win_back_lead.id", ondelete="CASCADE"))
    at: Mapped[CreatedAt]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    event: Mapped[str]  # found, judged, wrong, right, not_sure, reopened, reached, returned, won, lost, came_back
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
