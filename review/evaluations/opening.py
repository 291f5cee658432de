"""Beginning an evaluation: one draft for each person and call, pinned to the scorecard the machine judged it by."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.agreement.prefill import automatic_answers
from review.errors import NoSuchCall
from review.evaluations.others import find_assignment, find_open_assignment, find_seat
from review.evaluations.sheet import score_of
from review.evaluations.types import EvaluationView, NotNow, Timing
from review.evaluations.view import make_view
from review.learning.shown import standard_of
from review.models import Call, Evaluation, EvaluationEvent, Source, StandardVersion, StoredAssessment
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.audit import record
from review.services.corrections import lock_call
from review.services.sources import source_standard
from review.services.standards import find_standard
from review.upsert import insert_new


def open_evaluation(
    session: Session,
    call_id: int,
    viewer: Viewer,
    *,
    blind: bool = False,
    assignment_id: int | None = None,
    timing: Timing | None = None,
    default_standard: str | None = None,
) -> EvaluationView:
    """The viewer's draft of this call, begun now unless there is one. Raises NoSuchCall, NotNow, StandardNotFound.

    The scorecard is the one the call was judged by, in that version, whatever is published later; a call that the
    machine did not judge takes its source's; in a calibration it is the session's. A draft that is there keeps its
    mode: nobody leaves a blind review by beginning again.
    """
    if session.scalar(select(Call.id).where(Call.id == call_id, visible_calls(viewer))) is None:
        raise NoSuchCall(call_id)
    call = lock_call(session, call_id)  # two windows that begin at once come one after the other
    if call.rep_id is not None and call.rep_id in viewer.rep_ids:
        raise NotNow("own_call")
    timing = timing or Timing()
    mine = session.scalars(
        select(Evaluation)
        .where(Evaluation.call_id == call_id, Evaluation.user_id == viewer.user_id, Evaluation.state != "void")
        .order_by(Evaluation.id)
    ).all()
    wanted = assignment_id
    assignment = None if wanted is None else find_assignment(session, wanted, viewer.user_id)
    if assignment is None or assignment.call_id != call_id:
        # A call that waits for them is scored as it was asked for, blind too, by whatever way they came to it.
        assignment = find_open_assignment(session, call_id, viewer.user_id)
    assignment_id = None if assignment is None else assignment.id
    draft = next((row for row in mine if row.state == "draft"), None)
    if draft is not None:
        draft.assignment_id = draft.assignment_id or assignment_id
        return make_view(session, draft, viewer, call.rep_id, call.assessment_id, timing)
    if any(row.assignment_id == assignment_id for row in mine):
        raise NotNow("already", mine[-1].state)
    seat = find_seat(session, assignment_id or wanted, viewer.user_id)
    if seat is not None and assignment_id is None:  # skipped, or taken back: no real review is begun in its place
        raise NotNow("calibration", "open")
    if seat is None:
        name, version = _pin(session, call, default_standard, None if assignment is None else assignment.standard)
    else:
        name, version = seat.standard, seat.version
    row = Evaluation(
        call_id=call_id,
        assessment_id=call.assessment_id,
        standard=name,
        version=version,
        user_id=viewer.user_id,
        reviewer=viewer.name,
        saved_by=viewer.name,
        state="draft",
        blind=blind or (assignment is not None and assignment.blind),
        assignment_id=assignment_id,
        calibration_id=None if seat is None else seat.calibration_id,
        revision=1,
        answers={},
        comment="",
        dispute="",
        void_reason="",
    )
    if not row.blind:
        _prefill(session, row)
    session.add(row)
    session.flush()
    session.add(EvaluationEvent(evaluation_id=row.id, user_id=viewer.user_id, event="begun", details={}))
    record(session, viewer.user_id, "evaluation.begun", "call", call_id, evaluation=row.id, blind=row.blind)
    session.flush()
    return make_view(session, row, viewer, call.rep_id, call.assessment_id, timing)


def _prefill(session: Session, row: Evaluation) -> None:
    """Begin with the machine's answers to criteria in automatic mode, and the score they give."""
    sheet = standard_of(session, row.standard, row.version)
    given = {} if sheet is None else automatic_answers(session, row.assessment_id, sheet)
    if sheet is None or not given:
        return
    score = score_of(sheet, given)
    row.answers = {name: answer.to_json() for name, answer in given.items()}
    row.raw, row.final, row.critical, row.coverage = score.raw, score.final, score.critical, score.coverage


def _pin(session: Session, call: Call, default_standard: str | None, asked: str | None = None) -> tuple[str, int]:
    """The scorecard's name and version; its text is kept, so that it can be read for ever.

    `asked` is the one a sampling rule wants its calls scored by.
    """
    judged = session.get(StoredAssessment, call.assessment_id) if call.assessment_id is not None else None
    if judged is not None and asked in (None, judged.standard):
        return judged.standard, judged.version
    source = session.scalar(select(Source).where(Source.name == call.source))
    found = find_standard(
        session, asked or (source_standard(source, call.queue) if source else None) or default_standard
    )
    insert_new(
        session,
        StandardVersion,
        ("name", "version"),
        name=found.name,
        version=found.version,
        text=found.source_text,
        first_used_at=call.created_at,
    )
    return found.name, found.version
