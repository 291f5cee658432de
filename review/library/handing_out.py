"""Handing work out and taking it back: what playlists and quizzes have in common. One row for each person and thing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.comments.refusals import Gone, NotYours
from review.library.giving import Task, choose_learners, end_of_day, managed_people, may_follow
from review.library.seeing import LEADS
from review.models import PlaylistTask, QuizTask, utc_now
from review.queries.viewer import Viewer
from review.services.audit import record
from review.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of work: `name` is what notices and the audit log call it, `column` names the thing in its `table`."""

    name: str
    table: type[PlaylistTask] | type[QuizTask]
    column: str


PLAYLISTS: Final = Sort("playlist", PlaylistTask, "playlist_id")
QUIZZES: Final = Sort("quiz", QuizTask, "quiz_id")


def hand_out(
    session: Session,
    viewer: Viewer,
    sort: Sort,
    subject: int,
    *,
    title: str,
    url: str,
    user_ids: Collection[int],
    team_id: int | None,
    due_on: date | None,
) -> int:
    """Give a playlist or quiz to people, a team, or oneself; how many have it now that had it not, or have a new date.

    Who has it already keeps what they did and gets the new due date. Everybody else is told. Raises NotYourChoice,
    NobodyThere and PastDue.
    """
    people = choose_learners(session, viewer, user_ids, team_id)
    ends = end_of_day(session, due_on, [one.id for one in people])
    fresh = 0
    for one in people:
        given = {"by_user_id": viewer.user_id, "by_name": viewer.name, "team_id": team_id, "due_at": ends[one.id]}
        key = {sort.column: subject, "user_id": one.id}
        if insert_new(session, sort.table, tuple(key), created_at=utc_now(), **key, **given) is None:
            kept: Task = session.scalars(select(sort.table).filter_by(**key)).one()  # type: ignore[assignment]
            if kept.withdrawn_at is None and (kept.due_at == ends[one.id] or _others_gave(viewer, kept)):
                continue
            for name, value in {**given, "withdrawn_at": None, "told": ""}.items():
                setattr(kept, name, value)
        fresh += 1
        if one.id != viewer.user_id:
            notify(session, one.id, f"{sort.name}_given", body={"by": viewer.name, "title": title, "url": url})
    session.flush()
    facts: dict[str, Any] = {"people": [one.id for one in people], "team": team_id}
    facts["due"] = due_on.isoformat() if due_on else None
    record(session, viewer.user_id, f"{sort.name}.given", sort.name, subject, **facts)
    return fresh


def hand_back(session: Session, viewer: Viewer, sort: Sort, task_id: int) -> None:
    """Take it back from somebody; what they did is kept. Raises Gone and NotYours."""
    task: Task | None = session.get(sort.table, task_id)  # type: ignore[assignment]
    if task is None or task.withdrawn_at is not None or not may_follow(viewer, task, managed_people(session, viewer)):
        raise Gone("task")
    if _others_gave(viewer, task):
        raise NotYours  # what others gave is theirs to take back
    task.withdrawn_at = utc_now()
    session.flush()
    subject = int(getattr(task, sort.column))
    record(session, viewer.user_id, f"{sort.name}.taken_back", sort.name, subject, person=task.user_id)


def _others_gave(viewer: Viewer, task: Task) -> bool:
    """Whether others gave the viewer this: the date and the giver are not the viewer's to change."""
    return task.user_id == viewer.user_id and task.by_user_id != viewer.user_id and not viewer.has_role(*LEADS)
