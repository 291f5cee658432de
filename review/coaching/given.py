"""What a plan gives its rep: the playlists and quizzes its steps name, due when their week ends, also after a move."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.coaching.days import due_day
from review.coaching.refusals import BadField
from review.coaching.telling import rep_user
from review.comments.refusals import WritingRefused
from review.library.giving import last_minute
from review.library.refusals import NobodyThere, NotYourChoice
from review.library.tasks import give_playlist
from review.models import CoachingPlan, CoachingStep, PlaylistTask, QuizTask, utc_now
from review.queries.viewer import Viewer
from review.quizzes.taking import give_quiz
from review.working_time.due import calendar_of

_QUIZ: Final = re.compile(r"^/quizzes/(\d{1,18})$", re.ASCII)


def quiz_of(step: CoachingStep) -> int | None:
    """The quiz a step names."""
    found = _QUIZ.match(step.link)
    return int(found[1]) if found else None


def give(session: Session, viewer: Viewer, plan: CoachingPlan, step: CoachingStep) -> None:
    """Give the rep the playlist or quiz a step names, so that going through it marks the step done by itself.

    A rep who cannot sign in, or whom the library gives nothing, has it marked by hand. Raises BadField where the thing
    itself cannot be given.
    """
    learner = rep_user(session, plan.rep_id)
    if learner is None or step.kind not in ("playlist", "quiz"):
        return
    due = due_day(session, plan.rep_id, step.due_at) if step.due_at > utc_now() else None
    try:
        if step.kind == "playlist":
            give_playlist(session, viewer, step.playlist_id or 0, user_ids=[learner], due_on=due)
        else:
            give_quiz(session, viewer, quiz_of(step) or 0, user_ids=[learner], due_on=due)
    except (NobodyThere, NotYourChoice):
        return
    except WritingRefused as error:
        raise BadField("playlist_id" if step.kind == "playlist" else "quiz_id", "unknown") from error


def move_given(session: Session, plan: CoachingPlan, moved: Iterable[tuple[CoachingStep, datetime]]) -> None:
    """After a plan was moved: what its steps gave is due with them. `moved`: each step and when it was due before.

    A due date that somebody set meanwhile stays, and so does what is done or was taken back. Reminders begin anew.
    """
    learner = rep_user(session, plan.rep_id)
    if learner is None:
        return
    zone = calendar_of(session, learner).zone
    tasks: dict[tuple[str, int], tuple[PlaylistTask | QuizTask, datetime]] = {}
    for step, before in sorted(moved, key=lambda pair: (pair[0].due_at, pair[0].id), reverse=True):
        task = _task(session, step, learner)
        if task is not None and _by_plan(task, before):
            tasks[step.kind, task.id] = task, last_minute(due_day(session, plan.rep_id, step.due_at), zone)
    for task, due_at in tasks.values():  # named by two steps: the one that is due first
        if task.due_at != due_at:
            task.due_at, task.told = due_at, ""
    session.flush()


def _by_plan(task: PlaylistTask | QuizTask, step_due: datetime) -> bool:
    """Whether the task's date is the step's: the last minute of the day the step was due, by the clock of that time.

    Told by the moments as they are kept, so that it holds when the rep's zone was changed since.
    """
    if task.due_at is None:
        return step_due <= task.created_at  # given when its week was over: without a day
    return -timedelta(minutes=1) <= task.due_at - step_due <= timedelta(hours=25)


def _task(session: Session, step: CoachingStep, learner: int) -> PlaylistTask | QuizTask | None:
    if step.kind == "playlist":
        table: Any = PlaylistTask
        named = PlaylistTask.playlist_id == step.playlist_id
    elif step.kind == "quiz":
        table = QuizTask
        named = QuizTask.quiz_id == quiz_of(step)
    else:
        return None
    found: PlaylistTask | QuizTask | None = session.scalar(
        select(table).where(named, table.user_id == learner, table.done_at.is_(None), table.withdrawn_at.is_(None))
    )
    return found
