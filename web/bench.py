"""What the call page is drawn from: read once, for the page and for the acts that answer with its newer scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from flask import render_template, url_for

from review.evaluations import Timing
from review.learning.certainty import read_share_of_doubt
from review.queries.call import CallDetail, get_call, veil
from review.queries.call_audio import AUDIO_NAME, audio_folder
from web.access import rule_of
from web.auth import viewer
from web.parts import parts
from web.reading.evaluation_panel import read_panel
from web.reading.evaluation_scene import read_scene
from web.reading.page import read_judgement, read_page
from web.reading.verdicts import ByPeople, lay_verdicts


def timing() -> Timing:
    """When evaluations are shown here, and for how long they may be opened again."""
    settings = parts().settings
    return Timing(timedelta(hours=settings.evaluation_show_hours), timedelta(hours=settings.evaluation_edit_hours))


def read_bench(db: Any, call_id: int, *, evaluation_id: int | None = None, whole: bool = True) -> dict[str, Any] | None:
    """The words `call.html` is filled with; None when the viewer may not see the call.

    Without `whole` only what the judgement needs: no transcript, client or neighbours, which take long in a long call.
    """
    call = get_call(db, viewer(), call_id, whole=whole)
    if call is None:
        return None
    judged = lay_verdicts(db, call)
    if viewer().is_outsider:  # who inside decided what is nothing they judge by
        judged = ByPeople(_as_far_as_made(db, call), {}, {}, None)
    scene = read_scene(db, viewer(), call, timing(), evaluation_id=evaluation_id)
    if scene.veiled:  # a blind reviewer reads nothing of what the machine or others think until they have submitted
        call, judged = veil(judged.call), ByPeople(veil(judged.call), {}, {}, None)
    call = judged.call
    return {
        "call": call,
        "page": read_page(call) if whole else read_judgement(call),
        "verdicts": judged.verdicts,
        "machine_answers": judged.machine,
        "assessment_id": judged.assessment_id,
        "closing_verdict": judged.closing,
        "objection_verdicts": judged.objections,
        "doubt_share": None if scene.veiled else read_share_of_doubt(db, call.assessment),
        "decides": rule_of("learning.decide").allows(viewer()) and not scene.veiled,
        "decides_any": rule_of("evaluations.begin").allows(viewer())
        and not (call.rep_id is not None and call.rep_id in viewer().rep_ids),
        "gives": rule_of("bulk.assign").allows(viewer()),
        "scene": scene,
        "form": read_panel(scene.draft, viewer()) if scene.draft else None,
    }


def _as_far_as_made(db: Any, call: CallDetail) -> CallDetail:
    """The call with its sound only if the copy without names is there already."""
    folder = audio_folder(db, viewer(), call.id) if call.audio_ready else None
    return replace(call, audio_ready=folder is not None and (parts().settings.data / folder / AUDIO_NAME).is_file())


def render_judgement(call_id: int, assignment: str = "", *, only: Literal["", "form", "scores"] = "") -> str:
    """The score, the evaluations, the scorecard, the objections and the closing as they stand now.

    An act answers with them, so that the page shows what it changed without asking again; "" when the act took the
    call out of the viewer's sight. `assignment` is the one the page was opened for, if any; `only` the
    form (the evaluations and the scorecard), or the scores beside it: where the act cannot have changed the rest.
    """
    with parts().database.read() as db:
        found = read_bench(db, call_id, whole=False)
    if found is None:
        return ""
    return render_template("call_scores.html", **found, **queue_of(assignment), only=only)


def queue_of(assignment: str) -> dict[str, Any]:
    """From a call that was opened out of the review queue, the way to the next one."""
    return {
        "assignment": assignment,
        "next_url": url_for("queue.following", after=assignment) if assignment else None,
    }
