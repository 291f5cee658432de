"""Calibration: calls that several people score apart, what a group agreed on, and criteria the machine may answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId, utc_now

CALIBRATION_STATES = ("open", "closed", "cancelled")
MEASURED_AGAINST = ("none", "benchmark", "consensus")
AUTOMATIC_STATES = ("on", "off", "withdrawn")

_ON = text("state = 'on'")


class Calibration(Base):
    """One session: the same calls, one version of one scorecard, several people, nobody seeing the others' answers."""

    __tablename__ = "calibration"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(CALIBRATION_STATES) + "')", name="state"),
        CheckConstraint("against IN ('" + "', '".join(MEASURED_AGAINST) + "')", name="against"),
        Index("ix_calibration_state_due_at", "state", "due_at"),
    )

    id: Mapped[RowId]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")  # what the people are asked to mind
    standard: Mapped[str]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")  # one of CALIBRATION_STATES
    against: Mapped[str] = mapped_column(default="none")  # one of MEASURED_AGAINST
    benchmark_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    benchmark: Mapped[str] = mapped_column(default="")  # that person's name, readable when the account is gone
    due_at: Mapped[datetime]
    remind_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
    closed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[str] = mapped_column(default="")  # hand, deadline, complete


class CalibrationCall(Base):
    """A call of a session, in the order it is shown; `how` it came in: chosen by the lead or drawn by lot."""

    __tablename__ = "calibration_call"

    calibration_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("calibration.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    call_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    number: Mapped[int]
    how: Mapped[str]


class CalibrationSeat(Base):
    """One person before one call of a session. `left_out` says why nothing is asked of them there; '' asks."""

    __tablename__ = "calibration_seat"
    __table_args__ = (
        Index("ix_calibration_seat_calibration_id_call_id", "calibration_id", "call_id"),
        Index("ix_calibration_seat_user_id_calibration_id", "user_id", "calibration_id"),
    )

    id: Mapped[RowId]
    calibration_id: Mapped[int] = mapped_column(BigId, ForeignKey("calibration.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    person: Mapped[int] = mapped_column(BigId)  # that user's number, kept when the account is gone: tells people apart
    name: Mapped[str]
    assignment_id: Mapped[int | None] = mapped_column(BigId, index=True)
    left_out: Mapped[str] = mapped_column(default="")  # own_call, cannot_see, scored, waiting, gone


class CalibrationAgreed(Base):
    """What the group agreed on for one criterion of one call after the session closed, with why."""

    __tablename__ = "calibration_agreed"
    __table_args__ = (UniqueConstraint("calibration_id", "call_id", "criterion"),)

    id: Mapped[RowId]
    calibration_id: Mapped[int] = mapped_column(BigId, ForeignKey("calibration.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("call.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[str]
    answer: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class AutomaticCriterion(Base):
    """One stretch in which the machine answered a criterion in a language by itself, and why it began and ended."""

    __tablename__ = "automatic_criterion"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(AUTOMATIC_STATES) + "')", name="state"),
        # Two leads at once: the second finds it switched on instead of switching it on twice.
        Index(
            "ix_automatic_criterion_on", "criterion", "language", unique=True, sqlite_where=_ON, postgresql_where=_ON
        ),
    )

    id: Mapped[RowId]
    criterion: Mapped[str]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default="on")  # one of AUTOMATIC_STATES
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it was switched on by
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    on_at: Mapped[datetime] = mapped_column(default=utc_now)
    checked_at: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    off_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    off_why: Mapped[str] = mapped_column(default="")  # the gate's verdict, or "hand"
    off_figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
