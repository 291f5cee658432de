"""Working time: the calendar of the installation and those of teams, with their holidays and extra days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, RowId

WORKING_DAY_KINDS = ("holiday", "extra")


class WorkingCalendar(Base):
    """Working hours in a time zone. `scope` is "installation", or "team:<id>" for a team with hours of its own.

    `week` holds seven texts, Monday first: "09:00-18:00", or "" for a day off.
    """

    __tablename__ = "working_calendar"

    id: Mapped[RowId]
    scope: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="CASCADE"), unique=True)
    zone: Mapped[str]
    week: Mapped[list[str]]
    country: Mapped[str] = mapped_column(default="")  # whose national holidays were proposed last: DE, DE-BY
    changed_at: Mapped[CreatedAt]
    changed_by: Mapped[str] = mapped_column(default="")  # a name; empty: taken from the settings


class WorkingDay(Base):
    """One day that is unlike its weekday: a holiday, or an extra day of work."""

    __tablename__ = "working_day"
    __table_args__ = (UniqueConstraint("calendar_id", "day"),)

    id: Mapped[RowId]
    calendar_id: Mapped[int] = mapped_column(BigId, ForeignKey("working_calendar.id", ondelete="CASCADE"))
    day: Mapped[date]
    kind: Mapped[str]  # one of WORKING_DAY_KINDS
    name: Mapped[str]
