"""What people answered in closed calibrations, as labels beside verdicts: for agreement only, never for training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.evaluations.sheet import asked, criteria_of, machine_answer, read_answers
from review.learning.data import call_name
from review.learning.shown import standard_of
from review.models import Calibration, CalibrationCall, Call, Evaluation, StoredAssessment, User
from scoring.assessment import NOT_APPLICABLE
from scoring.learning.labels import Label


def read_calibration_labels(session: Session) -> Iterator[Label]:
    """One blind label for every answer of a closed calibration, in the order they were handed in."""
    rows = session.execute(
        select(Evaluation, Call, StoredAssessment, CalibrationCall.how, User.email)
        .join(Calibration, Calibration.id == Evaluation.calibration_id)
        .join(
            CalibrationCall,
            (CalibrationCall.calibration_id == Calibration.id) & (CalibrationCall.call_id == Evaluation.call_id),
        )
        .join(Call, Call.id == Evaluation.call_id)
        .outerjoin(StoredAssessment, StoredAssessment.id == Evaluation.assessment_id)
        .outerjoin(User, User.id == Evaluation.user_id)
        .where(Calibration.state == "closed", Evaluation.state == "submitted")
        .order_by(Evaluation.submitted_at, Evaluation.id)
    ).all()
    bodies: dict[int, dict[str, Any]] = {}
    for row, call, stored, how, email in rows:
        sheet = standard_of(session, row.standard, row.version)
        if sheet is None:
            continue
        if stored is not None and stored.id not in bodies:
            bodies[stored.id] = unpack_body(stored.body)
        body: dict[str, Any] = {} if stored is None else bodies[stored.id]
        # Another scorecard's answer is one to another question.
        own = stored is not None and stored.standard == row.standard
        machine = {str(item["id"]): machine_answer(item) for item in body.get("criteria") or []} if own else {}
        answers = read_answers(row.answers)
        shown = asked(sheet, answers)
        packs, models = dict(body.get("packs") or {}), dict(body.get("models") or {})
        for name, criterion in criteria_of(sheet).items():
            given = answers.get(name)
            said = NOT_APPLICABLE if not shown[name] else given.answer if given else ""
            if not said or criterion.kind == "text":
                continue
            yield Label(
                kind="criterion",
                call=call_name(call.source, call.external_id),
                target=name,
                answer=said,
                reviewer=email or row.reviewer,
                at=(row.submitted_at or row.updated_at).isoformat(),
                machine=machine.get(name) or None,
                standard=row.standard,
                version=row.version,
                language=next(iter(sorted(packs)), call.language or ""),
                rep=f"rep {call.rep_id}" if call.rep_id is not None else (call.rep_name or ""),
                called_at=call.happened_at.isoformat(),
                drawn_by="random" if how == "random" else "chosen",
                packs=packs,
                models=models,
                blind=True,
            )
