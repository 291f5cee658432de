"""Making and changing a coaching session: what went well, one criterion, its cause, the agreed action and its day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.coaching.criteria import question_of
from review.coaching.moments import keep_moments
from review.coaching.refusals import BadField, Moved, NoSuchCoaching, NotNow, NotYourPart
from review.coaching.rights import is_rep, may_coach, visible_plans, visible_sessions
from review.coaching.telling import tell_rep
from review.coaching.terms import LONGEST_NOTES, SessionTerms, read_terms, read_words
from review.models import Call, CoachingEvent, CoachingPlan, CoachingSession, Rep, utc_now
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.audit import record

AGREED: Final = ("standard", "criterion", "cause", "action", "action_by", "due_at")
"""What the rep said yes to: when one of these changes, the yes is asked for again."""
OPEN: Final = ("planned", "held")
FARTHEST_PAST: Final = timedelta(days=366)
"""A talk held longer ago is a slip of the keyboard."""


def make_session(
    session: Session, viewer: Viewer, rep_id: int, terms: SessionTerms, *, token: str | None = None
) -> int:
    """Put a session down and tell the rep; its id. The same `token` again gives the session made before.

    Raises NoSuchCoaching (the rep is not the viewer's to coach) and BadField.
    """
    now = utc_now()
    if not may_coach(session, viewer, rep_id):
        raise NoSuchCoaching("rep", rep_id)
    rep = hold_rep(session, rep_id)
    token = own_token(viewer, token)
    if token is not None:
        known = session.scalar(select(CoachingSession.id).where(CoachingSession.token == token))
        if known is not None:
            return int(known)
    terms = read_terms(terms, now)
    row = CoachingSession(
        rep_id=rep.id,
        rep_name=rep.name,
        team_id=rep.team_id,
        coach_id=viewer.user_id,
        coach_name=viewer.name,
        question=question_of(session, terms.standard, terms.criterion),
        call_id=_picked_call(session, viewer, rep_id, terms),
        plan_id=_plan(session, viewer, rep_id, terms.plan_id),
        token=token,
        **_columns(terms),
    )
    session.add(row)
    session.flush()
    keep_moments(session, viewer, row.id, rep.id, terms.clips)
    add_event(session, row, viewer, "planned")
    record(session, viewer.user_id, "coaching.planned", "coaching_session", row.id, rep=rep.id, criterion=row.criterion)
    tell_rep(session, row, "coaching_planned", by=viewer)
    return int(row.id)


def change_session(session: Session, viewer: Viewer, session_id: int, terms: SessionTerms, *, revision: int) -> int:
    """Write a session anew on top of `revision`; the new revision. Only until its action was done or not.

    Notes can be written at any time by `write_notes`. Raises NoSuchCoaching, NotYourPart, NotNow, Moved and BadField.
    """
    row = hold_as_coach(session, viewer, session_id, "change")
    if row.state not in OPEN:
        raise NotNow("change", row.state)
    if row.revision != revision:
        raise Moved("session", row.id, row.revision)
    now = utc_now()
    terms = read_terms(terms, now, was_due=row.due_at)
    if (terms.standard, terms.criterion) != (row.standard, row.criterion):
        question: dict[str, Any] = question_of(session, terms.standard, terms.criterion)
    else:
        question = row.question  # a criterion gone from the newest version may stay
    fresh = _columns(terms)
    if row.coach_id != viewer.user_id:
        del fresh["private_notes"]  # they are the coach's own
    changed = sorted(name for name, value in fresh.items() if getattr(row, name) != value)
    agreed_anew = any(name in AGREED for name in changed)
    for name, value in fresh.items():
        setattr(row, name, value)
    row.question = question
    row.call_id = _picked_call(session, viewer, row.rep_id, terms, known=row.call_id)
    row.plan_id = _plan(session, viewer, row.rep_id, terms.plan_id, known=row.plan_id)
    keep_moments(session, viewer, row.id, row.rep_id, terms.clips)
    if agreed_anew:
        row.confirmed_at = None
    step(session, row, revision)
    add_event(session, row, viewer, "changed", fields=changed)
    if agreed_anew:
        tell_rep(session, row, "coaching_changed", by=viewer)
    return row.revision


def write_notes(
    session: Session, viewer: Viewer, session_id: int, *, notes: str, private_notes: str | None, revision: int
) -> int:
    """Write the notes, whatever the state; the new revision. `private_notes` None leaves them: they are one coach's.

    Raises NoSuchCoaching, NotYourPart, Moved and BadField.
    """
    row = hold_as_coach(session, viewer, session_id, "notes")
    if row.revision != revision:
        raise Moved("session", row.id, row.revision)
    row.notes = read_words("notes", notes, LONGEST_NOTES, needed=False)
    if private_notes is not None and row.coach_id == viewer.user_id:
        row.private_notes = read_words("private_notes", private_notes, LONGEST_NOTES, needed=False)
    step(session, row, revision)
    add_event(session, row, viewer, "changed", fields=["notes"])
    return row.revision


def take_over(session: Session, viewer: Viewer, session_id: int) -> None:
    """Lead a session another coach began: one who left, or who does not coach this rep any more.

    The other coach's private notes stay that coach's, in the history. Raises NoSuchCoaching, NotYourPart.
    """
    row = hold(session, viewer, session_id)
    if is_rep(viewer, row.rep_id) or not may_coach(session, viewer, row.rep_id):
        raise NotYourPart("take_over")
    if row.coach_id == viewer.user_id:
        return
    before, was = row.coach_name, row.coach_id
    row.coach_id, row.coach_name = viewer.user_id, viewer.name
    left, row.private_notes = row.private_notes, ""
    step(session, row, row.revision)
    add_event(session, row, viewer, "taken_over", before=before, private_notes=left, private_of=was)
    record(session, viewer.user_id, "coaching.taken_over", "coaching_session", row.id, before=before)
    tell_rep(session, row, "coaching_taken_over", by=viewer)


def hold(session: Session, viewer: Viewer, session_id: int) -> CoachingSession:
    """The row, locked until the transaction ends. Raises NoSuchCoaching."""
    row = session.scalar(
        select(CoachingSession)
        .where(CoachingSession.id == session_id, visible_sessions(viewer))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NoSuchCoaching("session", session_id)
    return row


def hold_as_coach(session: Session, viewer: Viewer, session_id: int, move: str) -> CoachingSession:
    """The row for somebody who may coach this rep now. Raises NoSuchCoaching, NotYourPart."""
    row = hold(session, viewer, session_id)
    if is_rep(viewer, row.rep_id) or not may_coach(session, viewer, row.rep_id):
        raise NotYourPart(move)
    return row


def step(session: Session, row: CoachingSession, revision: int) -> None:
    """Count a write on top of `revision`: of two at once the later one fails. Raises Moved."""
    session.flush()
    done = session.execute(
        update(CoachingSession)
        .where(CoachingSession.id == row.id, CoachingSession.revision == revision)
        .values(revision=revision + 1, updated_at=utc_now())
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Moved("session", row.id, revision + 1)
    session.refresh(row)


def hold_rep(session: Session, rep_id: int) -> Rep:
    """The rep, held until the transaction ends: a form sent twice at once is stored once, the second finds the first.

    Their calls still come in meanwhile: only the row itself is held, not its number.
    """
    return session.scalars(select(Rep).where(Rep.id == rep_id).with_for_update(key_share=True)).one()


def own_token(viewer: Viewer, token: str | None) -> str | None:
    """The form's name as it is stored: of one person's forms only, whoever leads what was made of it now."""
    return f"{viewer.user_id}.{token}" if token else None


def add_event(session: Session, row: CoachingSession, viewer: Viewer, event: str, **details: Any) -> None:
    """Append what happened to the session's history."""
    session.add(
        CoachingEvent(session_id=row.id, user_id=viewer.user_id, author=viewer.name, event=event, details=details)
    )
    session.flush()


def _columns(terms: SessionTerms) -> dict[str, Any]:
    names = ("went_well", "standard", "criterion", "cause", "action", "action_by", "due_at", "talk_at", "notes")
    more = ("private_notes", "picked", "weeks_before")
    return {name: getattr(terms, name) for name in (*names, *more)}


def _picked_call(
    session: Session, viewer: Viewer, rep_id: int | None, terms: SessionTerms, *, known: int | None = None
) -> int | None:
    if terms.call_id is None or terms.call_id == known:
        return terms.call_id
    found = session.scalar(
        select(Call.id).where(Call.id == terms.call_id, Call.rep_id == rep_id, visible_calls(viewer))
    )
    if found is None:
        raise BadField("call_id", "not_theirs")
    return int(found)


def _plan(
    session: Session, viewer: Viewer, rep_id: int | None, plan_id: int | None, *, known: int | None = None
) -> int | None:
    if plan_id is None or plan_id == known:
        return plan_id
    found = session.scalar(
        select(CoachingPlan.id).where(CoachingPlan.id == plan_id, CoachingPlan.rep_id == rep_id, visible_plans(viewer))
    )
    if found is None:
        raise BadField("plan_id", "unknown")
    return int(found)
