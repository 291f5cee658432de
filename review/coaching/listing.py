"""Sessions as lists and pages read them: each viewer finds their own, without other people's private words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from review.coaching.criteria import say, still_asked
from review.coaching.follow_up import FollowUp, for_the_rep, read_follow_up, stored_follow_up, veiled_calls
from review.coaching.moments import Moment, read_moments
from review.coaching.moves import moves_of
from review.coaching.refusals import NoSuchCoaching
from review.coaching.rights import coached_reps, is_rep, may_coach, visible_sessions
from review.coaching.sessions import OPEN
from review.coaching.without_coach import has_left, working_coaches
from review.models import (
    CoachingComment,
    CoachingEvent,
    CoachingPlan,
    CoachingSession,
    Rep,
    Team,
)
from review.queries.paging import Place, beyond
from review.queries.viewer import Viewer

MOST: Final = 200
GROUPS: Final = ("without_coach", "late", "ready", "soon", "planned", "under_way", "waiting", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One session in a list."""

    id: int
    rep_id: int | None
    rep_name: str
    coach_id: int | None
    coach_name: str
    coach_left: bool  # their account is gone or disabled
    plan_id: int | None
    state: str
    standard: str
    criterion: str
    question: str
    cause: str
    action: str
    action_by: str
    due_at: datetime
    talk_at: datetime | None
    held_at: datetime | None
    confirmed_at: datetime | None
    action_done: bool | None
    ready_at: datetime | None  # since when the follow-up can be read
    closed_at: datetime | None
    verdict: str | None  # of the stored follow-up
    revision: int
    created_at: datetime

    def group(self, now: datetime) -> str:
        """Where a list shows it: one of GROUPS."""
        if self.state == "closed":
            return "closed"
        if self.coach_left:
            return "without_coach"
        if self.state in ("done", "not_done", "followed_up"):
            return "ready" if self.ready_at is not None and self.state != "followed_up" else "waiting"
        if self.due_at <= now:
            return "late"
        if self.state == "held":
            return "soon" if (self.due_at - now).total_seconds() < 86_400 else "under_way"
        return "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody wrote beside a session."""

    id: int
    author: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One step of a session's history; `private_notes` only for the coach who wrote them."""

    event: str
    author: str
    at: datetime
    word: str
    private_notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail:
    """One session as this viewer reads it; `private_notes` is None for everybody but its coach."""

    line: SessionLine
    went_well: str
    notes: str
    private_notes: str | None
    picked: str
    call_id: int | None
    weeks_before: int
    finished_at: datetime | None
    word: str
    followed_up_at: datetime | None
    outcome: str
    updated_at: datetime
    plan_goal: str | None
    moments: tuple[Moment, ...]
    remarks: tuple[Remark, ...]
    history: tuple[Happening, ...]
    follow_up: FollowUp
    veiled: frozenset[int]  # of its calls those this viewer is to judge blind: shown without their answers
    moves: tuple[str, ...]
    is_rep: bool
    may_coach: bool
    leads: bool  # this viewer is its coach
    may_change: bool
    coach_left: bool  # the coach's account is gone or disabled
    moved_to: str | None  # the team the rep is in now, when it is another than then
    rep_left: bool
    criterion_gone: bool  # the newest version of the scorecard does not ask it


def list_sessions(
    session: Session,
    viewer: Viewer,
    *,
    state: str | None = None,
    rep_id: int | None = None,
    plan_id: int | None = None,
    open_only: bool = False,
    own_as_rep: bool = False,
    after: Place | None = None,
    limit: int = MOST,
) -> tuple[SessionLine, ...]:
    """Sessions this viewer may see, the newest first. `after`: (created_at, id) of the last one shown."""
    conditions: list[ColumnElement[bool]] = [visible_sessions(viewer)]
    if state is not None:
        conditions.append(CoachingSession.state == state)
    if rep_id is not None:
        conditions.append(CoachingSession.rep_id == rep_id)
    if plan_id is not None:
        conditions.append(CoachingSession.plan_id == plan_id)
    if open_only:
        conditions.append(CoachingSession.state != "closed")
    if own_as_rep:
        conditions.append(CoachingSession.rep_id.in_(sorted(viewer.rep_ids)))
    if after is not None:
        conditions.append(beyond(CoachingSession.created_at, CoachingSession.id, after))
    query = (
        select(CoachingSession)
        .where(and_(*conditions))
        .order_by(CoachingSession.created_at.desc(), CoachingSession.id.desc())
        .limit(limit)
    )
    rows = session.scalars(query).all()
    working = working_coaches(session, (row.coach_id for row in rows))
    return tuple(_line(row, viewer.language, coach_left=row.coach_id not in working) for row in rows)


def count_closed(session: Session, viewer: Viewer) -> int:
    """How many sessions this viewer may see are closed."""
    query: Select[Any] = select(func.count()).where(visible_sessions(viewer), CoachingSession.state == "closed")
    return int(session.scalar(query.select_from(CoachingSession)) or 0)


def read_session(session: Session, viewer: Viewer, session_id: int, now: datetime) -> SessionDetail:
    """One session with all that belongs to it. Raises NoSuchCoaching."""
    row = session.scalar(select(CoachingSession).where(CoachingSession.id == session_id, visible_sessions(viewer)))
    if row is None:
        raise NoSuchCoaching("session", session_id)
    rep, coach = is_rep(viewer, row.rep_id), may_coach(session, viewer, row.rep_id)
    coach_left = has_left(session, row.coach_id)
    team = session.execute(
        select(Rep.team_id, Team.name, Rep.active).outerjoin(Team, Team.id == Rep.team_id).where(Rep.id == row.rep_id)
    ).one_or_none()
    follow_up = read_follow_up(session, row, now)
    follow_up = for_the_rep(follow_up) if rep and not coach else follow_up
    if not (rep or coach) and follow_up.effect is not None:
        # A coach whose rep moved on reads what was stored in their time: the calls of today are another team's.
        follow_up = stored_follow_up(row) or FollowUp(state="rep_gone", asked=follow_up.asked)
    return SessionDetail(
        line=_line(row, viewer.language, coach_left=coach_left),
        went_well=row.went_well,
        notes=row.notes,
        private_notes=row.private_notes if row.coach_id == viewer.user_id else None,
        picked=row.picked,
        call_id=row.call_id,
        weeks_before=row.weeks_before,
        finished_at=row.finished_at,
        word=row.word,
        followed_up_at=row.followed_up_at,
        outcome=row.outcome,
        updated_at=row.updated_at,
        plan_goal=session.scalar(select(CoachingPlan.goal).where(CoachingPlan.id == row.plan_id)),
        moments=read_moments(session, viewer, row.id),
        remarks=_remarks(session, row.id),
        history=_history(session, viewer, row.id),
        follow_up=follow_up,
        veiled=veiled_calls(session, viewer, follow_up),
        moves=moves_of(row, rep=rep, coach=coach and not rep),
        is_rep=rep,
        may_coach=coach and not rep,
        leads=row.coach_id == viewer.user_id,
        may_change=coach and not rep and row.state in OPEN,
        coach_left=coach_left,
        moved_to=team.name if team is not None and row.team_id is not None and team.team_id != row.team_id else None,
        rep_left=team is None or not team.active,
        criterion_gone=not still_asked(session, row.standard, row.criterion),
    )


def coached(session: Session, viewer: Viewer) -> tuple[tuple[int, str, str | None], ...]:
    """(id, name, team) of the active reps this viewer may coach, by name."""
    rows = session.execute(
        select(Rep.id, Rep.name, Team.name)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(coached_reps(viewer), Rep.active)
        .order_by(case((Rep.team_id.is_(None), 1), else_=0), Team.name, Rep.name, Rep.id)
    )
    return tuple((rep_id, name, team) for rep_id, name, team in rows)


def _line(row: CoachingSession, language: str, *, coach_left: bool) -> SessionLine:
    plain = (
        "id", "rep_id", "rep_name", "coach_id", "coach_name", "plan_id", "state", "standard", "criterion", "cause",
        "action", "action_by", "due_at", "talk_at", "held_at", "confirmed_at", "action_done", "closed_at", "revision",
        "created_at",
    )  # fmt: skip
    own = (row.measured or {}).get("own") or {}
    return SessionLine(
        **{name: getattr(row, name) for name in plain},
        coach_left=coach_left,
        question=say(row.question, row.criterion, language),
        ready_at=row.told_ready,
        verdict=own.get("verdict"),
    )


def _remarks(session: Session, session_id: int) -> tuple[Remark, ...]:
    rows = session.scalars(
        select(CoachingComment).where(CoachingComment.session_id == session_id).order_by(CoachingComment.id)
    )
    return tuple(Remark(id=row.id, author=row.author, body=row.body, created_at=row.created_at) for row in rows)


def _history(session: Session, viewer: Viewer, session_id: int) -> tuple[Happening, ...]:
    rows = session.scalars(
        select(CoachingEvent).where(CoachingEvent.session_id == session_id).order_by(CoachingEvent.id)
    )
    return tuple(
        Happening(
            event=row.event,
            author=row.author,
            at=row.at,
            word=str(row.details.get("word") or ""),
            private_notes=str(row.details.get("private_notes") or "")
            if row.details.get("private_of") == viewer.user_id
            else "",
        )
        for row in rows
    )
