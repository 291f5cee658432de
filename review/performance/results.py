"""Keeping what was answered on a call as rows, one for each criterion and source, and which of them stands.

People's answers are read from their verdicts: there the one condition says what counts (an evaluation that is shown,
not void, not taken back; a calibration makes none). So whatever changes an evaluation, the rows follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.learning.shown import counts, standard_of
from review.models import Assignment, Call, CriterionResult, Evaluation, StoredAssessment, Verdict, utc_now
from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, UNANSWERED
from scoring.scorecard import fraction
from scoring.standards import Standard

_NO_OPTION: Final = (NOT_APPLICABLE, CANNOT_JUDGE)
_BY_LOT_OR_RISK: Final = ("random", "risk")

Row = dict[str, Any]


def keep_machine(session: Session, call: Call | int, assessment: Mapping[str, Any] | None) -> None:
    """Keep the answers of the assessment a call shows (the contract's JSON as the machine made it). Does not commit."""
    call_id = call if isinstance(call, int) else call.id
    _keep(session, call_id, assessment)


def keep_person(session: Session, evaluation: Evaluation) -> None:
    """Keep a person's answers after an evaluation was submitted, shown, settled, opened again or voided."""
    session.flush()
    keep_call(session, evaluation.call_id)


def keep_call(session: Session, call_id: int) -> None:
    """Keep a call's answers anew from what is stored: the shown assessment and the verdicts that count."""
    body = session.scalar(
        select(StoredAssessment.body).join(Call, Call.assessment_id == StoredAssessment.id).where(Call.id == call_id)
    )
    _keep(session, call_id, None if body is None else unpack_body(body))


def follow_rep(session: Session, call_id: int) -> None:
    """After a call got its rep or its time: its answers are that rep's, at that time."""
    facts = session.execute(select(Call.rep_id, Call.happened_at).where(Call.id == call_id)).one()
    session.execute(
        update(CriterionResult)
        .where(CriterionResult.call_id == call_id)
        .values(rep_id=facts.rep_id, happened_at=facts.happened_at)
        .execution_options(synchronize_session=False)
    )


def follow_reps(session: Session, rep_id: int) -> None:
    """After many calls without a rep became this rep's at once: so are their answers."""
    theirs = select(Call.id).where(Call.rep_id == rep_id)
    session.execute(
        update(CriterionResult)
        .where(CriterionResult.rep_id.is_(None), CriterionResult.call_id.in_(theirs))
        .values(rep_id=rep_id)
        .execution_options(synchronize_session=False)
    )


def _keep(session: Session, call_id: int, assessment: Mapping[str, Any] | None) -> None:
    call = session.execute(
        select(Call.rep_id, Call.happened_at, Call.assessment_id).where(Call.id == call_id)
    ).one_or_none()
    if call is None:
        return
    by_people = _by_people(session, call_id)
    by_machine = [] if assessment is None else _by_machine(session, assessment, call.assessment_id)
    decided = {row["criterion"] for row in by_people}
    rows = [
        {
            **row,
            "call_id": call_id,
            "rep_id": call.rep_id,
            "happened_at": call.happened_at,
            "stands": row["source"] == "person" or row["criterion"] not in decided,
        }
        for row in (*by_machine, *by_people)
    ]
    session.execute(
        delete(CriterionResult).where(CriterionResult.call_id == call_id).execution_options(synchronize_session=False)
    )
    if rows:
        session.execute(insert(CriterionResult), rows)


def _by_machine(session: Session, assessment: Mapping[str, Any], assessment_id: int | None) -> list[Row]:
    name, version = str(assessment["standard"]), int(assessment["version"])
    standard = standard_of(session, name, version)
    rows = []
    for item in assessment.get("criteria") or []:
        answer = str(item.get("answer") or UNANSWERED)
        row = None if standard is None else _row(standard, str(item["id"]), answer, "machine")
        if row is not None:
            rows.append({**row, "assessment_id": assessment_id, "evaluation_id": None, "part": None})
    return rows


def _by_people(session: Session, call_id: int) -> list[Row]:
    """The newest verdict that counts on each criterion, as a row."""
    found = session.execute(
        select(
            Verdict.target,
            Verdict.standard,
            Verdict.version,
            Verdict.answer,
            Verdict.evaluation_id,
            Assignment.part,
        )
        .outerjoin(Evaluation, Evaluation.id == Verdict.evaluation_id)
        .outerjoin(Assignment, Assignment.id == Evaluation.assignment_id)
        .where(Verdict.call_id == call_id, Verdict.kind == "criterion", counts(utc_now()))
        .order_by(Verdict.id)
    ).all()
    rows: dict[str, Row] = {}
    for verdict in found:
        standard = standard_of(session, verdict.standard, verdict.version)
        row = None if standard is None else _row(standard, verdict.target, verdict.answer, "person")
        if row is None:
            continue
        drawn = verdict.part if verdict.part in _BY_LOT_OR_RISK else "chosen"
        rows[verdict.target] = {**row, "assessment_id": None, "evaluation_id": verdict.evaluation_id, "part": drawn}
    return list(rows.values())


def _row(standard: Standard, target: str, answer: str, source: str) -> Row | None:
    """The part of a row that follows from the answer; None where nothing was answered, or nothing this scorecard asks.

    Typed words have no points and no row.
    """
    for section in standard.sections:
        for criterion in section.criteria:
            if criterion.id != target:
                continue
            chosen = criterion.chosen(answer)
            if chosen is None and answer not in _NO_OPTION:
                return None
            if criterion.most <= criterion.least:
                return None
            return {
                "standard": standard.name,
                "version": standard.version,
                "criterion": target,
                "section": section.id,
                "source": source,
                "answer": answer,
                "fraction": None if chosen is None else round(fraction(criterion, chosen.points), 6),
            }
    return None
