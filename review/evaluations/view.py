"""Reading evaluations: who sees which, what they may do with it, and what a blind reviewer must not see yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.evaluations.others import is_archived
from review.evaluations.sheet import read_answers
from review.evaluations.types import EvaluationRow, EvaluationView, EventRow, NoSuchEvaluation, Timing
from review.learning.shown import standard_of
from review.models import Call, Evaluation, EvaluationEvent, StoredAssessment, User, utc_now
from review.outside.hiding import hiding_of
from review.queries.blind import judges_blind
from review.queries.counted import counts
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.standards import find_standard
from scoring.standards import StandardNotFound

JUDGES: Final = ("manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer")
"""Roles that fill in scorecards, and see those of others once submitted; external reviewers only their own."""

CLOSES: Final = ("manager", "quality_lead", "head_of_sales")
"""Roles that make an evaluation final or void, and choose between two."""

SHOWN: Final = ("shown", "acknowledged", "disputed", "final")
"""States in which a rep sees an evaluation of an own call."""


def state_of(row: Evaluation, now: datetime) -> str:
    """The state that holds now: a submitted evaluation whose time has come is shown, written down or not."""
    if row.state == "submitted" and row.show_at is not None and row.show_at <= now:
        return "shown"
    return row.state


def acts_of(row: Evaluation, viewer: Viewer, rep_id: int | None, timing: Timing, now: datetime) -> frozenset[str]:
    """What this viewer may do with it now. Who may dispute it: `review.disputes`, which also ends what is disputed."""
    state = state_of(row, now)
    author = row.user_id == viewer.user_id
    if row.calibration_id is not None:
        return _acts_in_calibration(row, author)
    own_call = rep_id is not None and rep_id in viewer.rep_ids
    if not viewer.has_role(*JUDGES) or (own_call and not author):
        return frozenset({"acknowledge"}) if own_call and state == "shown" else frozenset()
    acts = set()
    if state == "draft" and (author or viewer.has_role("quality_lead")):
        acts |= {"edit", "void"}
    began = row.first_submitted_at
    if state in ("submitted", "shown") and author and began is not None and now < began + timing.edit_for:
        acts |= {"reopen"}
    # Not by whose answers they are before the rep has answered: final ends the time to dispute them.
    if viewer.has_role(*CLOSES) and (state == "acknowledged" or (state == "shown" and not author)):
        acts |= {"finish"}
    if viewer.has_role(*CLOSES) and state not in ("draft", "void"):
        acts |= {"void"}
    if state == "submitted" and author:
        acts |= {"void"}
    return frozenset(acts)


def _acts_in_calibration(row: Evaluation, author: bool) -> frozenset[str]:
    """Its author alone, and until the session closes; it goes to no rep, so nobody answers it."""
    if not author or row.closed_at is not None:
        return frozenset()
    return frozenset({"draft": {"edit"}, "submitted": {"reopen"}}.get(row.state, ()))


def visible_evaluations(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """The condition rows of (evaluation joined with call) must meet: drafts are their author's and the lead's alone.

    Those of a calibration are their author's until the session closes, and never the rep's.
    """
    if not viewer.has_role(*JUDGES):
        return and_(_visible(viewer, now), counts())
    closed = and_(Evaluation.closed_at.is_not(None), Evaluation.state != "void")
    return and_(_visible(viewer, now), or_(counts(), Evaluation.user_id == viewer.user_id, closed))


def _visible(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    shown = or_(
        Evaluation.state.in_(SHOWN),
        and_(Evaluation.state == "submitted", Evaluation.show_at <= now),
        and_(Evaluation.state == "void", Evaluation.shown_at.is_not(None)),
    )
    if not viewer.has_role(*JUDGES):
        return and_(visible_calls(viewer), shown)
    mine = Evaluation.user_id == viewer.user_id
    if viewer.is_outsider:
        return and_(visible_calls(viewer), mine)
    if viewer.has_role("quality_lead"):
        return and_(visible_calls(viewer), or_(mine, Evaluation.first_submitted_at.is_not(None), _is_draft()))
    own = Call.rep_id.in_(sorted(viewer.rep_ids)) if viewer.rep_ids else Call.id.is_(None)
    seen = and_(Evaluation.state != "draft", Evaluation.first_submitted_at.is_not(None), or_(~own, shown))
    return and_(visible_calls(viewer), or_(mine, seen))


def _is_draft() -> ColumnElement[bool]:
    return Evaluation.state == "draft"


def list_for_call(session: Session, call_id: int, viewer: Viewer, timing: Timing) -> tuple[EvaluationRow, ...]:
    """The evaluations of a call that the viewer may see, oldest first; without thrown away drafts. Two statements."""
    now = utc_now()
    found = session.execute(
        select(Evaluation, Call.rep_id)
        .join(Call, Call.id == Evaluation.call_id)
        .where(Evaluation.call_id == call_id, visible_evaluations(viewer, now), _kept(), _own_or_counted(viewer))
        .order_by(Evaluation.id)
    ).all()
    blind = any(row.user_id != viewer.user_id for row, _ in found) and judges_blind(session, call_id, viewer.user_id)
    return tuple(
        EvaluationRow(**list_fields(row, viewer, rep_id, timing, now, blind and row.user_id != viewer.user_id))
        for row, rep_id in found
    )


def _own_or_counted(viewer: Viewer) -> ColumnElement[bool]:
    """Lists leave out other people's scorecards of calibrations: those stand side by side on the session's page."""
    return or_(counts(), Evaluation.user_id == viewer.user_id)


def _kept() -> ColumnElement[bool]:
    return or_(Evaluation.state != "void", Evaluation.first_submitted_at.is_not(None))


def read_evaluation(
    session: Session, call_id: int, evaluation_id: int, viewer: Viewer, timing: Timing
) -> EvaluationView:
    """One evaluation with its answers. Raises NoSuchEvaluation."""
    now = utc_now()
    found = session.execute(
        select(Evaluation, Call.rep_id, Call.assessment_id)
        .join(Call, Call.id == Evaluation.call_id)
        .where(Evaluation.id == evaluation_id, Evaluation.call_id == call_id, visible_evaluations(viewer, now))
    ).one_or_none()
    if found is None:
        raise NoSuchEvaluation(evaluation_id)
    row, rep_id, shown_id = found
    hidden = False
    if row.user_id != viewer.user_id:
        hidden = judges_blind(session, call_id, viewer.user_id)
    return make_view(session, row, viewer, rep_id, shown_id, timing, hidden=hidden)


def find_draft(session: Session, call_id: int, viewer: Viewer, timing: Timing) -> EvaluationView | None:
    """The viewer's own draft of this call, or None."""
    found = session.execute(
        select(Evaluation, Call.rep_id, Call.assessment_id)
        .join(Call, Call.id == Evaluation.call_id)
        .where(
            Evaluation.call_id == call_id,
            Evaluation.user_id == viewer.user_id,
            Evaluation.state == "draft",
            visible_calls(viewer),
        )
    ).one_or_none()
    if found is None:
        return None
    row, rep_id, shown_id = found
    return make_view(session, row, viewer, rep_id, shown_id, timing)


def make_view(
    session: Session,
    row: Evaluation,
    viewer: Viewer,
    rep_id: int | None,
    shown_id: int | None,
    timing: Timing,
    *,
    hidden: bool = False,
) -> EvaluationView:
    """The whole view of a row that the viewer may see. Raises StandardNotFound when the pinned version is gone."""
    now = utc_now()
    sheet = standard_of(session, row.standard, row.version)
    if sheet is None:
        raise StandardNotFound(f"{row.standard} v{row.version}", ())
    calibrating = row.calibration_id is not None and row.closed_at is None
    secret = hidden or calibrating or (row.blind and row.state == "draft")
    newest = _newest_version(session, row.standard)
    return EvaluationView(
        **list_fields(row, viewer, rep_id, timing, now, hidden),
        assignment_id=row.assignment_id,
        revision=row.revision,
        saved_by=row.saved_by,
        answers={} if hidden else read_answers(row.answers),
        comment="" if hidden else row.comment,
        sheet=sheet,
        machine={} if secret else _seen_results(session, row, viewer),
        scored_again=row.assessment_id != shown_id,
        newer_version=newest if newest not in (None, row.version) else None,
        archived=is_archived(session, row.standard),
    )


def _seen_results(session: Session, row: Evaluation, viewer: Viewer) -> Mapping[str, Mapping[str, Any]]:
    """The machine's results; to outsiders without the names and addresses that its quotes hold."""
    found = machine_results(session, row.assessment_id)
    return hiding_of(session, row.call_id).in_json(found) if viewer.is_outsider and found else found


def machine_results(session: Session, assessment_id: int | None) -> dict[str, dict[str, Any]]:
    """The machine's results by criterion, as stored."""
    if assessment_id is None:
        return {}
    body = session.scalar(select(StoredAssessment.body).where(StoredAssessment.id == assessment_id))
    return {} if body is None else {str(item["id"]): item for item in unpack_body(body).get("criteria") or []}


def read_history(session: Session, evaluation_id: int) -> tuple[EventRow, ...]:
    """Every step of an evaluation, oldest first. One statement."""
    rows = session.execute(
        select(EvaluationEvent, User.name)
        .outerjoin(User, User.id == EvaluationEvent.user_id)
        .where(EvaluationEvent.evaluation_id == evaluation_id)
        .order_by(EvaluationEvent.id)
    )
    return tuple(EventRow(event.at, event.event, name, event.details) for event, name in rows)


def submitted_count(session: Session, *, user_id: int | None = None, since: datetime | None = None) -> int:
    """How many evaluations stand submitted (or further, not void): of one person, since a moment."""
    query = select(func.count()).select_from(Evaluation).where(Evaluation.state.not_in(("draft", "void")), counts())
    if user_id is not None:
        query = query.where(Evaluation.user_id == user_id)
    if since is not None:
        query = query.where(Evaluation.submitted_at >= since)
    return session.scalar(query) or 0


def _newest_version(session: Session, name: str) -> int | None:
    try:
        return find_standard(session, name).version
    except StandardNotFound:
        return None


def list_fields(
    row: Evaluation, viewer: Viewer, rep_id: int | None, timing: Timing, now: datetime, hidden: bool
) -> dict[str, Any]:
    """The fields of an EvaluationRow; the score of a hidden one, or of a blind draft, is left out."""
    secret = hidden or (row.blind and row.state == "draft")
    return {
        "id": row.id,
        "call_id": row.call_id,
        "standard": row.standard,
        "version": row.version,
        "user_id": row.user_id,
        "reviewer": row.reviewer,
        "mine": row.user_id == viewer.user_id,
        "state": state_of(row, now),
        "blind": row.blind,
        "hidden": hidden,
        "raw": None if secret else row.raw,
        "final": None if secret else row.final,
        "critical": None if secret else row.critical,
        "coverage": None if secret else row.coverage,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "submitted_at": row.submitted_at,
        "show_at": row.show_at,
        "shown_at": row.shown_at,
        "answered_at": row.answered_at,
        "dispute": row.dispute,
        "void_reason": row.void_reason,
        "calibration_id": row.calibration_id,
        "may": acts_of(row, viewer, rep_id, timing, now),
    }
