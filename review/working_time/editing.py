"""Changing calendars: the installation's and those of teams, their hours and their days that are unlike the week."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from review.models import WORKING_DAY_KINDS, Team, WorkingCalendar, WorkingDay, utc_now
from review.notices.choices import look_again
from review.queries.viewer import Viewer
from review.services.audit import record
from review.upsert import insert_new
from review.working_time.calendar import OFFICE_WEEK, find_zone
from review.working_time.due import INSTALLATION, scope_of
from review.working_time.week import read_week, write_week

LONGEST_NAME: Final = 80  # characters
MOST_DAYS_KEPT: Final = 1000  # days unlike the week in one calendar
YEARS: Final = range(2000, 2101)


class BadWorkingTime(ValueError):
    """A calendar cannot be kept like this; `field` is what is wrong: zone, week, day, name, kind or days."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field}={value!r} cannot be kept")
        self.field = field
        self.value = value


class UnknownTeam(LookupError):
    """There is no such team, or it has no calendar of its own."""


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day unlike its weekday: `kind` is holiday (nobody works) or extra (people work all the same)."""

    day: date
    name: str
    kind: str = "holiday"


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One calendar as its page shows it; `week` holds seven texts like "09:00-18:00", Monday first."""

    team_id: int | None
    team: str | None
    zone: str
    week: tuple[str, ...]
    country: str
    days: tuple[Day, ...]
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True)
class TeamHours:
    """A team in the list of calendars, and whether its calendar is its own."""

    team_id: int
    name: str
    own: bool


def begin_calendar(session: Session, zone: str) -> None:
    """The installation's calendar, made on the first occasion with the zone of the settings."""
    insert_new(
        session,
        WorkingCalendar,
        ("scope",),
        scope=INSTALLATION,
        zone=zone,
        week=write_week(OFFICE_WEEK),
        country="",
        changed_at=utc_now(),
        changed_by="",
    )


def list_teams(session: Session) -> tuple[TeamHours, ...]:
    """Every team by name, and which have a calendar of their own."""
    rows = session.execute(
        select(Team.id, Team.name, WorkingCalendar.id)
        .outerjoin(WorkingCalendar, WorkingCalendar.team_id == Team.id)
        .order_by(func.lower(Team.name), Team.id)
    )
    return tuple(TeamHours(team_id, name, calendar is not None) for team_id, name, calendar in rows)


def read_calendar(session: Session, team_id: int | None = None) -> CalendarRow:
    """A team's own calendar, or the installation's. Raises UnknownTeam."""
    row = session.scalar(select(WorkingCalendar).where(WorkingCalendar.scope == scope_of(team_id)))
    if row is None:
        if team_id is not None:
            raise UnknownTeam(team_id)
        return CalendarRow(None, None, "UTC", tuple(write_week(OFFICE_WEEK)), "", (), None, "")
    days = session.scalars(select(WorkingDay).where(WorkingDay.calendar_id == row.id).order_by(WorkingDay.day))
    return CalendarRow(
        team_id,
        session.scalar(select(Team.name).where(Team.id == team_id)) if team_id is not None else None,
        row.zone,
        tuple(row.week),
        row.country,
        tuple(Day(day.day, day.name, day.kind) for day in days),
        row.changed_at,
        row.changed_by,
    )


def save_hours(session: Session, viewer: Viewer, team_id: int | None, *, zone: str, week: Sequence[str]) -> None:
    """Keep a calendar's zone and hours. Deadlines already set stay where they are. Raises BadWorkingTime, UnknownTeam.

    A team that had the installation's calendar gets its own, with the installation's holidays.
    """
    try:
        find_zone(zone)
    except ValueError as error:
        raise BadWorkingTime("zone", zone) from error
    try:
        hours = read_week(week)
    except ValueError as error:
        raise BadWorkingTime("week", list(week)) from error
    if not any(hours):
        raise BadWorkingTime("week", list(week))
    row = _writable(session, viewer, team_id)
    before = {"zone": row.zone, "week": list(row.week)}
    row.zone, row.week = zone, write_week(hours)
    _changed(session, viewer, row)
    record(
        session,
        viewer.user_id,
        "working_time.hours_changed",
        "working_calendar",
        row.scope,
        before=before,
        after={"zone": row.zone, "week": list(row.week)},
    )


def give_own_calendar(session: Session, viewer: Viewer, team_id: int) -> None:
    """A calendar of the team's own, a copy of the installation's to begin with. Raises UnknownTeam."""
    _writable(session, viewer, team_id)


def take_own_calendar(session: Session, viewer: Viewer, team_id: int) -> None:
    """The installation's calendar holds for the team again. Raises UnknownTeam."""
    row = session.scalar(select(WorkingCalendar).where(WorkingCalendar.team_id == team_id))
    if row is None:
        raise UnknownTeam(team_id)
    record(session, viewer.user_id, "working_time.calendar_removed", "working_calendar", row.scope, zone=row.zone)
    session.delete(row)
    session.flush()
    look_again(session)


def add_days(
    session: Session, viewer: Viewer, team_id: int | None, days: Collection[Day], *, country: str | None = None
) -> int:
    """Keep days that are unlike the week; one that is there is given the new name and kind. How many there were.

    `country` is whose national holidays they are, for the next proposal. Raises BadWorkingTime, UnknownTeam.
    """
    kept = {day.day: Day(day.day, _name(day.name), day.kind) for day in days}
    for day in kept.values():
        if day.kind not in WORKING_DAY_KINDS:
            raise BadWorkingTime("kind", day.kind)
        if day.day.year not in YEARS:
            raise BadWorkingTime("day", day.day.isoformat())
    row = _writable(session, viewer, team_id)
    there = session.scalar(select(func.count()).select_from(WorkingDay).where(WorkingDay.calendar_id == row.id)) or 0
    if there + len(kept) > MOST_DAYS_KEPT:
        raise BadWorkingTime("days", there + len(kept))
    session.execute(delete(WorkingDay).where(WorkingDay.calendar_id == row.id, WorkingDay.day.in_(sorted(kept))))
    for day in sorted(kept.values()):
        session.add(WorkingDay(calendar_id=row.id, day=day.day, kind=day.kind, name=day.name))
    if country is not None:
        row.country = country
    _changed(session, viewer, row)
    told = [f"{day.day.isoformat()} {day.name} ({day.kind})" for day in sorted(kept.values())]
    record(session, viewer.user_id, "working_time.days_added", "working_calendar", row.scope, days=told[:100])
    return len(kept)


def replace_calendar(
    session: Session, viewer: Viewer, team_id: int | None, *, zone: str, week: Sequence[str], days: Sequence[Day]
) -> CalendarRow:
    """Put a whole calendar in the place of the one there is. Raises BadWorkingTime, UnknownTeam."""
    save_hours(session, viewer, team_id, zone=zone, week=week)
    row = _writable(session, viewer, team_id)
    session.execute(delete(WorkingDay).where(WorkingDay.calendar_id == row.id))
    add_days(session, viewer, team_id, days)
    return read_calendar(session, team_id)


def remove_day(session: Session, viewer: Viewer, team_id: int | None, day: date) -> bool:
    """The weekday's hours hold for that day again; False when it was not in the calendar. Raises UnknownTeam."""
    row = _writable(session, viewer, team_id)
    found = session.scalar(select(WorkingDay).where(WorkingDay.calendar_id == row.id, WorkingDay.day == day))
    if found is None:
        return False
    name = found.name
    session.delete(found)
    _changed(session, viewer, row)
    record(
        session,
        viewer.user_id,
        "working_time.day_removed",
        "working_calendar",
        row.scope,
        day=day.isoformat(),
        name=name,
    )
    return True


def _writable(session: Session, viewer: Viewer, team_id: int | None) -> WorkingCalendar:
    """The row to change; a team without one gets a copy of the installation's."""
    begin_calendar(session, "UTC")
    home = session.scalars(select(WorkingCalendar).where(WorkingCalendar.scope == INSTALLATION)).one()
    if team_id is None:
        return home
    row = session.scalar(select(WorkingCalendar).where(WorkingCalendar.team_id == team_id))
    if row is not None:
        return row
    if session.get(Team, team_id) is None:
        raise UnknownTeam(team_id)
    made = insert_new(
        session,
        WorkingCalendar,
        ("scope",),
        scope=scope_of(team_id),
        team_id=team_id,
        zone=home.zone,
        week=list(home.week),
        country=home.country,
        changed_at=utc_now(),
        changed_by=viewer.name,
    )
    row = session.scalars(select(WorkingCalendar).where(WorkingCalendar.team_id == team_id)).one()
    if made is not None:
        for day in session.scalars(select(WorkingDay).where(WorkingDay.calendar_id == home.id)).all():
            session.add(WorkingDay(calendar_id=row.id, day=day.day, kind=day.kind, name=day.name))
        session.flush()
        record(session, viewer.user_id, "working_time.calendar_made", "working_calendar", row.scope, zone=row.zone)
        look_again(session)
    return row


def _changed(session: Session, viewer: Viewer, row: WorkingCalendar) -> None:
    row.changed_at, row.changed_by = utc_now(), viewer.name
    session.flush()
    look_again(session)  # mails that wait for the next working hours follow the new ones


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise BadWorkingTime("name", text[:LONGEST_NAME])
    return name
