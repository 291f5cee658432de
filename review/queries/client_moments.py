"""What stands at each moment of a client's story: the rows behind one page, one statement for a kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments.people import list_viewers
from review.models import (
    Call,
    ClientComment,
    CrmEmail,
    CrmNote,
    CrmTask,
    Deal,
    DealStage,
    Rep,
    WebAudio,
    utc_now,
)
from review.queries.call_rows import read_call_row, select_calls
from review.queries.client_facts import read_deal, read_task, select_deals, select_tasks
from review.queries.crm_rows import DealRow, EmailRow, NoteRow, RemarkRow, StageRow, TaskRow, TimelineItem
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """One place of the timeline: when, what kind, and the row's id."""

    at: datetime
    kind: str
    id: int


def read_moments(session: Session, viewer: Viewer, moments: Sequence[Moment]) -> tuple[TimelineItem, ...]:
    """The moments with their rows, in the same order."""
    ids: dict[str, set[int]] = {}
    for moment in moments:
        ids.setdefault(moment.kind, set()).add(moment.id)
    rows: dict[str, Mapping[int, Any]] = {}
    if wanted := ids.get("call"):
        rows["call"] = _read_calls(session, viewer, wanted)
        playing = set(session.scalars(select(WebAudio.call_id).where(WebAudio.call_id.in_(sorted(wanted)))))
    else:
        playing = set()
    deals = _read_deals(session, set().union(*(ids.get(f"deal_{what}", ()) for what in ("opened", "stage", "closed"))))
    tasks = _read_tasks(session, ids.get("task_due", set()) | ids.get("task_done", set()))
    rows |= {"deal_opened": deals, "deal_stage": deals, "deal_closed": deals, "task_due": tasks, "task_done": tasks}
    rows["note"] = _read_notes(session, ids.get("note", ()))
    rows["email"] = _read_emails(session, ids.get("email", ()))
    rows["comment"] = read_remarks(session, viewer, ids.get("comment", ()))
    rows["stage"] = {row.id: row for row in read_stages(session, DealStage.id.in_(sorted(ids.get("stage", ()))))}
    items = []
    for moment in moments:
        if moment.kind == "client_created":
            items.append(TimelineItem(at=moment.at, kind=moment.kind))
            continue
        row = rows[moment.kind].get(moment.id)
        if row is not None:
            part = moment.kind.partition("_")[0]
            items.append(
                TimelineItem(at=moment.at, kind=moment.kind, **{part: row}, plays=part == "call" and row.id in playing)
            )
    return tuple(items)


def _read_calls(session: Session, viewer: Viewer, ids: Collection[int]) -> Mapping[int, Any]:
    query = select_calls(viewer).where(Call.id.in_(sorted(ids)), visible_calls(viewer))
    return {row.id: read_call_row(row) for row in session.execute(query)}


def _read_deals(session: Session, ids: Collection[int]) -> Mapping[int, DealRow]:
    if not ids:
        return {}
    now = utc_now()
    return {row[0].id: read_deal(row, now) for row in session.execute(select_deals().where(Deal.id.in_(sorted(ids))))}


def _read_tasks(session: Session, ids: Collection[int]) -> Mapping[int, TaskRow]:
    if not ids:
        return {}
    now = utc_now()
    return {
        row[0].id: read_task(row, now) for row in session.execute(select_tasks().where(CrmTask.id.in_(sorted(ids))))
    }


def _read_notes(session: Session, ids: Collection[int]) -> Mapping[int, NoteRow]:
    if not ids:
        return {}
    rows = session.execute(
        select(CrmNote, Rep.name).outerjoin(Rep, Rep.id == CrmNote.rep_id).where(CrmNote.id.in_(sorted(ids)))
    )
    return {note.id: NoteRow(id=note.id, at=note.at, body=note.body, author=name or note.author) for note, name in rows}


def _read_emails(session: Session, ids: Collection[int]) -> Mapping[int, EmailRow]:
    if not ids:
        return {}
    rows = session.execute(
        select(CrmEmail, Rep.name).outerjoin(Rep, Rep.id == CrmEmail.rep_id).where(CrmEmail.id.in_(sorted(ids)))
    )
    return {
        mail.id: EmailRow(id=mail.id, at=mail.at, subject=mail.subject, direction=mail.direction, rep_name=name)
        for mail, name in rows
    }


def read_remarks(session: Session, viewer: Viewer, ids: Collection[int]) -> Mapping[int, RemarkRow]:
    """Comments on a client by their ids, with what the reader may do with each; those taken back are left out."""
    if not ids:
        return {}
    rows = session.scalars(
        select(ClientComment).where(ClientComment.id.in_(sorted(ids)), ClientComment.deleted_at.is_(None))
    ).all()
    named = any(row.mentions for row in rows)
    names = {str(one.user_id): (one.name, one.email) for one in list_viewers(session)} if named else {}
    return {
        row.id: RemarkRow(
            id=row.id,
            author=row.author,
            body=row.body,
            names=tuple(name for user_id in row.mentions for name in names.get(user_id, ())),
            created_at=row.created_at,
            edited_at=row.edited_at,
            mine=row.user_id == viewer.user_id,
            may_delete=row.user_id == viewer.user_id or viewer.has_role("quality_lead"),
        )
        for row in rows
    }


def read_stages(session: Session, condition: Any) -> tuple[StageRow, ...]:
    """Stages deals came into, oldest first, each with the days until the next one."""
    rows = session.execute(
        select(DealStage, Deal.title, Deal.status.label("deal_status"), Rep.name.label("rep_name"))
        .join(Deal, Deal.id == DealStage.deal_id)
        .outerjoin(Rep, Rep.id == DealStage.rep_id)
        .where(condition)
        .order_by(DealStage.deal_id, DealStage.at, DealStage.id)
    ).all()
    return tuple(_stage(row, None) for row in rows)


def read_history(session: Session, client_id: int) -> Mapping[int, tuple[StageRow, ...]]:
    """Each deal's stages, oldest first, with the days spent in each. One statement."""
    now = utc_now()
    found: dict[int, list[StageRow]] = {}
    for stage in read_stages(session, Deal.client_id == client_id):
        found.setdefault(stage.deal_id, []).append(stage)
    return {deal_id: tuple(_with_days(stages, now)) for deal_id, stages in found.items()}


def _with_days(stages: Sequence[StageRow], now: datetime) -> Iterable[StageRow]:
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        if following is not None:
            yield replace(stage, days=max(0, (following.at - stage.at).days))
        else:
            yield replace(stage, days=max(0, (now - stage.at).days) if stage.status == "open" else None)


def _stage(row: Any, days: int | None) -> StageRow:
    stage: DealStage = row[0]
    return StageRow(
        id=stage.id,
        deal_id=stage.deal_id,
        deal_title=row.title,
        stage=stage.stage,
        status=stage.status,
        at=stage.at,
        rep_name=row.rep_name,
        days=days,
    )
