"""Whom a playlist or a quiz can be given: leads give to everybody, managers to their teams, everybody to themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from review.comments.people import list_viewers
from review.library.refusals import NobodyThere, NotYourChoice, PastDue
from review.library.seeing import CHOOSERS, LEADS, READERS
from review.models import PlaylistTask, QuizTask, Rep, Team, TeamMember, utc_now
from review.queries.viewer import Viewer
from review.working_time.due import calendars_of

Task = PlaylistTask | QuizTask


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody a playlist or quiz can be given to; `teams` are those they sell in."""

    id: int
    name: str
    teams: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LearnerTeam:
    """A team a playlist or quiz can be given to, with how many of its people can take it."""

    id: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Learners:
    """Everybody this person may give work to."""

    people: tuple[Learner, ...]
    teams: tuple[LearnerTeam, ...]


def may_give(viewer: Viewer) -> bool:
    """Whether this person gives work to others at all."""
    return viewer.has_role(*CHOOSERS)


def list_learners(session: Session, viewer: Viewer) -> Learners:
    """Whom this person may give a playlist or quiz, by name; nobody for those who give nothing."""
    if not may_give(viewer):
        return Learners((), ())
    teams = dict(session.execute(select(Team.id, Team.name)).all())
    sells = _sells_in(session)
    people = [
        Learner(one.user_id, one.name, tuple(sorted(sells.get(one.user_id, ()))))
        for one in list_viewers(session)
        if one.has_role(*READERS)
    ]
    if not viewer.has_role(*LEADS):
        managed = viewer.managed_team_ids
        people = [one for one in people if managed.intersection(one.teams) or one.id == viewer.user_id]
        teams = {team_id: name for team_id, name in teams.items() if team_id in managed}
    counted = [
        LearnerTeam(team_id, name, sum(team_id in one.teams for one in people)) for team_id, name in teams.items()
    ]
    return Learners(
        tuple(people), tuple(sorted((team for team in counted if team.count), key=lambda team: team.name.casefold()))
    )


def choose_learners(
    session: Session, viewer: Viewer, user_ids: Collection[int], team_id: int | None
) -> tuple[Learner, ...]:
    """The people meant by these ids and this team. Raises NotYourChoice and NobodyThere; nothing is passed over."""
    if set(user_ids) == {viewer.user_id} and team_id is None and viewer.has_role(*READERS):
        return (Learner(viewer.user_id, viewer.name, ()),)
    if not may_give(viewer):
        raise NotYourChoice
    known = list_learners(session, viewer)
    wanted = set(user_ids)
    if team_id is not None:
        members = {one.id for one in known.people if team_id in one.teams}
        if not members:
            raise NobodyThere
        wanted |= members
    found = tuple(one for one in known.people if one.id in wanted)
    if not found or len(found) < len(wanted):
        raise NobodyThere
    return found


def end_of_day(session: Session, day: date | None, user_ids: Sequence[int]) -> dict[int, datetime | None]:
    """When a day ends for each of these people, where they work; None for no day. Raises PastDue."""
    if day is None:
        return dict.fromkeys(user_ids)
    calendars = calendars_of(session, list(user_ids))
    found: dict[int, datetime | None] = {}
    for user_id in user_ids:
        try:
            moment = last_minute(day, calendars[user_id].zone)
        except OverflowError:
            raise PastDue from None
        if moment <= utc_now():
            raise PastDue
        found[user_id] = moment
    return found


def last_minute(day: date, zone: str) -> datetime:
    """The moment (UTC) what is due on a day has to be done by. Raises OverflowError at the ends of the calendar."""
    return datetime.combine(day, time(23, 59), ZoneInfo(zone)).astimezone(UTC)


def may_follow(viewer: Viewer, task: Task, managed: frozenset[int]) -> bool:
    """Whether this person may read how far somebody is: who gave it, a lead, or a manager of theirs (`managed`)."""
    return (
        task.user_id == viewer.user_id
        or viewer.has_role(*LEADS)
        or task.by_user_id == viewer.user_id
        or task.user_id in managed
    )


def managed_people(session: Session, viewer: Viewer) -> frozenset[int]:
    """The people of the teams this person manages."""
    if not viewer.has_role("manager") or not viewer.managed_team_ids:
        return frozenset()
    return frozenset(
        user_id for user_id, teams in _sells_in(session).items() if not viewer.managed_team_ids.isdisjoint(teams)
    )


def _sells_in(session: Session) -> dict[int, set[int]]:
    """The teams each person belongs to or sells in, without those they manage."""
    found: dict[int, set[int]] = {}
    for user_id, team_id in session.execute(
        select(Rep.user_id, Rep.team_id).where(Rep.user_id.is_not(None), Rep.team_id.is_not(None))
    ):
        found.setdefault(int(user_id or 0), set()).add(int(team_id or 0))
    members = select(TeamMember.user_id, TeamMember.team_id).where(
        or_(TeamMember.is_manager.is_(False), TeamMember.is_manager.is_(None))
    )
    for user_id, team_id in session.execute(members):
        found.setdefault(user_id, set()).add(team_id)
    return found
