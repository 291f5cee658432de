"""What belongs to one person, as plain lists: read with that person's eyes, so that nothing hidden gets in.

Left out on purpose: other people's private notes, remarks among reviewers, calibrations, scorecards that are not shown
yet, and the names and numbers of clients, which are not the rep's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from review.evaluations.counted import counts
from review.library.praise import praises_of
from review.models import (
    Call,
    CoachingComment,
    CoachingPlan,
    CoachingSession,
    Comment,
    CriterionResult,
    Dispute,
    DisputeItem,
    Evaluation,
    Playlist,
    PlaylistTask,
    Quiz,
    QuizAnswer,
    QuizTask,
)
from review.performance.rep import FEWEST_MATES
from review.performance.scores import SEEN
from review.performance.seeing import RepCard
from review.queries.viewer import Viewer

CALL_FACTS: Final = (
    "id", "source", "external_id", "direction", "happened_at", "duration", "talk_seconds", "queue", "result",
    "disposition", "loss_reason", "language", "state", "score_final", "coverage", "objections", "objections_missed",
)  # fmt: skip

Rows = list[dict[str, Any]]


def read_calls(session: Session, rep: RepCard) -> Rows:
    """The facts of every call of the rep, oldest first."""
    columns = [getattr(Call, name) for name in CALL_FACTS]
    return _rows(session.execute(select(*columns).where(Call.rep_id == rep.id).order_by(Call.happened_at, Call.id)))


def read_answers(session: Session, rep: RepCard) -> Iterator[dict[str, Any]]:
    """Every answer on a criterion, the machine's and people's; `stands` says which of the two counts."""
    row = CriterionResult
    found = session.execute(
        select(
            row.call_id,
            row.happened_at,
            row.standard,
            row.version,
            row.section,
            row.criterion,
            row.source,
            row.stands,
            row.answer,
            row.fraction,
            row.part,
        )
        .where(row.rep_id == rep.id)
        .order_by(row.happened_at, row.call_id, row.criterion, row.source)
    )
    return (_plain(dict(one._mapping)) for one in found)


def read_evaluations(session: Session, rep: RepCard) -> Rows:
    """People's scorecards of the rep's calls that the rep can read."""
    row = Evaluation
    return _rows(
        session.execute(
            select(
                row.id,
                row.call_id,
                row.standard,
                row.version,
                row.reviewer,
                row.state,
                row.final,
                row.raw,
                row.critical,
                row.coverage,
                row.answers,
                row.comment,
                row.shown_at,
                row.answered_at,
                row.dispute,
                row.closed_at,
            )
            .join(Call, Call.id == row.call_id)
            .where(Call.rep_id == rep.id, row.state.in_(SEEN), counts())
            .order_by(row.id)
        )
    )


def read_comments(session: Session, viewer: Viewer, rep: RepCard) -> Rows:
    """What the person wrote anywhere, and what was written on their calls for them to read."""
    row = Comment
    on_own = (Call.rep_id == rep.id) & row.reviewers_only.is_(False)
    return _rows(
        session.execute(
            select(row.id, row.call_id, row.parent_id, row.author, row.at, row.body, row.created_at, row.edited_at)
            .join(Call, Call.id == row.call_id)
            .where(row.deleted_at.is_(None), or_(row.user_id == viewer.user_id, on_own))
            .order_by(row.id)
        )
    )


def read_coaching(session: Session, rep: RepCard) -> dict[str, Rows]:
    """Coaching as the rep reads it: without the coach's private notes."""
    row = CoachingSession
    sessions = session.execute(
        select(
            row.id,
            row.coach_name,
            row.state,
            row.went_well,
            row.standard,
            row.criterion,
            row.cause,
            row.action,
            row.action_by,
            row.due_at,
            row.talk_at,
            row.notes,
            row.held_at,
            row.confirmed_at,
            row.finished_at,
            row.word,
            row.measured,
            row.closed_at,
            row.outcome,
            row.created_at,
        )
        .where(row.rep_id == rep.id)
        .order_by(row.id)
    )
    plan, said = CoachingPlan, CoachingComment
    plans = session.execute(
        select(plan.id, plan.coach_name, plan.goal, plan.starts_on, plan.weeks, plan.state, plan.outcome)
        .where(plan.rep_id == rep.id)
        .order_by(plan.id)
    )
    comments = session.execute(
        select(said.session_id, said.author, said.body, said.created_at)
        .join(row, row.id == said.session_id)
        .where(row.rep_id == rep.id)
        .order_by(said.id)
    )
    told = _rows(sessions)
    for one in told:
        one["measured"] = _own_measure(one["measured"])
    return {"sessions": told, "plans": _rows(plans), "comments": _rows(comments)}


def read_disputes(session: Session, viewer: Viewer, rep: RepCard) -> Rows:
    """Every disputed answer of the rep's calls, with what was decided and why."""
    row, item = Dispute, DisputeItem
    return _rows(
        session.execute(
            select(
                row.id,
                row.call_id,
                row.evaluation_id,
                row.raised_name,
                row.raised_at,
                row.state,
                item.criterion,
                item.comment,
                item.answer,
                item.proposed,
                item.decision,
                item.words,
                item.level,
                item.decided_at,
            )
            .join(item, item.dispute_id == row.id)
            .join(Call, Call.id == row.call_id)
            .where(or_(Call.rep_id == rep.id, row.raised_by == viewer.user_id))
            .order_by(row.id, item.id)
        )
    )


def read_practice(session: Session, viewer: Viewer) -> dict[str, Rows]:
    """Playlists and quizzes the person worked through, with their own words and marks."""
    playlists = session.execute(
        select(
            Playlist.title,
            PlaylistTask.by_name,
            PlaylistTask.created_at,
            PlaylistTask.done_at,
            PlaylistTask.rating,
            PlaylistTask.words,
        )
        .join(Playlist, Playlist.id == PlaylistTask.playlist_id)
        .where(PlaylistTask.user_id == viewer.user_id)
        .order_by(PlaylistTask.id)
    )
    quizzes = session.execute(
        select(
            Quiz.title,
            QuizTask.by_name,
            QuizTask.created_at,
            QuizTask.done_at,
            QuizAnswer.question_id,
            QuizAnswer.words,
            QuizAnswer.choice,
            QuizAnswer.is_right,
            QuizAnswer.rating,
            QuizAnswer.answered_at,
        )
        .select_from(QuizTask)
        .join(Quiz, Quiz.id == QuizTask.quiz_id)
        .outerjoin(QuizAnswer, QuizAnswer.task_id == QuizTask.id)
        .where(QuizTask.user_id == viewer.user_id)
        .order_by(QuizTask.id, QuizAnswer.id)
    )
    return {"playlists": _rows(playlists), "quizzes": _rows(quizzes)}


def read_praise(session: Session, rep: RepCard) -> Rows:
    """Praise of the rep's clips."""
    return [
        {
            "clip": one.clip_title,
            "call_id": one.call_id,
            "by": one.by,
            "words": one.words,
            "at": one.created_at.isoformat(),
        }
        for one in praises_of(session, [rep.id])
    ]


def _own_measure(measured: dict[str, Any] | None) -> dict[str, Any] | None:
    """A follow-up without the team's figures where these would be those of one colleague or two."""
    if measured is None or int(measured.get("others") or 0) >= FEWEST_MATES - 1:
        return measured
    return {name: value for name, value in measured.items() if name not in ("team", "team_means", "gain")}


def _rows(found: Any) -> Rows:
    return [_plain(dict(row._mapping)) for row in found]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Times and days as ISO text."""
    return {
        name: value.isoformat() if isinstance(value, datetime) or hasattr(value, "isoformat") else value
        for name, value in row.items()
    }
