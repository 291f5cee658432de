"""What happens to disputes by itself: reminders before a deadline and at it, up to the quality lead, and the end.

Every step is taken once: it is looked for without a lock, then taken in a transaction of its own that holds the call
and looks again. Two sweeps at once, or one that was down for a week, do no harm.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.disputes.deciding import finish, hold
from review.disputes.levels import DECIDING
from review.disputes.moving import lift
from review.disputes.people import Around, around, deciders_of
from review.disputes.steps import add_step
from review.disputes.telling import tell_deciders, tell_people
from review.disputes.windows import open_window
from review.evaluations.counted import counts
from review.models import OPEN_DISPUTES, Call, Dispute, DisputeWindow, Evaluation, Rep
from review.services.corrections import lock_call

MOST: Final = 200  # of each kind in one round
LOOKED_BACK: Final = timedelta(days=120)  # evaluations shown before that and without a window have had their time


def due_disputes(session: Session, now: datetime) -> list[tuple[int, int]]:
    """(dispute, call) of every open dispute with something to be done by itself, those due first first."""
    query = select(Dispute.id, Dispute.call_id).where(_is_due(now)).order_by(Dispute.due_at, Dispute.id).limit(MOST)
    return [(row.id, row.call_id) for row in session.execute(query)]


def waiting_disputes(session: Session) -> list[tuple[int, int]]:
    """(dispute, call) of those that wait for somebody to decide: looked at now and then, for people leave and come."""
    query = select(Dispute.id, Dispute.call_id).where(Dispute.state.in_(DECIDING)).order_by(Dispute.id).limit(MOST)
    return [(row.id, row.call_id) for row in session.execute(query)]


def _is_due(now: datetime) -> ColumnElement[bool]:
    over = and_(Dispute.due_at <= now, or_(Dispute.state != "lead", Dispute.reminded < 2))
    soon = and_(Dispute.remind_at <= now, Dispute.reminded < 1)
    return and_(Dispute.state.in_(OPEN_DISPUTES), or_(over, soon))


def move_on(session: Session, dispute_id: int, call_id: int, now: datetime) -> str:
    """Do what is due; what was done, "" where nothing was: somebody was quicker. Does not commit."""
    dispute, row, _call = hold(session, dispute_id, call_id)
    if dispute.state not in OPEN_DISPUTES:
        return ""
    there = around(session, call_id)
    over = dispute.due_at is not None and dispute.due_at <= now
    if dispute.state == "answered" and over:
        add_step(session, dispute, None, "closed", now)
        finish(session, dispute, row, there, None, now)
        return "closed"
    if dispute.state == "first":
        nobody = not deciders_of(session, dispute, there)
        if nobody or over:
            lift(session, dispute, there, None, "no_manager" if nobody else "undecided", now)
            return "passed_up"
    if dispute.state == "lead" and _found_somebody(session, dispute, there):
        return "found"
    return _remind(session, dispute, there, now, over=over)


def _found_somebody(session: Session, dispute: Dispute, there: Around) -> bool:
    """Whether somebody may decide now where nobody could before; those who can help are told when it turns round."""
    who = deciders_of(session, dispute, there)
    if bool(who) == (dispute.stranded_at is None):
        return False
    tell_deciders(session, dispute, there, "dispute_raised")
    return True


def _remind(session: Session, dispute: Dispute, there: Around, now: datetime, *, over: bool) -> str:
    if over and dispute.reminded < 2 and dispute.state == "lead":
        dispute.reminded = 2
        add_step(session, dispute, None, "overdue", now)
        tell_deciders(session, dispute, there, "dispute_overdue")
        return "overdue"
    if dispute.remind_at is None or dispute.remind_at > now or dispute.reminded >= 1:
        return ""
    dispute.reminded = 1
    if dispute.state == "answered":
        due = dispute.due_at.isoformat() if dispute.due_at else None
        tell_people(session, dispute, [dispute.raised_by, there.rep_user], "dispute_further_soon", due=due)
    else:
        tell_deciders(session, dispute, there, "dispute_soon")
    return "reminded"


def open_windows(session: Session, now: datetime) -> int:
    """Fix until when evaluations can be disputed that were shown before this was kept; how many."""
    rows = session.execute(
        select(Evaluation, Rep.user_id)
        .join(Call, Call.id == Evaluation.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(DisputeWindow, DisputeWindow.evaluation_id == Evaluation.id)
        .where(
            Evaluation.state.in_(("shown", "acknowledged")),
            Evaluation.shown_at >= now - LOOKED_BACK,
            DisputeWindow.evaluation_id.is_(None),
            counts(),
        )
        .order_by(Evaluation.id)
        .limit(MOST)
    ).all()
    for row, rep_user in rows:
        open_window(session, row, rep_user)
    return len(rows)


def ending_windows(session: Session, now: datetime) -> list[tuple[int, int]]:
    """(evaluation, call) of those that nobody has answered yet and that can be disputed for a last short while."""
    rows = session.execute(
        select(Evaluation.id, Evaluation.call_id)
        .join(DisputeWindow, DisputeWindow.evaluation_id == Evaluation.id)
        .where(
            DisputeWindow.remind_at <= now,
            DisputeWindow.until > now,
            DisputeWindow.reminded_at.is_(None),
            Evaluation.state == "shown",
        )
        .order_by(Evaluation.id)
        .limit(MOST)
    )
    return [(row.id, row.call_id) for row in rows]


def remind_of_window(session: Session, evaluation_id: int, call_id: int, now: datetime) -> bool:
    """Tell the rep until when they can answer; False where it was done or is of no use any more. Does not commit."""
    lock_call(session, call_id)
    window = session.get(DisputeWindow, evaluation_id, populate_existing=True)
    state = session.scalar(select(Evaluation.state).where(Evaluation.id == evaluation_id))
    if window is None or window.reminded_at is not None or window.until <= now or state != "shown":
        return False
    window.reminded_at = now
    rep_user = around(session, call_id).rep_user
    if rep_user is None:
        return False
    body = {"evaluation": evaluation_id, "due": window.until.isoformat()}
    notify(session, rep_user, "dispute_window", call_id=call_id, body=body)
    return True
