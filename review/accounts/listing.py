"""The people who can sign in, as the page of people and programs list them: searched, filtered, in pages by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from review.models import ROLES, OneTimeCode, Rep, Team, TeamMember, User, UserRight, UserRole

STATES: Final = ("active", "disabled", "never")  # never: not signed in yet


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlace:
    """A person's place in a team."""

    id: int
    name: str
    manages: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person with everything lists show."""

    id: int
    email: str
    name: str
    language: str
    roles: tuple[str, ...]
    rights: tuple[str, ...]
    teams: tuple[TeamPlace, ...]
    rep_id: int | None
    rep_team: TeamPlace | None  # where the person speaks on calls
    codes: bool  # one-time codes are on
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Which people; every part may be left out."""

    query: str = ""
    role: str | None = None
    team_id: int | None = None
    state: str | None = None


def list_people(
    session: Session, wanted: PeopleFilter | None = None, *, after: tuple[str, int] | None = None, limit: int = 200
) -> tuple[PersonRow, ...]:
    """People in the order of their names, from the one after (name, id) on, by six statements however many."""
    wanted = wanted or PeopleFilter()
    query = select(User).order_by(User.name, User.id)
    if wanted.role in ROLES:
        query = query.where(User.id.in_(select(UserRole.user_id).where(UserRole.role == wanted.role)))
    if wanted.team_id is not None:
        member = select(TeamMember.user_id).where(TeamMember.team_id == wanted.team_id)
        rep = select(Rep.user_id).where(Rep.team_id == wanted.team_id, Rep.user_id.is_not(None))
        query = query.where(or_(User.id.in_(member), User.id.in_(rep)))
    if wanted.state == "active":
        query = query.where(User.disabled_at.is_(None))
    elif wanted.state == "disabled":
        query = query.where(User.disabled_at.is_not(None))
    elif wanted.state == "never":
        query = query.where(User.signed_in_at.is_(None), User.disabled_at.is_(None))
    if after is not None:
        name, user_id = after
        query = query.where(or_(User.name > name, and_(User.name == name, User.id > user_id)))
    words = wanted.query.casefold().split()
    if not words:
        query = query.limit(limit)
    # Databases fold case differently (SQLite only ASCII), so names are compared here; a company has few enough.
    users = [user for user in session.scalars(query) if _holds(words, user)][:limit]
    return _rows(session, users)


def get_person(session: Session, user_id: int) -> PersonRow | None:
    """One person; None when there is none."""
    user = session.get(User, user_id)
    return None if user is None else _rows(session, [user])[0]


def _holds(words: Iterable[str], user: User) -> bool:
    text = f"{user.name} {user.email}".casefold()
    return all(word in text for word in words)


def _rows(session: Session, users: list[User]) -> tuple[PersonRow, ...]:
    ids = [user.id for user in users]
    roles, rights, teams = defaultdict(set), defaultdict(list), defaultdict(list)
    for user_id, role in session.execute(select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(ids))):
        roles[user_id].add(role)
    for user_id, right in session.execute(
        select(UserRight.user_id, UserRight.name).where(UserRight.user_id.in_(ids)).order_by(UserRight.name)
    ):
        rights[user_id].append(right)
    for user_id, team_id, name, manages in session.execute(
        select(TeamMember.user_id, Team.id, Team.name, TeamMember.is_manager)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.user_id.in_(ids))
        .order_by(Team.name)
    ):
        teams[user_id].append(TeamPlace(id=team_id, name=name, manages=manages))
    reps: dict[int | None, int] = {}
    rep_teams: dict[int | None, TeamPlace] = {}
    for rep_id, speaker, team_id, name in session.execute(
        select(Rep.id, Rep.user_id, Team.id, Team.name)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(Rep.user_id.in_(ids))
    ):
        reps[speaker] = rep_id
        if team_id is not None:
            rep_teams[speaker] = TeamPlace(id=team_id, name=name, manages=False)
    coded = set(
        session.scalars(
            select(OneTimeCode.user_id).where(OneTimeCode.user_id.in_(ids), OneTimeCode.confirmed_at.is_not(None))
        )
    )
    return tuple(
        PersonRow(
            id=user.id,
            email=user.email,
            name=user.name,
            language=user.language,
            roles=tuple(role for role in ROLES if role in roles[user.id]),
            rights=tuple(rights[user.id]),
            teams=tuple(teams[user.id]),
            rep_id=reps.get(user.id),
            rep_team=rep_teams.get(user.id),
            codes=user.id in coded,
            created_at=user.created_at,
            signed_in_at=user.signed_in_at,
            disabled_at=user.disabled_at,
        )
        for user in users
    )
