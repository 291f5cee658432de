"""Days seen from the day of a call, shared by all languages' dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_FRIDAY: Final = 4


def next_weekday(day: date, weekday: int, *, week_after: bool = False) -> date:
    """The next such weekday (0 Monday) after `day`; with `week_after` the one of the following calendar week."""
    ahead = (weekday - day.weekday()) % 7 or 7
    if week_after:
        # "Next Friday" said on a Tuesday is the one of the week after; said on a Saturday it is the coming one.
        ahead = 7 - day.weekday() + weekday
    return day + timedelta(days=ahead)


def next_week(day: date) -> date:
    """The Friday of the week after: what is promised "for next week" is due by then."""
    return next_weekday(day, _FRIDAY, week_after=True)


def end_of_week(day: date) -> date:
    """This week's Friday; on the weekend the coming one."""
    return day + timedelta(days=(_FRIDAY - day.weekday()) % 7)


def end_of_month(day: date) -> date:
    """The last day of the month."""
    first_of_next = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)


def add_months(day: date, count: int) -> date:
    """The same day so many months on, at most the 28th."""
    month = day.month - 1 + count
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


def day_of_month(day: date, month: int, number: int) -> date | None:
    """The next such date on or after `day`; None when there is no such day."""
    for year in (day.year, day.year + 1):
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if found >= day:
            return found
    return None
