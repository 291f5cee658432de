"""The one rule of who may see which call. Every query that touches a call, its audio or its words goes through it.

| Role | Sees |
|---|---|
| rep | the calls of the rep this sign-in speaks as |
| manager | the calls of reps in the teams they manage, and their own |
| reviewer | every call (a reviewer's scope narrows this once scopes exist) |
| quality lead, head of sales | every call |
| external reviewer | the calls assigned to them, while they wait and once they have scored them |
| admin | none, unless another role gives some |

A call somebody may not see does not exist for them: queries answer None or leave it out, never "forbidden".
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from review.models import Assignment, Call, Client, Deal, Rep, WinBackLead
from review.queries.viewer import Viewer


def visible_calls(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `call` must meet for this viewer."""
    by_rep = _belongs_to_visible_rep(viewer, Call.rep_id)
    if viewer.sees_all or not viewer.has_role("external_reviewer"):
        return by_rep
    given = select(Assignment.call_id).where(
        Assignment.user_id == viewer.user_id, Assignment.state.in_(("open", "done"))
    )
    return or_(by_rep, Call.id.in_(given))


def visible_deals(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `deal` must meet to be the viewer's: by its rep, as for calls."""
    return _belongs_to_visible_rep(viewer, Deal.rep_id)


def visible_clients(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `client` must meet: one of its calls or deals is the viewer's, by its rep.

    A lead that was reopened for a rep shows them its client while they work on it, but none of its calls. A call that
    was only assigned to an external reviewer shows them nothing of the client.
    """
    if viewer.sees_all:
        return true()
    speaks_as = sorted(viewer.rep_ids) if viewer.has_role("rep", "manager") else []
    return or_(
        exists().where(Call.client_id == Client.id, _belongs_to_visible_rep(viewer, Call.rep_id)),
        exists().where(Deal.client_id == Client.id, visible_deals(viewer)),
        exists().where(
            WinBackLead.client_id == Client.id,
            WinBackLead.state == "reopened",
            WinBackLead.new_owner_id.in_(speaks_as),
        ),
    )


def visible_reps(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `rep` must meet: the viewer may see this rep's calls."""
    if viewer.sees_all:
        return true()
    conditions = []
    if viewer.rep_ids and viewer.has_role("rep", "manager"):
        conditions.append(Rep.id.in_(sorted(viewer.rep_ids)))
    if viewer.managed_team_ids and viewer.has_role("manager"):
        conditions.append(Rep.team_id.in_(sorted(viewer.managed_team_ids)))
    return or_(*conditions) if conditions else false()


def _belongs_to_visible_rep(viewer: Viewer, rep_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    if viewer.sees_all:
        return true()
    if viewer.has_role("manager") and viewer.managed_team_ids:
        return rep_id.in_(select(Rep.id).where(visible_reps(viewer)))
    if viewer.has_role("rep", "manager") and viewer.rep_ids:
        return rep_id.in_(sorted(viewer.rep_ids))  # by number: the index on (rep, time) then gives the order as well
    return false()
