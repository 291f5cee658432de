"""Submitting an evaluation: checked, locked, its answers appended as verdicts, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.calibration.closing import tell_when_done
from review.evaluations.drafts import check_revision, hold, pinned, write_answers
from review.evaluations.judged import add_verdicts, show_anew
from review.evaluations.others import find_assignment, finish_assignment
from review.evaluations.sheet import Answer, asked, machine_answer, missing, read_answers, score_of
from review.evaluations.states import add_event, show
from review.evaluations.types import EvaluationView, NotComplete, Timing
from review.evaluations.view import machine_results, make_view
from review.learning.verdicts import without_numbers
from review.models import Call, Evaluation, EvaluationEvent, utc_now
from review.queries.viewer import Viewer
from review.services.audit import record
from review.services.corrections import lock_call
from review.webhooks.facts import tell_submitted


def submit(
    session: Session,
    call_id: int,
    evaluation_id: int,
    viewer: Viewer,
    *,
    revision: int,
    answers: object = None,
    comment: str = "",
    timing: Timing | None = None,
) -> EvaluationView:
    """Lock the evaluation; with `answers` the draft is saved first, in the same transaction.

    The stored assessment is left as it is. Raises NoSuchEvaluation, EvaluationChanged, NotNow, AnswersRefused,
    NotComplete; then nothing is stored.
    """
    timing = timing or Timing()
    lock_call(session, call_id)
    row, call = hold(session, call_id, evaluation_id, viewer)
    check_revision(session, row, call, viewer, revision, timing)
    sheet = pinned(session, row) if answers is None else write_answers(session, row, viewer, answers, comment)
    given = read_answers(row.answers)
    machine = {name: machine_answer(item) for name, item in machine_results(session, row.assessment_id).items()}
    wanting = missing(sheet, given, {} if row.blind else machine)
    if wanting:
        raise NotComplete(wanting)
    shown = asked(sheet, given)
    language = call.language
    given = {
        name: replace(
            answer,
            reason=without_numbers(answer.reason, language),
            note=without_numbers(answer.note, language),
            confirmed=answer.confirmed and machine.get(name) == answer.answer and not row.blind,
        )
        for name, answer in given.items()
        if shown[name]
    }
    score = score_of(sheet, given)
    now = utc_now()
    before = _submitted_before(session, row)
    row.answers = {name: answer.to_json() for name, answer in given.items()}
    row.comment = without_numbers(row.comment, language)
    row.raw, row.final, row.critical, row.coverage = score.raw, score.final, score.critical, score.coverage
    row.state, row.submitted_at, row.updated_at = "submitted", now, now
    row.first_submitted_at = row.first_submitted_at or now
    row.revision += 1
    if row.calibration_id is not None:
        return _hand_in(session, row, call, viewer, timing)
    row.show_at = now + timing.show_after
    assignment = None
    if row.assignment_id is not None:
        assignment = find_assignment(session, row.assignment_id, row.user_id or viewer.user_id)
    fresh = add_verdicts(
        session,
        call,
        row,
        sheet,
        viewer,
        given,
        only=_judged_by_hand(shown, given, before),
        part=str(getattr(assignment, "part", "")),
    )
    session.add(
        EvaluationEvent(
            evaluation_id=row.id,
            user_id=viewer.user_id,
            event="submitted",
            details={"answers": row.answers, "comment": row.comment, "final": score.final},
        )
    )
    record(
        session,
        viewer.user_id,
        "evaluation.submitted",
        "call",
        call_id,
        evaluation=row.id,
        standard=row.standard,
        version=row.version,
        final=score.final,
        verdicts=fresh,
        changed=sum(machine.get(name, "") not in ("", answer.answer) for name, answer in given.items()),
    )
    tell_submitted(session, row, call.rep_id)
    finish_assignment(session, row.assignment_id, row.id)
    if row.show_at <= now:
        show(session, row, call, now)
    session.flush()
    show_anew(session, call)
    return make_view(session, row, viewer, call.rep_id, call.assessment_id, timing)


def _hand_in(session: Session, row: Evaluation, call: Call, viewer: Viewer, timing: Timing) -> EvaluationView:
    """A scorecard of a calibration: kept, and nothing else. No verdict, no score of the rep, no notice of it."""
    add_event(session, row, viewer, "submitted", answers=row.answers, comment=row.comment, final=row.final)
    record(
        session,
        viewer.user_id,
        "calibration.handed_in",
        "calibration",
        row.calibration_id,
        call=row.call_id,
        evaluation=row.id,
    )
    finish_assignment(session, row.assignment_id, row.id)
    session.flush()
    if row.calibration_id is not None:
        tell_when_done(session, row.calibration_id)
    return make_view(session, row, viewer, call.rep_id, call.assessment_id, timing)


def _judged_by_hand(
    shown: Mapping[str, bool], given: Mapping[str, Answer], before: Mapping[str, Answer] | None
) -> set[str] | None:
    """The criteria to make verdicts of: what stayed the same, or the machine answered by itself, is nobody's."""
    automatic = {name for name, answer in given.items() if answer.automatic}
    if before is None:
        return set(shown) - automatic if automatic else None
    return {name for name in shown if before.get(name) != given.get(name)} - automatic


def _submitted_before(session: Session, row: Evaluation) -> Mapping[str, Answer] | None:
    """The answers of the submission before this one, if any: what stayed the same is not a new verdict."""
    details = session.scalar(
        select(EvaluationEvent.details)
        .where(EvaluationEvent.evaluation_id == row.id, EvaluationEvent.event == "submitted")
        .order_by(EvaluationEvent.id.desc())
        .limit(1)
    )
    return None if details is None else read_answers(details.get("answers") or {})
