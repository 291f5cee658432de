"""When something is due: working days counted in the calendar that holds for a person.

A deadline is a moment and is kept as one: a later change of the zone, the hours or the holidays does not move it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Rep, TeamMember, WorkingCalendar, WorkingDay
from review.working_time.calendar import Calendar
from review.working_time.week import read_week

INSTALLATION = "installation"


def due_after(session: Session, start: datetime, days: int, *, user_id: int | None = None) -> datetime:
    """The end (UTC) of the working day that is `days` working days after `start`, where the person works.

    The calendar is the own team's where it has one, else the installation's; without a person the installation's.
    Raises ValueError for a negative or absurd number of days.
    """
    return calendar_of(session, user_id).due_after(start, days)


def calendar_of(session: Session, user_id: int | None = None) -> Calendar:
    """The calendar that holds for a person; the installation's for nobody in particular."""
    if user_id is None:
        return _first(session, [INSTALLATION])
    return calendars_of(session, [user_id])[user_id]


def calendars_of(session: Session, user_ids: Collection[int]) -> Mapping[int, Calendar]:
    """The calendar of each person, by a constant number of statements.

    Of several teams the one counts where the person works before those that they manage, and the oldest of these.
    """
    wanted: dict[int, list[str]] = {user_id: [] for user_id in user_ids}
    member = select(TeamMember.user_id, TeamMember.team_id).where(TeamMember.user_id.in_(wanted))
    for user_id, team_id in session.execute(member.order_by(TeamMember.is_manager, TeamMember.team_id)):
        wanted[user_id].append(scope_of(team_id))
    sells = select(Rep.user_id, Rep.team_id).where(Rep.user_id.in_(wanted), Rep.team_id.is_not(None))
    for rep, own_team in session.execute(sells):
        if rep is not None:
            wanted[rep].insert(0, scope_of(own_team))
    known = load_calendars(session, {scope for scopes in wanted.values() for scope in scopes} | {INSTALLATION})
    return {
        user_id: next((known[scope] for scope in (*scopes, INSTALLATION) if scope in known), Calendar())
        for user_id, scopes in wanted.items()
    }


def scope_of(team_id: int | None) -> str:
    """The name of a team's calendar; of the installation's without a team."""
    return INSTALLATION if team_id is None else f"team:{team_id}"


def load_calendars(session: Session, scopes: Collection[str]) -> dict[str, Calendar]:
    """The calendars that are there, by their scope. Two statements."""
    rows = session.execute(
        select(WorkingCalendar.id, WorkingCalendar.scope, WorkingCalendar.zone, WorkingCalendar.week).where(
            WorkingCalendar.scope.in_(sorted(scopes))
        )
    ).all()
    days: dict[int, dict[str, dict[object, str]]] = {row.id: {"holiday": {}, "extra": {}} for row in rows}
    if rows:
        for found in session.execute(
            select(WorkingDay.calendar_id, WorkingDay.day, WorkingDay.kind, WorkingDay.name).where(
                WorkingDay.calendar_id.in_(days)
            )
        ):
            days[found.calendar_id][found.kind][found.day] = found.name
    return {
        row.scope: Calendar(
            zone=row.zone,
            week=read_week(row.week),
            holidays=days[row.id]["holiday"],  # type: ignore[arg-type]  # keyed by date, as the column is
            extra=days[row.id]["extra"],  # type: ignore[arg-type]
        )
        for row in rows
    }


def _first(session: Session, scopes: list[str]) -> Calendar:
    known = load_calendars(session, scopes)
    return next((known[scope] for scope in scopes if scope in known), Calendar())
