"""Scoring calls again in the background: a run, pinned to versions, and what it changed call by call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, Json, RowId

RUN_STATES = ("waiting", "running", "done", "cancelled", "failed")


class RescoreRun(Base):
    """One run over calls in the order of their ids; `cursor` is the last call dealt with, so that it can be resumed.

    `lease_until` is seconds since 1970 by the database's clock. `pins` are the standards' versions by name, `packs`
    the rule packs' by language, `models` the ids of the learned models by name ("greeting.en"): a run judges every
    call by the same ones or stops. None: a run from before models were kept with it.
    """

    __tablename__ = "rescore_run"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(RUN_STATES) + "')", name="state"),
        Index("ix_rescore_run_state", "state"),
    )

    id: Mapped[RowId]
    requested_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    requested_at: Mapped[CreatedAt]
    standard: Mapped[str | None]  # judge all by this one; None: each call by its source's
    source: Mapped[str | None]  # only calls of this source
    show: Mapped[bool] = mapped_column(default=True)  # False: new assessments stay beside the shown ones, to compare
    pins: Mapped[dict[str, Any]]
    packs: Mapped[dict[str, Any]]
    models: Mapped[dict[str, Any] | None]
    last_call: Mapped[int] = mapped_column(BigId)  # calls that arrive later are judged by the new versions anyway
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(BigId, default=0)
    state: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str | None]  # why it failed
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class RescoreChange(Base):
    """A call whose assessment a run changed (both are kept), or could not make (`why`)."""

    __tablename__ = "rescore_change"

    run_id: Mapped[int] = mapped_column(BigId, ForeignKey("rescore_run.id", ondelete="CASCADE"), primary_key=True)
    call_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    before_id: Mapped[int | None] = mapped_column(BigId)
    after_id: Mapped[int | None] = mapped_column(BigId)
    before_final: Mapped[float | None]
    after_final: Mapped[float | None]
    answers: Mapped[int] = mapped_column(default=0)  # criteria answered otherwise, asked anew or no more
    why: Mapped[str | None]


class BulkRun(Base):
    """One act on many calls that somebody chose, worked off slice by slice whether or not a page looks on.

    `selection` names the calls as review.queries.selection reads it, `terms` what is done (a tag, a reviewer).
    `cursor` is the last call dealt with, so that it can be resumed; `lease_until` is seconds since 1970 by the
    database's clock. `left_over` is [[call, why], ...] of the first that were refused, `refused` counts all.
    """

    __tablename__ = "bulk_run"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(RUN_STATES) + "')", name="state"),
        Index("ix_bulk_run_state", "state"),
    )

    id: Mapped[RowId]
    requested_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    requested_at: Mapped[CreatedAt]
    act: Mapped[str]  # one of review.services.bulk_runs.ACTS
    selection: Mapped[dict[str, Any]]
    terms: Mapped[dict[str, Any]]
    last_call: Mapped[int] = mapped_column(BigId)  # calls that arrive later were not meant
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)  # were so already
    refused: Mapped[int] = mapped_column(default=0)
    left_over: Mapped[list[Any]] = mapped_column(Json, default=list)
    cursor: Mapped[int] = mapped_column(BigId, default=0)
    state: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str | None]  # why it failed, as a short name
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
