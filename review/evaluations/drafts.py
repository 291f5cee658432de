"""Saving a draft: by its revision, so that of two windows neither overwrites the other."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.evaluations.sheet import LONGEST_TEXT, AnswersRefused, check_answers, keep_automatic, read_answers, score_of
from review.evaluations.types import EvaluationChanged, EvaluationView, NoSuchEvaluation, NotNow, Timing
from review.evaluations.view import acts_of, make_view, visible_evaluations
from review.learning.shown import standard_of
from review.models import Call, Evaluation, utc_now
from review.queries.viewer import Viewer
from scoring.standards import Standard, StandardNotFound


def save_draft(
    session: Session,
    call_id: int,
    evaluation_id: int,
    viewer: Viewer,
    *,
    revision: int,
    answers: object,
    comment: str,
    timing: Timing | None = None,
) -> EvaluationView:
    """Keep what was typed; the draft with its score so far.

    Raises NoSuchEvaluation, EvaluationChanged (with what stands there), NotNow, AnswersRefused.
    """
    timing = timing or Timing()
    row, call = hold(session, call_id, evaluation_id, viewer)
    check_revision(session, row, call, viewer, revision, timing)
    write_answers(session, row, viewer, answers, comment)
    return make_view(session, row, viewer, call.rep_id, call.assessment_id, timing)


def hold(session: Session, call_id: int, evaluation_id: int, viewer: Viewer) -> tuple[Evaluation, Call]:
    """The row, held until the transaction ends, and its call. Raises NoSuchEvaluation."""
    found = session.execute(
        select(Evaluation, Call)
        .join(Call, Call.id == Evaluation.call_id)
        .where(Evaluation.id == evaluation_id, Evaluation.call_id == call_id, visible_evaluations(viewer, utc_now()))
        .with_for_update(of=Evaluation)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NoSuchEvaluation(evaluation_id)
    return found[0], found[1]


def check_revision(
    session: Session, row: Evaluation, call: Call, viewer: Viewer, revision: int, timing: Timing
) -> None:
    """Raise EvaluationChanged or NotNow unless the viewer may write on this revision."""
    if row.revision != revision:
        raise EvaluationChanged(make_view(session, row, viewer, call.rep_id, call.assessment_id, timing))
    if "edit" not in acts_of(row, viewer, call.rep_id, timing, utc_now()):
        raise NotNow("locked", row.state)


def write_answers(session: Session, row: Evaluation, viewer: Viewer, answers: object, comment: str) -> Standard:
    """Write checked answers and their score into the row; the scorecard they answer. Raises AnswersRefused."""
    comment = comment.replace("\x00", "")
    if len(comment) > LONGEST_TEXT:
        raise AnswersRefused(
            "", "comment", f"The comment has {len(comment)} characters; it can have {LONGEST_TEXT}. It was not stored."
        )
    sheet = pinned(session, row)
    read = keep_automatic(read_answers(row.answers), check_answers(sheet, answers))
    score = score_of(sheet, read)
    row.answers = {name: answer.to_json() for name, answer in read.items()}
    row.comment = comment
    row.raw, row.final, row.critical, row.coverage = score.raw, score.final, score.critical, score.coverage
    row.saved_by = viewer.name
    row.revision += 1
    row.updated_at = utc_now()
    session.flush()
    return sheet


def pinned(session: Session, row: Evaluation) -> Standard:
    """The scorecard the evaluation was begun with. Raises StandardNotFound."""
    sheet = standard_of(session, row.standard, row.version)
    if sheet is None:
        raise StandardNotFound(f"{row.standard} v{row.version}", ())
    return sheet
