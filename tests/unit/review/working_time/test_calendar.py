"""Working days and hours, across changes of the clocks and of the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.working_time.calendar import MOST_DAYS, OFFICE, OFFICE_WEEK, Calendar, Hours
from review.working_time.week import read_hours, read_minutes, read_week, write_week

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Seoul",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Gaza",
)
hours = st.builds(
    lambda start, length: Hours(start, min(1440, start + length)), st.integers(0, 1439), st.integers(1, 1440)
)
weeks = st.tuples(*[st.none() | hours] * 7)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
calendars = st.builds(
    Calendar,
    zone=st.sampled_from(ZONES),
    week=weeks,
    holidays=st.dictionaries(days, st.just("off"), max_size=5),
    extra=st.dictionaries(days, st.just("on"), max_size=5),
)
BERLIN = Calendar(zone="Europe/Berlin")


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-11-23T10:00", 0, "2026-11-23T18:00"),  # a Monday, within hours: today
        ("2026-11-23T19:00", 0, "2026-11-24T18:00"),  # after hours: the next end
        ("2026-11-23T10:00", 1, "2026-11-24T18:00"),
        ("2026-11-27T10:00", 1, "2026-11-30T18:00"),  # over a weekend
        ("2026-11-28T10:00", 1, "2026-11-30T18:00"),  # from a Saturday
        ("2026-11-23T23:59", 5, "2026-11-30T18:00"),
    ],
)
def test_working_days_are_counted_after_the_day_of_the_start(start: str, count: int, due: str) -> None:
    assert BERLIN.due_after(at(start, "Europe/Berlin"), count) == at(due, "Europe/Berlin")


def test_holidays_are_passed_over_and_extra_days_count() -> None:
    calendar = Calendar(
        zone="Asia/Shanghai",
        holidays={date(2026, 2, 16): "Spring Festival", date(2026, 2, 17): "Spring Festival"},
        extra={date(2026, 2, 14): "worked instead"},
    )
    friday = at("2026-02-13T10:00", "Asia/Shanghai")
    assert calendar.due_after(friday, 1) == at("2026-02-14T18:00", "Asia/Shanghai")
    assert calendar.due_after(friday, 2) == at("2026-02-18T18:00", "Asia/Shanghai")
    assert calendar.hours_of(date(2026, 2, 14)) == OFFICE


def test_a_day_ends_by_the_clock_on_the_wall_whatever_the_clocks_did() -> None:
    spring, autumn = at("2026-03-27T12:00", "Europe/Berlin"), at("2026-10-23T12:00", "Europe/Berlin")
    assert BERLIN.due_after(spring, 1) == datetime(2026, 3, 30, 16, 0, tzinfo=UTC)  # summer time since Sunday
    assert BERLIN.due_after(autumn, 1) == datetime(2026, 10, 26, 17, 0, tzinfo=UTC)  # winter time since Sunday
    assert BERLIN.due_after(spring - timedelta(days=7), 1).hour == 17


def test_another_zone_moves_new_deadlines_and_leaves_those_that_are_set() -> None:
    start = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    before = BERLIN.due_after(start, 1)
    after = Calendar(zone="America/New_York").due_after(start, 1)
    assert before == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # a moment: nothing about it changes any more
    assert after == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


def test_hours_the_clocks_skip_lie_an_hour_later_and_those_that_would_end_before_are_none() -> None:
    def sundays(start: int, end: int) -> Calendar:
        return Calendar(zone="Europe/Berlin", week=(*[None] * 6, Hours(start, end)))

    saturday = at("2026-03-28T12:00")
    assert sundays(125, 175).next_opening(saturday) == at("2026-03-29T03:05", "Europe/Berlin")  # 02:05 is none
    assert sundays(150, 180).next_opening(saturday) == at("2026-04-05T02:30", "Europe/Berlin")  # would end at 03:00


def test_a_calendar_without_any_work_counts_every_day_after_a_year() -> None:
    never = Calendar(week=(None,) * 7)
    assert never.due_after(datetime(2026, 1, 1, tzinfo=UTC), 1) > datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("count", [-1, MOST_DAYS + 1, 10**9])
def test_absurd_deadlines_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="working days ahead"):
        BERLIN.due_after(datetime(2026, 1, 1, tzinfo=UTC), count)


def test_a_zone_that_is_none_is_refused() -> None:
    for name in ("Mars/Olympus", "", "../../etc/passwd", "Europe\x00/Berlin"):
        with pytest.raises(ValueError, match="time zone"):
            Calendar(zone=name)


@given(calendars, moments, st.integers(0, 30))
def test_a_deadline_is_the_end_of_a_working_day_and_never_past(calendar: Calendar, start: datetime, count: int) -> None:
    due = calendar.due_after(start, count)
    assert due > start
    assert due.tzinfo is UTC
    if any(calendar.week):
        ends = {calendar.end_of(calendar.day_of(due) - timedelta(days=back)) for back in (0, 1)}
        assert due in ends
        assert calendar.days_between(start, due - timedelta(seconds=1)) in (count - 1, count, count + (count == 0))


@given(calendars, moments, st.integers(0, 20))
def test_more_days_are_never_earlier_and_a_later_start_neither(calendar: Calendar, start: datetime, count: int) -> None:
    assert calendar.due_after(start, count) <= calendar.due_after(start, count + 1)
    assert calendar.due_after(start, count) <= calendar.due_after(start + timedelta(hours=7), count)


@given(calendars.filter(lambda calendar: any(calendar.week)), moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, moment: datetime) -> None:
    opens = calendar.next_opening(moment)
    assert opens >= moment
    assert calendar.is_open(opens)
    assert calendar.next_opening(opens) == opens
    if opens > moment:
        assert not calendar.is_open(moment)
        assert not calendar.is_open(opens - timedelta(microseconds=1))


@given(weeks)
def test_a_week_written_is_the_week_read(week: tuple[Hours | None, ...]) -> None:
    assert read_week(write_week(week)) == week


@pytest.mark.parametrize("text", ["9-18", "09:00-25:00", "18:00-09:00", "09:60-10:00", "09:00–", "x", "09:00-09:00"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no (working hours|time of day)"):
        read_hours(text)


@pytest.mark.parametrize("text", ["", "9", "9:5x", "٩:00", "-1:00", "24:01", "100000:00"])
def test_times_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        read_minutes(text)


def test_office_hours_are_what_holds_without_a_word() -> None:
    assert write_week(OFFICE_WEEK) == ["09:00-18:00"] * 5 + ["", ""]
