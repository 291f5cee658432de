"""Reading one dispute whole: who may see it, what they may do with it now, both answers, and every step."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from review.disputes.levels import DECIDING, Level, deciders, open_items
from review.disputes.people import Around, deciders_of, parties_of, side_of
from review.disputes.types import DisputeView, ItemView, NoSuchDispute, StepView
from review.evaluations.sheet import read_answers
from review.evaluations.view import machine_results
from review.learning.shown import standard_of
from review.models import (
    OPEN_DISPUTES,
    Call,
    Client,
    Dispute,
    DisputeEvent,
    DisputeItem,
    Evaluation,
    EvaluationEvent,
    Rep,
    User,
    utc_now,
)
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from scoring.standards import StandardNotFound

SEES_ALL: Final = ("quality_lead", "head_of_sales")


def visible_disputes(viewer: Viewer) -> ColumnElement[bool]:
    """The condition rows of (dispute joined with call and rep) must meet.

    One's own calls, the calls of one's teams, what one scored, raised or decided; leads and heads of sales see all.
    """
    if viewer.has_role(*SEES_ALL):
        return visible_calls(viewer)
    mine = [Dispute.scorer_id == viewer.user_id, Dispute.raised_by == viewer.user_id]
    mine.append(Dispute.first_decider_id == viewer.user_id)
    if viewer.rep_ids:
        mine.append(Call.rep_id.in_(sorted(viewer.rep_ids)))
    if viewer.has_role("manager") and viewer.managed_team_ids:
        mine.append(Rep.team_id.in_(sorted(viewer.managed_team_ids)))
    return and_(visible_calls(viewer), or_(*mine))


def rows_query() -> Select[Dispute, Evaluation, Call, Rep, str]:
    """What a line of a list is made of, one row for each dispute."""
    return (
        select(Dispute, Evaluation, Call, Rep, Client.name.label("client"))
        .join(Evaluation, Evaluation.id == Dispute.evaluation_id)
        .join(Call, Call.id == Dispute.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Client, Client.id == Call.client_id)
    )


def row_fields(
    found: Row[Dispute, Evaluation, Call, Rep, str],
    viewer: Viewer,
    now: datetime,
    items: tuple[DisputeItem, ...],
    before: float | None,
    *,
    veiled: bool = False,
) -> dict[str, Any]:
    """The fields of a DisputeRow; of a `veiled` call, which the viewer is to judge blind, nothing that was answered."""
    dispute, evaluation, call, rep, client = found
    items = () if veiled else items
    there = Around(call.rep_id, rep.user_id if rep else None, rep.team_id if rep else None)
    masked = viewer.is_outsider
    return {
        "id": dispute.id,
        "evaluation_id": dispute.evaluation_id,
        "call_id": dispute.call_id,
        "standard": evaluation.standard,
        "version": evaluation.version,
        "rep": None if masked else (rep.name if rep else call.rep_name),
        "client": None if masked else client or call.client_phone,
        "happened_at": call.happened_at,
        "scorer": evaluation.reviewer,
        "raised_by": None if masked else dispute.raised_name,
        "raised_as": dispute.raised_as,
        "raised_at": dispute.raised_at,
        "state": dispute.state,
        "lead_why": dispute.lead_why,
        "since": dispute.since,
        "due_at": dispute.due_at,
        "closed_at": dispute.closed_at,
        "stranded": dispute.state in OPEN_DISPUTES and dispute.stranded_at is not None,
        "final": None if veiled else evaluation.final,
        "final_before": None if veiled else before,
        "criteria": tuple(item.criterion for item in items),
        "granted": sum(item.decision in ("accepted", "other") for item in items),
        "revision": dispute.revision,
        "may": frozenset() if veiled else acts_of(dispute, there, viewer, now),
    }


def acts_of(dispute: Dispute, there: Around, viewer: Viewer, now: datetime) -> frozenset[str]:
    """What this viewer may do with it now: decide, pass_up, escalate, content, withdraw."""
    if dispute.state not in OPEN_DISPUTES:
        return frozenset()
    acts = set()
    raised = dispute.raised_by is not None and dispute.raised_by == viewer.user_id
    side = side_of(viewer, there, dispute.scorer_id)
    if dispute.state in DECIDING and _decides(viewer, dispute, there):
        acts |= {"decide", "pass_up"} if dispute.state == "first" else {"decide"}
    if dispute.state == "answered" and (raised or side) and viewer.user_id != dispute.first_decider_id:
        if dispute.due_at is None or now < dispute.due_at:
            acts.add("escalate")
        if raised or side == "rep":
            acts.add("content")
    if raised and dispute.state in DECIDING:
        acts.add("withdraw")
    return frozenset(acts)


def _decides(viewer: Viewer, dispute: Dispute, there: Around) -> bool:
    """Whether the viewer holds the level and has no part in it: `deciders_of` for one person, without a statement."""
    level: Level = "first" if dispute.state == "first" else "lead"
    manages = viewer.has_role("manager") and there.team_id in viewer.managed_team_ids
    holds = manages if level == "first" else viewer.has_role("quality_lead")
    return holds and bool(deciders(level, (viewer.user_id,), parties_of(dispute, there.rep_user)))


def find(session: Session, dispute_id: int, viewer: Viewer) -> Row[Dispute, Evaluation, Call, Rep, str]:
    """The rows of one dispute the viewer may see. Raises NoSuchDispute."""
    if not 0 < dispute_id < 2**63:
        raise NoSuchDispute(dispute_id)
    found = session.execute(rows_query().where(Dispute.id == dispute_id, visible_disputes(viewer))).one_or_none()
    if found is None:
        raise NoSuchDispute(dispute_id)
    return found


def read_dispute(session: Session, dispute_id: int, viewer: Viewer, *, now: datetime | None = None) -> DisputeView:
    """One dispute whole. Raises NoSuchDispute, and StandardNotFound when the pinned scorecard is gone."""
    now = now or utc_now()
    session.flush()
    found = find(session, dispute_id, viewer)
    dispute, evaluation, call, rep, _ = found
    sheet = standard_of(session, evaluation.standard, evaluation.version)
    if sheet is None:
        raise StandardNotFound(f"{evaluation.standard} v{evaluation.version}", ())
    items = read_items(session, [dispute_id]).get(dispute_id, ())
    names = _names(session, items)
    there = Around(call.rep_id, rep.user_id if rep else None, rep.team_id if rep else None)
    who = deciders_of(session, dispute, there) if dispute.state in DECIDING else ()
    wanted = [(item.criterion, item.decision) for item in items]
    steps = session.scalars(
        select(DisputeEvent).where(DisputeEvent.dispute_id == dispute_id).order_by(DisputeEvent.id)
    ).all()
    masked = viewer.is_outsider
    return DisputeView(
        **row_fields(found, viewer, now, items, scores_before(session, [dispute]).get(dispute_id)),
        items=tuple(
            ItemView(
                criterion=item.criterion,
                comment=item.comment,
                answer=item.answer,
                proposed=item.proposed,
                second=item.second,
                decision=item.decision,
                settled=dict(item.settled or {}),
                words=item.words,
                level=item.level,
                decided_by=names.get(item.decided_by or 0),
                decided_at=item.decided_at,
            )
            for item in items
        ),
        steps=tuple(StepView(step.at, "" if masked else step.name, step.event, step.details) for step in steps),
        deciders=tuple(session.scalars(select(User.name).where(User.id.in_(who)).order_by(User.name))) if who else (),
        sheet=sheet,
        answers=read_answers(evaluation.answers),
        machine=machine_results(session, evaluation.assessment_id),
        comment=evaluation.comment,
        open_items=open_items("first" if dispute.state == "first" else "lead", wanted)
        if dispute.state in DECIDING
        else (),
    )


def read_items(session: Session, dispute_ids: list[int]) -> dict[int, tuple[DisputeItem, ...]]:
    """The disputed criteria of each dispute, in the order they were named. One statement."""
    found: dict[int, list[DisputeItem]] = {}
    query = select(DisputeItem).where(DisputeItem.dispute_id.in_(dispute_ids)).order_by(DisputeItem.id)
    for item in session.scalars(query) if dispute_ids else ():
        found.setdefault(item.dispute_id, []).append(item)
    return {dispute_id: tuple(items) for dispute_id, items in found.items()}


def scores_before(session: Session, disputes: list[Dispute]) -> dict[int, float | None]:
    """The evaluation's score before the dispute first changed it, for those that did. One statement."""
    rows = session.scalars(
        select(EvaluationEvent)
        .where(
            EvaluationEvent.evaluation_id.in_(sorted({dispute.evaluation_id for dispute in disputes})),
            EvaluationEvent.event == "settled",
        )
        .order_by(EvaluationEvent.id)
    )
    found: dict[int, float | None] = {}
    for row in rows if disputes else ():
        dispute_id, was = row.details.get("dispute"), row.details.get("score_before")
        if isinstance(dispute_id, int) and isinstance(was, dict):
            found.setdefault(dispute_id, was.get("final"))
    return found


def _names(session: Session, items: tuple[DisputeItem, ...]) -> dict[int, str]:
    ids = sorted({item.decided_by for item in items if item.decided_by is not None})
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
