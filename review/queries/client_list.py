"""Clients as a list: searched by name, company or number, narrowed by what asks for attention, page by page."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from review.models import POTENTIALS, Call, CallPromise, Client, ClientPhone, CrmTask, Deal, Rep, utc_now
from review.queries.client_promises import LOOK_BACK, read_promises
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls, visible_clients

BATCH: Final = 100
MOST_JUDGED: Final = 1_000  # clients looked at for one page of those with open promises
STANDSTILLS: Final = (7, 14, 30, 60)  # days a page offers


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFilter:
    """What a list of clients is narrowed to."""

    q: str = ""
    hot: bool = False
    potential: str | None = None
    standstill: int | None = None  # days an open deal has not moved
    promises: str | None = None  # due (open or overdue) or overdue

    def to_query(self) -> dict[str, str]:
        """As a link's values, empty ones left out."""
        values = {
            "q": self.q,
            "hot": "1" if self.hot else "",
            "potential": self.potential or "",
            "standstill": str(self.standstill or ""),
            "promises": self.promises or "",
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRow:
    """One client as a line. `deal_*` are of the open deal that has stood still longest; counts of promises are open."""

    id: int
    name: str
    company: str | None
    potential: str | None
    hot: bool
    hot_note: str
    phone: str | None
    deal_title: str | None
    deal_stage: str | None
    deal_rep: str | None
    days_in_stage: int | None
    last_call_at: datetime | None
    next_task: str | None
    next_due: datetime | None
    promises_due: int
    promises_overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPage:
    """One page; `next` asks for the one after it, None at the end."""

    rows: tuple[ClientRow, ...]
    next: str | None


def read_client_filter(values: Mapping[str, str]) -> ClientFilter:
    """The filter of a page's query string; a value that makes no sense is left out."""
    days, potential, promises = values.get("standstill", ""), values.get("potential"), values.get("promises")
    return ClientFilter(
        q=" ".join(values.get("q", "").replace("\x00", "").split())[:100],
        hot=values.get("hot") == "1",
        potential=potential if potential in POTENTIALS else None,
        standstill=int(days) if days.isascii() and days.isdecimal() and 0 < int(days[:6]) < 100_000 else None,
        promises=promises if promises in ("due", "overdue") else None,
    )


def list_clients(
    session: Session,
    viewer: Viewer,
    filters: ClientFilter,
    *,
    zone: tzinfo,
    after: str | None = None,
    limit: int = 40,
) -> ClientPage:
    """The clients the viewer may see, by name; `after` is the `next` of the page before."""
    now = utc_now()
    wanted = select(Client).where(visible_clients(viewer), *_conditions(filters, viewer, now))
    wanted = wanted.order_by(Client.name, Client.id)
    mark = _read_mark(after)
    rows: list[ClientRow] = []
    looked_at = 0
    size = BATCH if filters.promises else limit + 1
    while True:
        found = session.scalars((wanted.where(_behind(*mark)) if mark else wanted).limit(size)).all()
        read = _read(session, viewer, found, now, zone)
        rows += [row for row in read if _is_asked(row, filters.promises)]
        looked_at += len(found)
        if len(rows) > limit:
            return ClientPage(rows=tuple(rows[:limit]), next=_write_mark(rows[limit - 1].name, rows[limit - 1].id))
        if len(found) < size:
            return ClientPage(rows=tuple(rows), next=None)
        mark = (found[-1].name, found[-1].id)
        if looked_at >= MOST_JUDGED:
            return ClientPage(rows=tuple(rows), next=_write_mark(*mark))


def _is_asked(row: ClientRow, promises: str | None) -> bool:
    return promises is None or bool(row.promises_overdue if promises == "overdue" else row.promises_due)


def _conditions(filters: ClientFilter, viewer: Viewer, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.q:
        found.append(_matches(filters.q))
    if filters.hot:
        found.append(Client.hot.is_(True))
    if filters.potential is not None:
        found.append(Client.potential == filters.potential)
    if filters.standstill is not None:
        since = func.coalesce(Deal.stage_since, Deal.opened_at)
        still = since <= now - timedelta(days=filters.standstill)
        found.append(exists().where(Deal.client_id == Client.id, Deal.status == "open", still))
    if filters.promises is not None:
        found.append(
            exists().where(
                Call.client_id == Client.id,
                Call.happened_at >= now - timedelta(days=LOOK_BACK),
                visible_calls(viewer),
                CallPromise.call_id == Call.id,
                CallPromise.said_by == "rep",
            )
        )
    return found


def _matches(text: str) -> ColumnElement[bool]:
    """Name, company, or the digits of a number. SQLite folds only Latin letters, so usual ways of writing are tried."""
    ways = {text, text.lower(), text.upper(), text.capitalize(), text.title()}
    found: list[ColumnElement[bool]] = [
        column.icontains(way, autoescape=True) for way in sorted(ways) for column in (Client.name, Client.company)
    ]
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 3 and not re.search(r"[^\d\s+()./-]", text):
        tail = digits.removeprefix("00").removeprefix("0")
        found.append(exists().where(ClientPhone.client_id == Client.id, ClientPhone.e164.contains(tail)))
    return or_(*found)


def _behind(name: str, client_id: int) -> ColumnElement[bool]:
    return or_(Client.name > name, and_(Client.name == name, Client.id > client_id))


def _read(session: Session, viewer: Viewer, clients: Any, now: datetime, zone: tzinfo) -> list[ClientRow]:
    ids = [client.id for client in clients]
    if not ids:
        return []
    phones = dict(
        session.execute(
            select(ClientPhone.client_id, func.min(ClientPhone.e164))
            .where(ClientPhone.client_id.in_(ids))
            .group_by(ClientPhone.client_id)
        ).all()
    )
    calls = dict(
        session.execute(
            select(Call.client_id, func.max(Call.happened_at))
            .where(Call.client_id.in_(ids), visible_calls(viewer))
            .group_by(Call.client_id)
        ).all()
    )
    deals: dict[int, Any] = {}
    since = func.coalesce(Deal.stage_since, Deal.opened_at)
    for row in session.execute(
        select(Deal.client_id, Deal.title, Deal.stage, Rep.name.label("rep"), since.label("since"))
        .outerjoin(Rep, Rep.id == Deal.rep_id)
        .where(Deal.client_id.in_(ids), Deal.status == "open")
        .order_by(since.asc().nulls_last(), Deal.id)
    ):
        deals.setdefault(row.client_id, row)
    tasks: dict[int, Any] = {}
    for todo in session.execute(
        select(CrmTask.client_id, CrmTask.title, CrmTask.due_at)
        .where(CrmTask.client_id.in_(ids), CrmTask.done_at.is_(None))
        .order_by(CrmTask.due_at.asc().nulls_last(), CrmTask.id)
    ):
        tasks.setdefault(todo.client_id, todo)
    promises = read_promises(session, viewer, ids, now=now, zone=zone)
    made = []
    for client in clients:
        deal, task = deals.get(client.id), tasks.get(client.id)
        due = [one for one in promises.get(client.id, ()) if one.asked_for]
        made.append(
            ClientRow(
                id=client.id,
                name=client.name,
                company=client.company,
                potential=client.potential,
                hot=client.hot,
                hot_note=client.hot_note,
                phone=phones.get(client.id),
                deal_title=deal.title if deal else None,
                deal_stage=deal.stage if deal else None,
                deal_rep=deal.rep if deal else None,
                days_in_stage=max(0, (now - deal.since).days) if deal and deal.since else None,
                last_call_at=calls.get(client.id),
                next_task=task.title if task else None,
                next_due=task.due_at if task else None,
                promises_due=len(due),
                promises_overdue=sum(one.judged.state == "overdue" for one in due),
            )
        )
    return made


def _write_mark(name: str, client_id: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([name, client_id]).encode()).decode("ascii").rstrip("=")


def _read_mark(mark: str | None) -> tuple[str, int] | None:
    """What `_write_mark` was given; None for anything else."""
    if not mark or len(mark) > 4_000 or not mark.isascii():
        return None
    try:
        name, client_id = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        name.encode("utf-8")  # half a character is no name
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError):
        return None
    fits = isinstance(name, str) and "\x00" not in name and isinstance(client_id, int) and abs(client_id) < 2**63
    return (name, client_id) if fits else None
