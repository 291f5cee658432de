"""What a working day is: pure arithmetic on a calendar, right across a change of the clocks. Moments are aware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = 7
MIDNIGHT: Final = 24 * 60  # minutes; a working day may end then, and never later
LOOK_AHEAD: Final = 366  # days without work after which every day counts: a calendar must not stop a deadline
MOST_DAYS: Final = 3660  # the longest deadline anybody may set, in working days


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours of one day, in minutes after midnight by the clock on the wall: 0 <= start < end <= 1440."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MIDNIGHT:
            raise ValueError(f"no working hours: {self.start} to {self.end} minutes after midnight")


OFFICE: Final = Hours(9 * 60, 18 * 60)
OFFICE_WEEK: Final = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, None, None)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A time zone, working hours by weekday (Monday first, None is a day off) and days that are different."""

    zone: str = "UTC"
    week: tuple[Hours | None, ...] = OFFICE_WEEK
    holidays: Mapping[date, str] = field(default_factory=dict)  # days off, with their names
    extra: Mapping[date, str] = field(default_factory=dict)  # days of work that the week has free, with their names

    def __post_init__(self) -> None:
        if len(self.week) != WEEKDAYS:
            raise ValueError(f"a week has {WEEKDAYS} days, not {len(self.week)}")
        find_zone(self.zone)

    def local(self, moment: datetime) -> datetime:
        """The moment by the clock on this calendar's wall."""
        return moment.astimezone(find_zone(self.zone))

    def day_of(self, moment: datetime) -> date:
        """The date that holds here at the moment."""
        return self.local(moment).date()

    def hours_of(self, day: date) -> Hours | None:
        """A day's working hours; None for a day off. An extra day has those of the week's first working day."""
        if day in self.holidays:
            return None
        ordinary = self.week[day.weekday()]
        if ordinary is None and day in self.extra:
            return next((hours for hours in self.week if hours is not None), OFFICE)
        return ordinary

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works that day."""
        return self.hours_of(day) is not None

    def at(self, day: date, minutes: int) -> datetime:
        """The moment (UTC) the clock here shows `minutes` after midnight of `day`.

        A time that the clocks skip in spring is the moment they would have shown it; of one shown twice in autumn it
        is the first.
        """
        day, minutes = day + timedelta(days=minutes // MIDNIGHT), minutes % MIDNIGHT
        wall = datetime.combine(day, time(minutes // 60, minutes % 60), find_zone(self.zone))
        return wall.astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The end (UTC) of a working day; of a day off, the end of the day itself."""
        hours = self.hours_of(day)
        return self.at(day, hours.end if hours else MIDNIGHT)

    def is_open(self, moment: datetime) -> bool:
        """Whether the moment lies within working hours (the end itself does not)."""
        day = self.day_of(moment)
        hours = self.hours_of(day)
        return hours is not None and self.at(day, hours.start) <= moment < self.at(day, hours.end)

    def next_opening(self, moment: datetime) -> datetime:
        """The first moment from `moment` on that lies within working hours: `moment` itself when it does."""
        for day in self.working_days(self.day_of(moment)):
            hours = self.hours_of(day) or OFFICE
            begin, end = self.at(day, hours.start), self.at(day, hours.end)
            if begin < end and moment < end:  # hours that lie in the hour the clocks skip are none
                return max(moment, begin)
        raise AssertionError("working_days never ends")

    def due_after(self, start: datetime, days: int) -> datetime:
        """The end (UTC) of the working day that is `days` working days after `start`.

        The day of `start` is not counted, so that one working day always leaves a whole one; 0 is the first end of a
        working day after `start`. Raises ValueError unless 0 <= days <= MOST_DAYS.
        """
        if not 0 <= days <= MOST_DAYS:
            raise ValueError(f"a deadline lies 0 to {MOST_DAYS} working days ahead, not {days}")
        today = self.day_of(start)
        if days == 0:
            return next(end for day in self.working_days(today) if (end := self.end_of(day)) > start)
        for count, day in enumerate(self.working_days(today + timedelta(days=1)), 1):
            if count == days:
                return self.end_of(day)
        raise AssertionError("working_days never ends")

    def days_between(self, start: datetime, end: datetime) -> int:
        """How many working days after the day of `start` begin until the day of `end`; 0 when `end` is not later."""
        first, last = self.day_of(start), self.day_of(end)
        span = min((last - first).days, 20 * LOOK_AHEAD)
        return sum(self.is_working_day(first + timedelta(days=step)) for step in range(1, span + 1))

    def working_days(self, first: date) -> Iterator[date]:
        """The working days from `first` on, without end; where there is none for a year, every day counts."""
        day, free = first, 0
        while True:
            working = self.is_working_day(day)
            free = 0 if working else free + 1
            if working or free > LOOK_AHEAD:
                yield day
            day += timedelta(days=1)


@lru_cache(maxsize=512)
def find_zone(name: str) -> ZoneInfo:
    """The time zone of that name, as Europe/Berlin. Raises ValueError for what is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error
