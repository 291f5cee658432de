"""A client's whole story page by page: calls, notes, e-mails, tasks, comments and stages, newest first, by kind.

Every kind is asked for one page from its own index and the pages are merged, so that a client with thousands of calls
costs no more than one with ten.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.models import Call, Client, ClientComment, CrmEmail, CrmNote, CrmTask, Deal, DealStage
from review.queries.client_moments import EPOCH, Moment, read_moments
from review.queries.crm_rows import TimelineItem
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

PAGE: Final = 30
LONGEST_PAGE: Final = 100
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "calls": ("call",),
    "notes": ("note",),
    "emails": ("email",),
    "tasks": ("task_due", "task_done"),
    "comments": ("comment",),
    "deals": ("deal_opened", "deal_stage", "stage", "deal_closed"),
}
"""What a reader filters by -> the kinds of moments behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """One page; `next` asks for the one after it, None on the last."""

    items: tuple[TimelineItem, ...]
    next: str | None


def list_timeline(
    session: Session,
    viewer: Viewer,
    client_id: int,
    *,
    kind: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> TimelinePage:
    """One page of the client's story; the caller has checked who is asking. Tasks that are due stand at their day."""
    limit = max(1, min(limit, LONGEST_PAGE))
    wanted = KINDS.get(kind or "", tuple(_BRANCHES))
    place = read_place(after)
    branches = [
        _branch(rank, name, client_id, viewer, place, limit + 1)
        for rank, name in enumerate(_BRANCHES)
        if name in wanted
    ]
    both = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    found = session.execute(
        select(both.c.at, both.c.rank, both.c.id)
        .order_by(both.c.at.desc(), both.c.rank, both.c.id.desc())
        .limit(limit + 1)
    ).all()
    names = tuple(_BRANCHES)
    moments = [Moment(row.at, names[row.rank], row.id) for row in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return TimelinePage(
        items=read_moments(session, viewer, moments),
        next=None if last is None else write_place(last.at, last.rank, last.id),
    )


@dataclass(frozen=True, slots=True)
class _Branch:
    at: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[int]
    of: Callable[[int, Viewer], ColumnElement[bool]]


def _of_deals(client_id: int, _viewer: Viewer) -> ColumnElement[bool]:
    return Deal.client_id == client_id


def _in_history(client_id: int) -> ColumnElement[bool]:
    """Stages of the client's deals; the one it was opened in and the one it was closed in are told by that."""
    return exists().where(
        Deal.id == DealStage.deal_id,
        Deal.client_id == client_id,
        or_(Deal.opened_at.is_(None), Deal.opened_at != DealStage.at),
        or_(Deal.closed_at.is_(None), Deal.closed_at != DealStage.at),
    )


def _without_history() -> ColumnElement[bool]:
    """Open deals of a CRM that tells only the present stage, once they have left the first one."""
    return and_(
        Deal.closed_at.is_(None),
        or_(Deal.opened_at.is_(None), Deal.opened_at != Deal.stage_since),
        ~exists().where(DealStage.deal_id == Deal.id),
    )


_BRANCHES: Final[Mapping[str, _Branch]] = {
    "call": _Branch(Call.happened_at, Call.id, lambda c, v: and_(Call.client_id == c, visible_calls(v))),
    "comment": _Branch(
        ClientComment.created_at,
        ClientComment.id,
        lambda c, _v: and_(ClientComment.client_id == c, ClientComment.deleted_at.is_(None)),
    ),
    "email": _Branch(CrmEmail.at, CrmEmail.id, lambda c, _v: CrmEmail.client_id == c),
    "note": _Branch(CrmNote.at, CrmNote.id, lambda c, _v: CrmNote.client_id == c),
    "task_done": _Branch(CrmTask.done_at, CrmTask.id, lambda c, _v: CrmTask.client_id == c),
    "task_due": _Branch(
        CrmTask.due_at, CrmTask.id, lambda c, _v: and_(CrmTask.client_id == c, CrmTask.done_at.is_(None))
    ),
    "deal_closed": _Branch(Deal.closed_at, Deal.id, _of_deals),
    "stage": _Branch(DealStage.at, DealStage.id, lambda c, _v: _in_history(c)),
    "deal_stage": _Branch(Deal.stage_since, Deal.id, lambda c, _v: and_(Deal.client_id == c, _without_history())),
    "deal_opened": _Branch(Deal.opened_at, Deal.id, _of_deals),
    "client_created": _Branch(Client.created_at, Client.id, lambda c, _v: Client.id == c),
}
"""In the order in which moments of the same instant stand, the latest cause first."""


def _branch(
    rank: int, name: str, client_id: int, viewer: Viewer, place: tuple[datetime, int, int] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    branch = _BRANCHES[name]
    query = (
        select(branch.at.label("at"), literal(rank).label("rank"), branch.id.label("id"))
        .where(branch.of(client_id, viewer), branch.at.is_not(None))
        .order_by(branch.at.desc(), branch.id.desc())
        .limit(limit)
    )
    if place is None:
        return query
    at, last_rank, last_id = place
    same = branch.id < last_id if rank == last_rank else None
    if rank < last_rank:
        return query.where(branch.at < at)
    if same is None:
        return query.where(branch.at <= at)
    return query.where(or_(branch.at < at, and_(branch.at == at, same)))


def write_place(at: datetime, rank: int, row_id: int) -> str:
    """Where a page ended, as opaque text for a link."""
    plain = f"{(at - EPOCH) // timedelta(microseconds=1)}.{rank}.{row_id}".encode("ascii")
    return base64.urlsafe_b64encode(plain).decode("ascii").rstrip("=")


def read_place(mark: str | None) -> tuple[datetime, int, int] | None:
    """What `write_place` was given; None for what it never wrote: the first page is shown then."""
    if not mark or len(mark) > 80 or not mark.isascii():
        return None
    try:
        plain = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode("ascii")
        microseconds, rank, row_id = (int(part) for part in plain.split("."))
        at = EPOCH + timedelta(microseconds=microseconds)
    except (binascii.Error, ValueError, OverflowError):
        return None
    return (at, rank, row_id) if row_id < 2**63 and write_place(at, rank, row_id) == mark else None
