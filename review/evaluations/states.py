"""The steps after a submission: shown to the rep, opened again, acknowledged, final or void.

Disputing one is `review.disputes`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.crm.call_notes import note_evaluated
from review.disputes.voiding import end_with_evaluation
from review.disputes.windows import drop_window, open_window
from review.evaluations.counted import counts
from review.evaluations.drafts import hold
from review.evaluations.judged import show_anew
from review.evaluations.others import notify
from review.evaluations.sheet import LONGEST_TEXT, AnswersRefused
from review.evaluations.types import EvaluationView, NotNow, Timing
from review.evaluations.view import acts_of, make_view, state_of
from review.learning.verdicts import without_numbers
from review.models import Call, Evaluation, EvaluationEvent, Rep, utc_now
from review.queries.viewer import Viewer
from review.services.audit import record
from review.services.corrections import lock_call


def move(
    session: Session,
    call_id: int,
    evaluation_id: int,
    viewer: Viewer,
    act: str,
    *,
    words: str = "",
    timing: Timing | None = None,
) -> EvaluationView:
    """Do one act: reopen, acknowledge, finish or void; the last one takes `words`. An open dispute ends with the void.

    Raises NoSuchEvaluation, NotNow, AnswersRefused (words missing or too long).
    """
    timing = timing or Timing()
    lock_call(session, call_id)
    row, call = hold(session, call_id, evaluation_id, viewer)
    now = utc_now()
    if act not in acts_of(row, viewer, call.rep_id, timing, now):
        raise NotNow(act, state_of(row, now))
    words = " ".join(words.replace("\x00", "").split())
    if act == "void" and not words and row.state != "draft":
        raise AnswersRefused("", "words", "Say in a few words why.")
    if len(words) > LONGEST_TEXT:
        raise AnswersRefused(
            "", "words", f"This text has {len(words)} characters; it can have {LONGEST_TEXT}. It was not stored."
        )
    words = without_numbers(words, call.language)
    was = state_of(row, now)
    if was == "shown" and row.state == "submitted":
        show(session, row, call, now)
    _change(row, act, words, now)
    if act == "reopen":
        drop_window(session, row.id)
    row.revision += 1
    row.updated_at = now
    event = {"finish": "final", "reopen": "reopened", "acknowledge": "acknowledged"}.get(act, act)
    add_event(session, row, viewer, event, words=words, was=was)
    record(session, viewer.user_id, f"evaluation.{event}", "call", call_id, evaluation=row.id, was=was, final=row.final)
    session.flush()
    if act in ("void", "reopen"):
        show_anew(session, call)
    if was == "disputed":
        end_with_evaluation(session, row, viewer, now)
    return make_view(session, row, viewer, call.rep_id, call.assessment_id, timing)


def _change(row: Evaluation, act: str, words: str, now: datetime) -> None:
    if act == "reopen":
        row.state, row.submitted_at, row.show_at, row.shown_at = "draft", None, None, None
    elif act == "acknowledge":
        row.state, row.answered_at = "acknowledged", now
    elif act == "finish":
        row.state, row.closed_at = "final", now
    else:
        row.state, row.closed_at, row.void_reason = "void", now, words


def show(session: Session, row: Evaluation, call: Call, now: datetime) -> None:
    """Write down that the rep sees it from now on, and tell them. Its verdicts count from now on."""
    row.state, row.shown_at, row.updated_at = "shown", row.show_at or now, now
    session.add(EvaluationEvent(evaluation_id=row.id, user_id=None, event="shown", details={}))
    user_id = session.scalar(select(Rep.user_id).where(Rep.id == call.rep_id))
    if user_id is not None:
        notify(session, user_id, "evaluation_shown", row.call_id, evaluation=row.id, by=row.reviewer)
    open_window(session, row, user_id)
    note_evaluated(session, row.call_id, row.id)


def due_to_show(session: Session) -> bool:
    """Whether the time of a submitted evaluation has come. Reads only."""
    due = (
        select(Evaluation.id).where(Evaluation.state == "submitted", Evaluation.show_at <= utc_now(), counts()).limit(1)
    )
    return session.scalar(due) is not None


def show_due(session: Session) -> int:
    """Show every submitted evaluation whose time has come; how many. Pages count them as shown even before this."""
    now = utc_now()
    rows = session.execute(
        select(Evaluation, Call)
        .join(Call, Call.id == Evaluation.call_id)
        .where(Evaluation.state == "submitted", Evaluation.show_at <= now, counts())
        .order_by(Evaluation.id)
        .limit(500)
        .with_for_update(of=Evaluation, skip_locked=True)
    ).all()
    for row, call in rows:
        show(session, row, call, now)
        session.flush()
        show_anew(session, call)
    return len(rows)


def add_event(session: Session, row: Evaluation, viewer: Viewer, event: str, **details: Any) -> None:
    """Append one step to the evaluation's history."""
    session.add(EvaluationEvent(evaluation_id=row.id, user_id=viewer.user_id, event=event, details=details))
