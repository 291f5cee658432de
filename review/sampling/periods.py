"""The days and weeks (Monday to Sunday, UTC) that rules draw for, and the names that let each be drawn once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a week: `start` included, `end` excluded; `key` is 2026-11-22 or 2026-W47."""

    key: str
    start: datetime
    end: datetime

    def gone(self, now: datetime) -> float:
        """How much of it is over, 0..1."""
        return min(1.0, max(0.0, (now - self.start) / (self.end - self.start)))


def running_period(kind: str, now: datetime) -> Period:
    """The day or week that `now` falls into."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "day":
        return Period(day.date().isoformat(), day, day + timedelta(days=1))
    monday = day - timedelta(days=day.weekday())
    year, week, _weekday = monday.isocalendar()
    return Period(f"{year}-W{week:02d}", monday, monday + timedelta(days=7))


def closed_period(kind: str, now: datetime) -> Period:
    """The last day or week that is over."""
    return running_period(kind, running_period(kind, now).start - timedelta(microseconds=1))


def quota_by_now(per_rep: int, period: Period, now: datetime) -> int:
    """How many calls of a rep a draw may have taken by now: in proportion to the time gone, at least one."""
    return max(1, math.ceil(round(per_rep * period.gone(now), 9)))
