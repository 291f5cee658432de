"""What coaching over the API gives: sessions with their moments and comments, and the follow-up with every call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from review.coaching.effect import Side
from review.coaching.listing import SessionDetail, SessionLine
from web.api.paging import NEXT


class CoachingSessionLineOut(BaseModel):
    """One session in a list. `verdict` is of the stored follow-up."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    rep_id: int | None
    rep_name: str
    coach_id: int | None
    coach_name: str
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
    ready_at: datetime | None
    closed_at: datetime | None
    verdict: str | None
    revision: int
    created_at: datetime


class CoachingSessionPage(BaseModel):
    """A page of sessions."""

    sessions: list[CoachingSessionLineOut]
    next: str | None = Field(description=NEXT)


class CoachingMomentOut(BaseModel):
    """One moment; `call_id` is null where the call is gone or not the reader's to hear."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    clip_id: int | None
    call_id: int | None
    start: float
    end: float
    title: str
    good: bool
    state: str


class CoachingRemarkOut(BaseModel):
    """A comment."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    author: str
    body: str
    created_at: datetime


class CoachingSessionOut(CoachingSessionLineOut):
    """One session. `private_notes` is null for everybody but its coach."""

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
    moments: list[CoachingMomentOut]
    comments: list[CoachingRemarkOut]
    moves: list[str] = Field(description="The steps open to the token's person now.")


class CoachingDifferenceOut(BaseModel):
    """After minus before, in shares of the criterion's points; `low` and `high` are its 95 % interval."""

    model_config = ConfigDict(from_attributes=True)

    mean_before: float | None
    mean_after: float | None
    change: float | None
    low: float | None
    high: float | None
    calls_before: int
    calls_after: int
    verdict: str


class CoachingGainOut(BaseModel):
    """The rep's change less the team's."""

    model_config = ConfigDict(from_attributes=True)

    change: float
    low: float
    high: float
    verdict: str


class CoachingCallValue(BaseModel):
    """One call that counts, and its answer's share of the points."""

    call_id: int
    fraction: float | None = Field(description="Null while the token's person is to judge the call blind.")


class CoachingSideOut(BaseModel):
    """The calls of one side, and how many were left out and why."""

    since: datetime
    until: datetime
    calls: list[CoachingCallValue]
    missing: int = Field(description="How many more calls are needed.")
    by_people: int
    left_out_picked: int
    left_out_started_it: int


class CoachingFollowUpOut(BaseModel):
    """What later calls show: not_held, waiting, rep_gone, too_early or ready. Parts are null before they are there."""

    state: str
    over: bool
    criterion_asked: bool
    measured_at: datetime | None
    rule: str | None = Field(description="all: every call counts; lot: only those drawn by lot.")
    own: CoachingDifferenceOut | None
    team: CoachingDifferenceOut | None
    gain: CoachingGainOut | None
    before: CoachingSideOut | None
    after: CoachingSideOut | None


def line_out(line: SessionLine) -> CoachingSessionLineOut:
    """A session of a list."""
    return CoachingSessionLineOut.model_validate(line)


def session_out(found: SessionDetail) -> CoachingSessionOut:
    """A whole session."""
    more = ("went_well", "notes", "private_notes", "picked", "call_id", "weeks_before", "finished_at", "word")
    return CoachingSessionOut(
        **line_out(found.line).model_dump(),
        **{name: getattr(found, name) for name in (*more, "followed_up_at", "outcome")},
        moments=[CoachingMomentOut.model_validate(one) for one in found.moments],
        comments=[CoachingRemarkOut.model_validate(one) for one in found.remarks],
        moves=list(found.moves),
    )


def follow_up_out(found: SessionDetail) -> CoachingFollowUpOut:
    """The follow-up of a session."""
    follow, effect = found.follow_up, found.follow_up.effect
    windows = follow.windows
    parts: dict[str, Any] = dict.fromkeys(("rule", "own", "team", "gain", "before", "after"))
    if effect is not None and windows is not None:
        parts = {
            "rule": effect.rule,
            "own": CoachingDifferenceOut.model_validate(effect.own),
            "team": None if effect.team is None else CoachingDifferenceOut.model_validate(effect.team),
            "gain": None if effect.gain is None else CoachingGainOut.model_validate(effect.gain),
            "before": _side(effect.before, windows.before_since, windows.before_until, found.veiled),
            "after": _side(effect.after, windows.after_since, windows.after_until, found.veiled),
        }
    return CoachingFollowUpOut(
        state=follow.state,
        over=follow.over,
        criterion_asked=follow.asked,
        measured_at=follow.measured_at,
        **parts,
    )


def _side(side: Side, since: datetime, until: datetime, veiled: frozenset[int]) -> CoachingSideOut:
    return CoachingSideOut(
        since=since,
        until=until,
        calls=[
            CoachingCallValue(call_id=call_id, fraction=None if call_id in veiled else value)
            for call_id, value in side.values
        ],
        missing=side.missing,
        by_people=side.by_people,
        left_out_picked=side.picked,
        left_out_started_it=side.started_it,
    )
