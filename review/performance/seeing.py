"""Whose figures somebody may see: reps their own, managers their teams' reps, leads everybody's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from review.models import Rep, Team, TeamMembership
from review.performance.period import Period
from review.performance.whose import Whose, while_in_team
from review.queries.viewer import Viewer
from review.queries.visibility import visible_reps


@dataclass(frozen=True, slots=True, kw_only=True)
class RepCard:
    """A rep whose page may be opened."""

    id: int
    name: str
    team_id: int | None
    team_name: str | None
    user_id: int | None  # who signs in as this rep
    active: bool
    here: bool = True  # False: in the team that is looked at they were before, and are not now


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCard:
    """A team with the reps in it now, those who left at the end; `id` None for reps without a team."""

    id: int | None
    name: str | None
    reps: tuple[RepCard, ...]

    @property
    def rep_ids(self) -> tuple[int, ...]:
        """Of all of them."""
        return tuple(rep.id for rep in self.reps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Who was in a team during a period, those of now first, and the calls they held while they were in it."""

    reps: tuple[RepCard, ...]
    calls: Whose


def find_rep(session: Session, viewer: Viewer, rep_id: int) -> RepCard | None:
    """The rep; None when there is none, or they are not the viewer's to see."""
    return next(iter(_reps(session, viewer, among=Rep.id == rep_id)), None)


def own_rep(session: Session, viewer: Viewer) -> RepCard | None:
    """The rep the viewer speaks as on calls; None for everybody else."""
    if not viewer.rep_ids or not viewer.has_role("rep", "manager"):
        return None
    return find_rep(session, viewer, min(viewer.rep_ids))


def mates_of(session: Session, rep: RepCard) -> tuple[int, ...]:
    """The reps of the rep's team who work there now, the rep among them: for the team's middle, never for names."""
    if rep.team_id is None:
        return (rep.id,)
    found = set(session.scalars(select(Rep.id).where(Rep.team_id == rep.team_id, Rep.active)))
    return tuple(sorted(found | {rep.id}))


def list_teams(session: Session, viewer: Viewer) -> tuple[TeamCard, ...]:
    """The teams whose reps the viewer may see, by name; one's own row as a rep is no team. One statement."""
    if not viewer.sees_all and not (viewer.has_role("manager") and viewer.managed_team_ids):
        return ()
    teams: dict[int | None, list[RepCard]] = {}
    for rep in _reps(session, viewer):
        if viewer.sees_all or rep.team_id in viewer.managed_team_ids:
            teams.setdefault(rep.team_id, []).append(rep)
    cards = [
        TeamCard(
            id=team_id,
            name=reps[0].team_name,
            reps=tuple(sorted(reps, key=lambda rep: (not rep.active, rep.name.casefold(), rep.id))),
        )
        for team_id, reps in teams.items()
    ]
    return tuple(sorted(cards, key=lambda team: (team.name is None, (team.name or "").casefold())))


def members_of(session: Session, viewer: Viewer, team: TeamCard, period: Period) -> Members:
    """Everybody who was in the team at any time of the period, of those whom the viewer may see today.

    A call counts for the team its rep was in when it was held. Three statements, however many reps.
    """
    before: list[RepCard] = []
    if team.id is not None:
        stays = TeamMembership
        were = select(stays.rep_id).where(
            stays.team_id == team.id,
            or_(stays.since.is_(None), stays.since < period.until),
            stays.until > period.since,
        )
        before = [
            replace(rep, here=False)
            for rep in _reps(session, viewer, among=Rep.id.in_(were))
            if rep.id not in team.rep_ids
        ]
    return Members(
        reps=(*team.reps, *before),
        calls=while_in_team(session, team.id, [*team.rep_ids, *(rep.id for rep in before)]),
    )


def mates_calls(session: Session, rep: RepCard) -> Whose:
    """All calls of the rep, and of those who work in their team now the ones held in it: for the team's middle."""
    return while_in_team(session, rep.team_id, mates_of(session, rep), always=[rep.id])


def _reps(session: Session, viewer: Viewer, *, among: ColumnElement[bool] | None = None) -> list[RepCard]:
    wanted = (
        select(Rep.id, Rep.name, Rep.team_id, Team.name.label("team_name"), Rep.user_id, Rep.active)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(visible_reps(viewer))
        .order_by(Rep.name, Rep.id)
    )
    if among is not None:
        wanted = wanted.where(among)
    return [RepCard(**dict(row._mapping)) for row in session.execute(wanted)]
