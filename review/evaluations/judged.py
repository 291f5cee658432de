"""From a submitted evaluation to verdicts: appended beside the machine's answers, never in their place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.evaluations.sheet import Answer, asked, criteria_of, machine_answer
from review.learning.shown import WITHDRAWN, not_withdrawn, refresh_call
from review.learning.verdicts import DRAWN, without_numbers
from review.models import Call, Evaluation, LabelRequest, StoredAssessment, Verdict, utc_now
from review.performance.results import keep_machine
from review.queries.viewer import Viewer
from scoring.assessment import NOT_APPLICABLE
from scoring.standards import Standard


def add_verdicts(
    session: Session,
    call: Call,
    row: Evaluation,
    sheet: Standard,
    viewer: Viewer,
    answers: Mapping[str, Answer],
    *,
    only: Collection[str] | None = None,
    part: str = "",
) -> int:
    """Append one verdict for every answer, or for the criteria in `only` (typed words judge nothing); how many.

    An answer that an earlier submission of this evaluation gave and this one does not is taken back by a verdict of its
    own: from then on neither counts.
    `part` is the sampling part the call was drawn by: of a call drawn at random every criterion was. A criterion whose
    condition is not met is a verdict too where the machine answered it: it does not apply.
    """
    stored = session.get(StoredAssessment, row.assessment_id) if row.assessment_id is not None else None
    body: dict[str, Any] = unpack_body(stored.body) if stored is not None else {}
    machine = {str(item["id"]): machine_answer(item) for item in body.get("criteria") or []}
    wanted = session.execute(select(LabelRequest.target, LabelRequest.why).where(LabelRequest.call_id == call.id))
    drawn = {target: DRAWN.get(why, "chosen") for target, why in wanted}
    shown = asked(sheet, answers)
    standing = _said_before(session, row)
    rows: list[dict[str, Any]] = []
    now = utc_now()
    for name, criterion in criteria_of(sheet).items():
        given = answers.get(name)
        if criterion.kind == "text" or (only is not None and name not in only):
            continue
        if not shown[name]:
            by_condition = machine.get(name) not in (None, "", NOT_APPLICABLE)
            given = Answer(NOT_APPLICABLE) if by_condition else None
        answer = given.answer if given is not None else ""
        if not answer:
            if name not in standing:
                continue
            answer = WITHDRAWN
        machine_said = machine.get(name) or None
        rows.append(
            {
                "call_id": call.id,
                "assessment_id": row.assessment_id,
                "transcript_id": stored.transcript_id if stored is not None else None,
                "standard": row.standard,
                "version": row.version,
                "kind": "criterion",
                "target": name,
                "machine": machine_said,
                "answer": answer,
                "confirmed": machine_said == answer,
                "reason": without_numbers(" ".join(given.reason.split()), call.language) if given is not None else "",
                "user_id": viewer.user_id,
                "reviewer": viewer.email,
                "drawn_by": part if part in ("random", "risk") else drawn.get(name, "chosen"),
                "packs": dict(body.get("packs") or {}),
                "models": dict(body.get("models") or {}),
                "evaluation_id": row.id,
                "created_at": now,
            }
        )
    session.flush()
    if rows:
        session.execute(insert(Verdict), rows)
    return len(rows)


def _said_before(session: Session, row: Evaluation) -> frozenset[str]:
    """The criteria on which this evaluation has a verdict that stands."""
    mine = (Verdict.evaluation_id == row.id, Verdict.kind == "criterion", not_withdrawn())
    return frozenset(session.scalars(select(Verdict.target).where(*mine)))


def show_anew(session: Session, call: Call) -> None:
    """Copy the call's shown score onto its row again: people's answers before the machine's."""
    stored = session.get(StoredAssessment, call.assessment_id) if call.assessment_id is not None else None
    body = None if stored is None else unpack_body(stored.body)
    if body is not None:
        refresh_call(session, call.id, body)
    keep_machine(session, call.id, body)
