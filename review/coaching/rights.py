"""Who sees which coaching, and who may coach whom.

| Role | Sees |
|---|---|
| rep | the sessions and plans of the rep this sign-in speaks as, without the coach's private notes |
| manager | those of reps in the teams they manage, and those they led themselves |
| quality lead, head of sales | all |
| reviewer, external reviewer, admin | none, unless another role gives some |

A coach's private notes are read by that coach alone.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.models import CoachingPlan, CoachingSession, Rep
from review.queries.viewer import Viewer

COACHES: Final = ("manager", "quality_lead", "head_of_sales")
COACHES_ALL: Final = ("quality_lead", "head_of_sales")


def visible_sessions(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `coaching_session` must meet for this viewer."""
    return _visible(viewer, CoachingSession.rep_id, CoachingSession.coach_id)


def visible_plans(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `coaching_plan` must meet for this viewer."""
    return _visible(viewer, CoachingPlan.rep_id, CoachingPlan.coach_id)


def coached_reps(viewer: Viewer) -> ColumnElement[bool]:
    """The condition a row of `rep` must meet for this viewer to coach them. Nobody coaches themselves."""
    if viewer.has_role(*COACHES_ALL):
        return true() if not viewer.rep_ids else Rep.id.not_in(sorted(viewer.rep_ids))
    if not viewer.has_role("manager") or not viewer.managed_team_ids:
        return false()
    in_team = Rep.team_id.in_(sorted(viewer.managed_team_ids))
    return in_team if not viewer.rep_ids else in_team & Rep.id.not_in(sorted(viewer.rep_ids))


def may_coach(session: Session, viewer: Viewer, rep_id: int | None) -> bool:
    """Whether the viewer may coach this rep now: a rep who moved to another team is coached there."""
    if rep_id is None:
        return False
    return session.scalar(select(Rep.id).where(Rep.id == rep_id, coached_reps(viewer))) is not None


def is_rep(viewer: Viewer, rep_id: int | None) -> bool:
    """Whether the viewer is the rep it is about."""
    return rep_id is not None and rep_id in viewer.rep_ids and viewer.has_role("rep", "manager")


def _visible(
    viewer: Viewer, rep_id: InstrumentedAttribute[int | None], coach_id: InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    if viewer.has_role(*COACHES_ALL):
        return true()
    conditions: list[ColumnElement[bool]] = []
    if viewer.rep_ids and viewer.has_role("rep", "manager"):
        conditions.append(rep_id.in_(sorted(viewer.rep_ids)))
    if viewer.has_role("manager"):
        conditions.append(coach_id == viewer.user_id)
        if viewer.managed_team_ids:
            conditions.append(rep_id.in_(select(Rep.id).where(Rep.team_id.in_(sorted(viewer.managed_team_ids)))))
    return or_(*conditions) if conditions else false()
