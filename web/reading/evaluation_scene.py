"""The evaluations of one call as its page finds them: the viewer's draft, everybody's, and what must be veiled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from review.disputes.listing import standing_of
from review.evaluations import NoSuchEvaluation, Timing, find_draft, list_for_call, read_evaluation
from review.evaluations.view import JUDGES, SHOWN
from review.outside.hiding import reasons_of
from review.queries.call import CallDetail
from review.queries.viewer import Viewer
from review.sampling.assignments import find_mine
from web.reading.evaluation import Scene
from web.reading.queue import read_why


def read_scene(
    session: Any, viewer: Viewer, call: CallDetail, timing: Timing, *, evaluation_id: int | None = None
) -> Scene:
    """The scene for a call the viewer may see. `evaluation_id` names another's draft that a lead goes on with."""
    rows = list_for_call(session, call.id, viewer, timing)
    disputes = standing_of(session, call.id, viewer) if any(row.state in SHOWN or row.dispute for row in rows) else {}
    if not viewer.has_role(*JUDGES):
        return Scene(None, rows, call.veiled, disputes=disputes)
    draft = find_draft(session, call.id, viewer, timing) if any(r.mine and r.state == "draft" for r in rows) else None
    if draft is None and evaluation_id is not None:
        try:
            found = read_evaluation(session, call.id, evaluation_id, viewer, timing)
        except NoSuchEvaluation:
            found = None
        draft = found if found is not None and "edit" in found.may else None
    assignment = find_mine(session, call.id, viewer.user_id)
    if assignment is not None and viewer.is_outsider:
        assignment = replace(assignment, why=reasons_of(session, call.id, assignment.why))
    waits = assignment is not None and assignment.state == "open"
    begins_blind = draft is None and waits and call.veiled
    veiled = call.veiled or (draft is not None and draft.blind)
    why = None if assignment is None else read_why(assignment, veiled=veiled)
    return Scene(draft, rows, veiled, begins_blind, waits, why, disputes)
