"""The evaluations of one call as its page finds them: the viewer's draft, everybody's, and what must be veiled."""

from __future__ import annotations

from typing import Any

from review.evaluations import NoSuchEvaluation, Timing, find_draft, list_for_call, read_evaluation
from review.evaluations.others import find_assignment
from review.evaluations.view import JUDGES
from review.queries.viewer import Viewer
from web.reading.evaluation import Scene


def read_scene(
    session: Any,
    viewer: Viewer,
    call_id: int,
    timing: Timing,
    *,
    assignment_id: int | None = None,
    evaluation_id: int | None = None,
) -> Scene:
    """The scene for a call the viewer may see. `evaluation_id` names another's draft that a lead goes on with."""
    rows = list_for_call(session, call_id, viewer, timing)
    if not viewer.has_role(*JUDGES):
        return Scene(None, rows, False)
    draft = find_draft(session, call_id, viewer, timing) if any(r.mine and r.state == "draft" for r in rows) else None
    if draft is None and evaluation_id is not None:
        try:
            found = read_evaluation(session, call_id, evaluation_id, viewer, timing)
        except NoSuchEvaluation:
            found = None
        draft = found if found is not None and "edit" in found.may else None
    assignment = None
    if draft is None and assignment_id is not None:
        assignment = find_assignment(session, assignment_id, viewer.user_id)
    pending = assignment is not None and assignment.call_id == call_id and bool(getattr(assignment, "blind", False))
    done = any(row.mine and row.state not in ("draft", "void") for row in rows)
    begins_blind = pending and not done
    return Scene(draft, rows, begins_blind or (draft is not None and draft.blind), begins_blind)
