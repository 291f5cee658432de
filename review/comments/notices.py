"""Notifications: what one person should know. Others call `notify`; pages build the sentence from kind and body.

Mails follow from the same rows: `review/notices/planning.py` decides which go out, when, and in which letter.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from review.models import Call, Client, Notification, utc_now
from review.notices.choices import is_off
from review.queries.paging import Place, beyond
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

KEPT_ON_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notification as its reader sees it; the call's facts are None when it is about no call."""

    id: int
    kind: str
    call_id: int | None
    body: dict[str, Any]
    created_at: datetime
    read_at: datetime | None
    client: str | None
    happened_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Notifications, the unread ones first; `next_page` is None on the last page."""

    rows: tuple[Notice, ...]
    unread: int
    next_page: int | None


def notify(
    session: Session,
    user_id: int,
    kind: str,
    *,
    call_id: int | None = None,
    body: dict[str, Any],
    together: bool = False,
) -> int:
    """Tell one person something; the notification's id.

    `body` holds plain JSON values for the sentence (names, counts, `at` in seconds), never what a client said.
    `together`: joined with an unread one of the same kind on the same call, whose `count` grows, instead of a new one.
    """
    if together:
        unread = session.scalar(
            select(Notification)
            .where(
                Notification.user_id == user_id,
                Notification.kind == kind,
                Notification.call_id == call_id,
                Notification.read_at.is_(None),
            )
            .order_by(Notification.id.desc())
            .limit(1)
        )
        if unread is not None:
            unread.body = {**unread.body, **body, "count": int(unread.body.get("count", 1)) + 1}
            unread.created_at = utc_now()
            session.flush()
            return int(unread.id)
    # A kind that is switched off leaves its row, unseen: who called gets an id all the same.
    hidden = is_off(session, user_id, kind)
    now = utc_now()
    made = Notification(
        user_id=user_id,
        kind=kind,
        call_id=call_id,
        body=body,
        created_at=now,
        read_at=now if hidden else None,
        hidden=hidden,
        mail="" if hidden else "new",
        mail_at=None if hidden else now,
    )
    session.add(made)
    session.flush()
    return int(made.id)


def count_unread(session: Session, viewer: Viewer) -> int:
    """How many the person has not read; calls they may not see any more are left out."""
    found = session.scalar(
        select(func.count())
        .select_from(Notification)
        .outerjoin(Call, Call.id == Notification.call_id)
        .where(_theirs(viewer), Notification.read_at.is_(None))
    )
    return int(found or 0)


def list_notices(session: Session, viewer: Viewer, *, page: int = 1) -> NoticePage:
    """A page of the person's notifications: unread first, then the newest."""
    page = max(1, page)
    rows = session.execute(
        select(Notification, Call.happened_at, Client.name)
        .outerjoin(Call, Call.id == Notification.call_id)
        .outerjoin(Client, Client.id == Call.client_id)
        .where(_theirs(viewer))
        .order_by(Notification.read_at.is_not(None), Notification.created_at.desc(), Notification.id.desc())
        .limit(KEPT_ON_PAGE + 1)
        .offset((page - 1) * KEPT_ON_PAGE)
    ).all()
    return NoticePage(
        tuple(
            Notice(
                id=row.id,
                kind=row.kind,
                call_id=row.call_id,
                body=row.body,
                created_at=row.created_at,
                read_at=row.read_at,
                client=None if viewer.is_outsider else client,
                happened_at=happened_at,
            )
            for row, happened_at, client in rows[:KEPT_ON_PAGE]
        ),
        count_unread(session, viewer),
        page + 1 if len(rows) > KEPT_ON_PAGE else None,
    )


def page_notices(
    session: Session, viewer: Viewer, place: Place | None, *, limit: int, only_unread: bool = False
) -> tuple[list[Notice], int]:
    """The person's notifications after a place, newest first, and how many are unread; without clients' names."""
    query = select(Notification).outerjoin(Call, Call.id == Notification.call_id).where(_theirs(viewer))
    if only_unread:
        query = query.where(Notification.read_at.is_(None))
    if place is not None:
        query = query.where(beyond(Notification.created_at, Notification.id, place))
    rows = session.scalars(query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit))
    return [_plain(row) for row in rows], count_unread(session, viewer)


def get_notice(session: Session, viewer: Viewer, notice_id: int) -> Notice | None:
    """One of the person's own notifications; None when it is not theirs to see."""
    row = session.scalar(
        select(Notification)
        .outerjoin(Call, Call.id == Notification.call_id)
        .where(_theirs(viewer), Notification.id == notice_id)
    )
    return None if row is None else _plain(row)


def mark_read(
    session: Session, viewer: Viewer, ids: Collection[int] | None = None, *, call_id: int | None = None
) -> int:
    """Mark the person's own notifications read: those named, those on one call, or all; how many were unread."""
    chosen = [Notification.user_id == viewer.user_id, Notification.read_at.is_(None)]
    if ids is not None:
        chosen.append(Notification.id.in_(sorted(ids)))
    if call_id is not None:
        chosen.append(Notification.call_id == call_id)
    done = session.execute(update(Notification).where(and_(*chosen)).values(read_at=utc_now()))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _plain(row: Notification) -> Notice:
    return Notice(
        id=row.id,
        kind=row.kind,
        call_id=row.call_id,
        body=row.body,
        created_at=row.created_at,
        read_at=row.read_at,
        client=None,
        happened_at=None,
    )


def _theirs(viewer: Viewer) -> Any:
    """Their own, of a kind not switched off, about no call or about a call they may still see."""
    return and_(
        Notification.user_id == viewer.user_id,
        Notification.hidden.is_(False),
        or_(Notification.call_id.is_(None), visible_calls(viewer)),
    )
