"""Saved views: a page's filters under a name, one's own and those shared with one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session

from review.models import DefaultView, Rep, SavedView, Team, User
from review.queries.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRow:
    """One view; `own` when the viewer made it, `default` when the viewer's page opens with it."""

    id: int
    page: str
    name: str
    query: str
    shared: str  # nobody, team or everybody
    team_id: int | None
    team_name: str | None
    owner_name: str
    own: bool
    default: bool


def list_views(session: Session, viewer: Viewer, page: str) -> tuple[ViewRow, ...]:
    """The viewer's own views in their order, then those shared with them by name. One statement."""
    own = case((SavedView.user_id == viewer.user_id, 0), else_=1)
    rows = session.execute(
        select(SavedView, Team.name, User.name, DefaultView.view_id)
        .join(User, User.id == SavedView.user_id)
        .outerjoin(Team, Team.id == SavedView.team_id)
        .outerjoin(
            DefaultView,
            and_(
                DefaultView.view_id == SavedView.id,
                DefaultView.user_id == viewer.user_id,
                DefaultView.page == SavedView.page,
            ),
        )
        .where(SavedView.page == page, seen_by(viewer))
        .order_by(own, case((SavedView.user_id == viewer.user_id, SavedView.position), else_=0), SavedView.name)
    )
    return tuple(
        ViewRow(
            id=view.id,
            page=view.page,
            name=view.name,
            query=view.query,
            shared=view.shared,
            team_id=view.team_id,
            team_name=team,
            owner_name=owner,
            own=view.user_id == viewer.user_id,
            default=default is not None,
        )
        for view, team, owner, default in rows
    )


def default_query(session: Session, viewer: Viewer, page: str) -> str | None:
    """The query string the viewer's page opens with; None when none was chosen or it is not theirs any more."""
    return session.scalar(
        select(SavedView.query)
        .join(DefaultView, DefaultView.view_id == SavedView.id)
        .where(DefaultView.user_id == viewer.user_id, DefaultView.page == page, seen_by(viewer))
    )


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `saved_view` must meet: own, or shared with everybody or a team of the viewer's."""
    of_teams = [SavedView.team_id.in_(select(Rep.team_id).where(Rep.user_id == viewer.user_id))]
    teams = viewer.team_ids | viewer.managed_team_ids
    if teams:
        of_teams.append(SavedView.team_id.in_(sorted(teams)))
    return or_(
        SavedView.user_id == viewer.user_id,
        SavedView.shared == "everybody",
        and_(SavedView.shared == "team", or_(*of_teams)),
    )
