"""Who was in which team from when to when: kept beside the team of now, so that past calls stay where they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from review.models import Rep, Team, TeamMembership, User, utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time in a team. `since` None: from the beginning; `until` None: still."""

    team_id: int
    team: str
    rep_id: int | None
    user_id: int | None
    name: str  # of the rep or the person
    is_manager: bool
    since: datetime | None
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """True when the moment lies within it; the moment of a move belongs to the new team."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


def team_of(session: Session, rep_id: int, at: datetime) -> int | None:
    """The team the rep was in at a moment; None for none. A rep nobody ever moved was always where they are."""
    return team_at(stretches_of(session, [rep_id]), rep_id, at, now=session.scalar(_team_now(rep_id)))


def stretches_of(session: Session, rep_ids: Iterable[int]) -> Mapping[int, tuple[Stretch, ...]]:
    """All stretches of these reps, oldest first, by two statements however many reps: for lists of calls."""
    wanted = sorted(set(rep_ids))
    found: dict[int, list[Stretch]] = {rep_id: [] for rep_id in wanted}
    for stretch in _read(session, TeamMembership.rep_id.in_(wanted)):
        if stretch.rep_id is not None:
            found[stretch.rep_id].append(stretch)
    return {rep_id: tuple(stretches) for rep_id, stretches in found.items()}


def team_at(
    known: Mapping[int, tuple[Stretch, ...]], rep_id: int, at: datetime, *, now: int | None = None
) -> int | None:
    """The team of a rep at a moment, from what `stretches_of` gave; `now` counts where nothing was written down."""
    stretches = known.get(rep_id, ())
    if not stretches:
        return now
    return next((stretch.team_id for stretch in reversed(stretches) if stretch.holds(at)), None)


def history_of_team(session: Session, team_id: int) -> tuple[Stretch, ...]:
    """Everybody who was ever in the team, those who still are first, then the latest to leave."""
    stretches = _read(session, TeamMembership.team_id == team_id)
    still = [stretch for stretch in stretches if stretch.until is None]
    left = [stretch for stretch in stretches if stretch.until is not None]
    left.sort(key=lambda stretch: (stretch.until, stretch.name), reverse=True)
    return (*sorted(still, key=lambda stretch: (not stretch.is_manager, stretch.name)), *left)


def history_of_user(session: Session, user_id: int) -> tuple[Stretch, ...]:
    """The teams a person was in, as a sign-in and as a rep, the newest last."""
    rep_ids = list(session.scalars(select(Rep.id).where(Rep.user_id == user_id)))
    mine = or_(TeamMembership.user_id == user_id, TeamMembership.rep_id.in_(rep_ids))
    return tuple(_read(session, mine))


def note_rep(
    session: Session, rep_id: int, team_id: int | None, *, at: datetime | None = None, new: bool = False
) -> None:
    """Write down that the rep is in this team (None: in none) from now on; a `new` rep was never anywhere else."""
    moment = at or utc_now()
    if not new:
        session.execute(
            update(TeamMembership)
            .where(TeamMembership.rep_id == rep_id, TeamMembership.until.is_(None))
            .values(until=moment)
        )
    if team_id is not None:
        session.add(TeamMembership(team_id=team_id, rep_id=rep_id, since=None if new else moment))
    session.flush()


def note_change(session: Session, rep_id: int, before: int | None, after: int | None, *, new: bool = False) -> None:
    """Write down a rep's first team, or a move that has just been made; nothing where nothing changed."""
    if new:
        note_rep(session, rep_id, after, new=True)
    elif before != after:
        note_first(session, rep_id, before)
        note_rep(session, rep_id, after)


def note_first(session: Session, rep_id: int, team_id: int | None) -> None:
    """Before a rep's first move that is written down: where they were until then, from the beginning."""
    known = session.scalar(select(TeamMembership.id).where(TeamMembership.rep_id == rep_id).limit(1))
    if known is None and team_id is not None:
        note_rep(session, rep_id, team_id, new=True)


def note_member(
    session: Session, team_id: int, user_id: int, *, manages: bool | None, at: datetime | None = None
) -> None:
    """Write down that a person belongs to a team and whether they manage it; `manages` None: they left it."""
    moment = at or utc_now()
    session.execute(
        update(TeamMembership)
        .where(TeamMembership.user_id == user_id, TeamMembership.team_id == team_id, TeamMembership.until.is_(None))
        .values(until=moment)
    )
    if manages is not None:
        session.add(TeamMembership(team_id=team_id, user_id=user_id, is_manager=manages, since=moment))
    session.flush()


def _team_now(rep_id: int) -> Select[int | None]:
    return select(Rep.team_id).where(Rep.id == rep_id)


def _read(session: Session, condition: ColumnElement[bool]) -> list[Stretch]:
    rows = session.execute(
        select(TeamMembership, Team.name, Rep.name, User.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .outerjoin(Rep, Rep.id == TeamMembership.rep_id)
        .outerjoin(User, User.id == TeamMembership.user_id)
        .where(condition)
        .order_by(TeamMembership.since.is_not(None), TeamMembership.since, TeamMembership.id)
    )
    return [
        Stretch(
            team_id=row.team_id,
            team=team,
            rep_id=row.rep_id,
            user_id=row.user_id,
            name=rep or person or "",
            is_manager=row.is_manager,
            since=row.since,
            until=row.until,
        )
        for row, team, rep, person in rows
    ]
