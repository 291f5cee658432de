"""Keeping, sharing, ordering and choosing saved views. Nothing here commits."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import SHARED_WITH, VIEW_PAGES, DefaultView, SavedView, Team, utc_now
from review.queries.viewer import Viewer
from review.queries.views import seen_by
from review.services.audit import record

LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 2000
MOST_VIEWS: Final = 60  # a person keeps on one page; more are no help in finding anything
SHARES_WITH_ALL: Final = ("quality_lead", "head_of_sales")


class ViewRefused(ReviewError):
    """A view that cannot be kept so; nothing was. `field` is name, query, shared or team."""

    code = "view_refused"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NoSuchView(ReviewError):
    """There is no such view, or it is not this person's."""

    code = "no_such_view"

    def __init__(self, view_id: int) -> None:
        super().__init__(f"There is no view {view_id} that you may use so.")
        self.view_id = view_id


def save_view(
    session: Session,
    viewer: Viewer,
    page: str,
    name: str,
    query: str,
    *,
    shared: str = "nobody",
    team_id: int | None = None,
) -> int:
    """Keep filters under a name; its id. One's own view of that name gets the new filters. Raises ViewRefused."""
    name = " ".join(name.replace("\x00", "").split())
    if page not in VIEW_PAGES or not query or len(query) > LONGEST_QUERY:
        raise ViewRefused("query", "There is nothing to keep: set a filter first.")
    if not 0 < len(name) <= LONGEST_NAME:
        raise ViewRefused("name", f"A view needs a name of at most {LONGEST_NAME} characters.")
    _check_sharing(session, viewer, shared, team_id)
    own = select(SavedView).where(SavedView.user_id == viewer.user_id, SavedView.page == page)
    found = session.scalar(own.where(SavedView.name == name))
    if found is None:
        kept, last = session.execute(
            select(func.count(), func.max(SavedView.position)).where(
                SavedView.user_id == viewer.user_id, SavedView.page == page
            )
        ).one()
        if kept >= MOST_VIEWS:
            raise ViewRefused("name", f"You keep {MOST_VIEWS} views here already; delete one first.")
        found = SavedView(user_id=viewer.user_id, page=page, name=name, position=0 if last is None else last + 1)
        session.add(found)
    _share(session, viewer, found, shared, team_id)
    found.query = query
    found.updated_at = utc_now()
    session.flush()
    return found.id


def rename_view(session: Session, viewer: Viewer, view_id: int, name: str) -> None:
    """Give one's own view another name. Raises NoSuchView, ViewRefused."""
    view = _own(session, viewer, view_id)
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise ViewRefused("name", f"A view needs a name of at most {LONGEST_NAME} characters.")
    taken = select(SavedView.id).where(
        SavedView.user_id == viewer.user_id,
        SavedView.page == view.page,
        SavedView.name == name,
        SavedView.id != view.id,
    )
    if session.scalar(taken) is not None:
        raise ViewRefused("name", "You have another view of this name.")
    view.name = name
    session.flush()


def share_view(session: Session, viewer: Viewer, view_id: int, shared: str, team_id: int | None = None) -> None:
    """Share one's own view with a team or everybody, or with nobody again. Raises NoSuchView, ViewRefused."""
    view = _own(session, viewer, view_id)
    _check_sharing(session, viewer, shared, team_id)
    _share(session, viewer, view, shared, team_id)
    session.flush()


def delete_view(session: Session, viewer: Viewer, view_id: int) -> str:
    """Forget one's own view; its name. Whose page opened with it sees all again. Raises NoSuchView."""
    view = _own(session, viewer, view_id)
    if view.shared != "nobody":
        record(session, viewer.user_id, "view.deleted", "saved_view", view.id, name=view.name, shared=view.shared)
    session.delete(view)
    session.flush()
    return view.name


def move_view(session: Session, viewer: Viewer, view_id: int, by: int) -> None:
    """Change places with the neighbour before (`by` -1) or after (1). Raises NoSuchView."""
    view = _own(session, viewer, view_id)
    own = select(SavedView).where(SavedView.user_id == viewer.user_id, SavedView.page == view.page)
    views = list(session.scalars(own.order_by(SavedView.position, SavedView.name)))
    at = views.index(view)
    to = min(len(views) - 1, max(0, at + (1 if by > 0 else -1)))
    views[at], views[to] = views[to], views[at]
    for position, other in enumerate(views):
        other.position = position
    session.flush()


def choose_default(session: Session, viewer: Viewer, page: str, view_id: int | None) -> None:
    """The view the viewer's page opens with; None: with everything. Raises NoSuchView."""
    if view_id is not None:
        seen = select(SavedView.id).where(SavedView.id == view_id, SavedView.page == page, seen_by(viewer))
        if session.scalar(seen) is None:
            raise NoSuchView(view_id)
    session.execute(delete(DefaultView).where(DefaultView.user_id == viewer.user_id, DefaultView.page == page))
    if view_id is not None:
        session.add(DefaultView(user_id=viewer.user_id, page=page, view_id=view_id))
    session.flush()


def may_share_with_all(viewer: Viewer) -> bool:
    """Whether the viewer may share with everybody: those who lead."""
    return viewer.has_role(*SHARES_WITH_ALL)


def teams_to_share_with(session: Session, viewer: Viewer) -> tuple[tuple[int, str], ...]:
    """The teams (id, name) the viewer may share a view with: their own as a manager, any as a lead."""
    wanted = select(Team.id, Team.name).order_by(Team.name, Team.id)
    if not may_share_with_all(viewer):
        if not (viewer.has_role("manager") and viewer.managed_team_ids):
            return ()
        wanted = wanted.where(Team.id.in_(sorted(viewer.managed_team_ids)))
    return tuple((row.id, row.name) for row in session.execute(wanted))


def _check_sharing(session: Session, viewer: Viewer, shared: str, team_id: int | None) -> None:
    if shared not in SHARED_WITH:
        raise ViewRefused("shared", "A view is shared with nobody, a team or everybody.")
    if shared == "everybody" and not may_share_with_all(viewer):
        raise ViewRefused("shared", "Only a quality lead or the head of sales shares a view with everybody.")
    if shared == "team" and team_id not in {team for team, _name in teams_to_share_with(session, viewer)}:
        raise ViewRefused("team", "Choose a team you manage.")


def _share(session: Session, viewer: Viewer, view: SavedView, shared: str, team_id: int | None) -> None:
    team = team_id if shared == "team" else None
    before = (view.shared or "nobody", view.team_id)
    view.shared, view.team_id = shared, team
    if before != (shared, team):
        if view.id is None:
            view.query = view.query or ""
        session.flush()
        record(session, viewer.user_id, "view.shared", "saved_view", view.id, name=view.name, shared=shared, team=team)


def _own(session: Session, viewer: Viewer, view_id: int) -> SavedView:
    view = session.scalar(select(SavedView).where(SavedView.id == view_id, SavedView.user_id == viewer.user_id))
    if view is None:
        raise NoSuchView(view_id)
    return view
