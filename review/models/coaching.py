"""Coaching: sessions with one criterion and one agreed action, plans over weeks, and what was said and done of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.models.base import Base, BigId, CreatedAt, Json, RowId, utc_now

SESSION_STATES = ("planned", "held", "done", "not_done", "followed_up", "closed")
CAUSES = ("knowledge", "motivation")
PICKED = ("one_call", "figures", "asked", "plan")
ACTION_BY = ("rep", "coach", "both")
PLAN_STATES = ("active", "ended")
STEP_KINDS = ("session", "playlist", "quiz", "practice")


def _one_of(column: str, names: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ('" + "', '".join(names) + "')", name=column)


class CoachingPlan(Base):
    """Several weeks of work of one rep towards one goal. `questions` is {criterion: {language: words}} of its day."""

    __tablename__ = "coaching_plan"
    __table_args__ = (_one_of("state", PLAN_STATES), Index("ix_coaching_plan_rep_id_id", "rep_id", "id"))

    id: Mapped[RowId]
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"))
    rep_name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="SET NULL"), index=True)
    coach_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    coach_name: Mapped[str]
    goal: Mapped[str]
    standard: Mapped[str]
    criteria: Mapped[list[str]] = mapped_column(default=list)
    questions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    starts_on: Mapped[date]
    weeks: Mapped[int]
    state: Mapped[str] = mapped_column(default="active")  # one of PLAN_STATES
    outcome: Mapped[str] = mapped_column(default="")  # the coach's words when it ended
    token: Mapped[str | None] = mapped_column(unique=True)  # the form's name for it: sent twice, made once
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]


class CoachingSession(Base):
    """One talk of a coach with a rep: what went well, one criterion, one agreed action, and what came of it.

    Names and the criterion's words are kept as they were, so that the session stays readable when a person, a team or
    a criterion is gone. A write names the `revision` it was made on. `measured` is the follow-up as it was stored.
    """

    __tablename__ = "coaching_session"
    __table_args__ = (
        _one_of("state", SESSION_STATES),
        _one_of("cause", CAUSES),
        _one_of("picked", PICKED),
        _one_of("action_by", ACTION_BY),
        Index("ix_coaching_session_rep_id_id", "rep_id", "id"),
        Index("ix_coaching_session_coach_id_state", "coach_id", "state"),
        Index("ix_coaching_session_state_due_at", "state", "due_at"),
    )

    id: Mapped[RowId]
    rep_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("rep.id", ondelete="SET NULL"))
    rep_name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("team.id", ondelete="SET NULL"), index=True)
    coach_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    coach_name: Mapped[str]
    plan_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("coaching_plan.id", ondelete="SET NULL"), index=True)
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), index=True)
    picked: Mapped[str] = mapped_column(default="figures")  # one of PICKED: why this rep, now
    state: Mapped[str] = mapped_column(default="planned")  # one of SESSION_STATES

    # what was agreed
    went_well: Mapped[str]  # said first
    standard: Mapped[str]
    criterion: Mapped[str]  # the one thing it aims at
    question: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {language: words}, as they were
    cause: Mapped[str]  # one of CAUSES
    action: Mapped[str]
    action_by: Mapped[str] = mapped_column(default="rep")  # one of ACTION_BY
    due_at: Mapped[datetime]
    talk_at: Mapped[datetime | None]  # when the talk is planned
    notes: Mapped[str] = mapped_column(default="")  # both read them
    private_notes: Mapped[str] = mapped_column(default="")  # the coach alone
    weeks_before: Mapped[int] = mapped_column(default=8)  # calls of so many weeks on each side are compared

    # what happened
    held_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]  # the rep said yes to what stands now
    finished_at: Mapped[datetime | None]  # when the action was marked done or not done
    action_done: Mapped[bool | None]  # which of the two; None before
    word: Mapped[str] = mapped_column(default="")  # said of the action then
    followed_up_at: Mapped[datetime | None]
    measured: Mapped[dict[str, Any] | None] = mapped_column(Json)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")  # the coach's closing words

    # which deadlines people were told of
    told_soon: Mapped[datetime | None]  # the due date that was spoken of as near
    told_late: Mapped[datetime | None]  # the due date that was spoken of as past
    told_ready: Mapped[datetime | None]  # when it was told that the follow-up can be read

    token: Mapped[str | None] = mapped_column(unique=True)  # the form's name for it: sent twice, made once
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class CoachingClip(Base):
    """A moment a session speaks of. What it was stays readable when the clip or its call is deleted."""

    __tablename__ = "coaching_clip"
    __table_args__ = (Index("ix_coaching_clip_session_id_position", "session_id", "position"),)

    id: Mapped[RowId]
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("coaching_session.id", ondelete="CASCADE"))
    clip_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("clip.id", ondelete="SET NULL"), index=True)
    call_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("call.id", ondelete="SET NULL"), index=True)
    start: Mapped[float]  # seconds
    end: Mapped[float]  # seconds
    title: Mapped[str]
    good: Mapped[bool] = mapped_column(default=False)  # it shows what went well
    position: Mapped[int]


class CoachingComment(Base):
    """What rep or coach wrote about a session afterwards; appended, never changed."""

    __tablename__ = "coaching_comment"
    __table_args__ = (UniqueConstraint("user_id", "token"),)

    id: Mapped[RowId]
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("coaching_session.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"))
    author: Mapped[str]
    body: Mapped[str]
    token: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class CoachingEvent(Base):
    """One step of a session, with who did it; appended, never changed."""

    __tablename__ = "coaching_event"

    id: Mapped[RowId]
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("coaching_session.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user.id", ondelete="SET NULL"), index=True)
    author: Mapped[str]
    event: Mapped[str]  # planned, changed, taken_over, confirmed, held, done, not_done, followed_up, closed
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[CreatedAt]


class CoachingStep(Base):
    """One thing to do in one week of a plan."""

    __tablename__ = "coaching_step"
    __table_args__ = (
        _one_of("kind", STEP_KINDS),
        Index("ix_coaching_step_plan_id_week_position", "plan_id", "week", "position"),
    )

    id: Mapped[RowId]
    plan_id: Mapped[int] = mapped_column(BigId, ForeignKey("coaching_plan.id", ondelete="CASCADE"))
    week: Mapped[int]  # 1..weeks
    position: Mapped[int]
    kind: Mapped[str]  # one of STEP_KINDS
    words: Mapped[str]
    session_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("coaching_session.id", ondelete="SET NULL"), index=True
    )
    playlist_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("playlist.id", ondelete="SET NULL"), index=True)
    link: Mapped[str] = mapped_column(default="")  # a page of ours, such as a quiz
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]  # a name
    word: Mapped[str] = mapped_column(default="")
    told_late: Mapped[datetime | None]  # the due date that was spoken of as past
