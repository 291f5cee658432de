"""A week's working hours as text: "09:00-18:00" for each day, Monday first, "" for a day off."""

from __future__ import annotations

import re
from collections.abc import Sequence

from review.working_time.calendar import MIDNIGHT, WEEKDAYS, Hours

_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")


def read_week(texts: Sequence[str]) -> tuple[Hours | None, ...]:
    """The hours of seven texts. Raises ValueError for what cannot be read."""
    if len(texts) != WEEKDAYS:
        raise ValueError(f"a week has {WEEKDAYS} days, not {len(texts)}")
    return tuple(read_hours(text) for text in texts)


def read_hours(text: str) -> Hours | None:
    """The hours of one text; None for an empty one, a day off. Raises ValueError for what cannot be read."""
    if not text.strip():
        return None
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no working hours: {text[:40]!r}")
    start, end = (read_minutes(f"{found[at]}:{found[at + 1]}") for at in (1, 3))
    return Hours(start, end)


def read_minutes(text: str) -> int:
    """Minutes after midnight of "9:30", at most 24:00. Raises ValueError for what is no time of day."""
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(text) <= 5):
        raise ValueError(f"no time of day: {text[:40]!r}")
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > MIDNIGHT:
        raise ValueError(f"no time of day: {text!r}")
    return value


def write_minutes(minutes: int) -> str:
    """Minutes after midnight as "09:30"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def write_week(week: Sequence[Hours | None]) -> list[str]:
    """The seven texts of a week."""
    return [f"{write_minutes(hours.start)}-{write_minutes(hours.end)}" if hours else "" for hours in week]
