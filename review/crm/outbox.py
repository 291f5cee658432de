"""What is to be told to a CRM: put down here in the transaction of the act itself, sent later, at least once.

| Kind | Payload | Sent as |
|---|---|---|
| `crm.call_note` | `call_id` | the call on the client's or deal's card: score, summary lines, link |
| `crm.task` | `client_id`, `title`; `deal_id`, `rep_id`, `due_at`, `text`, `task_id` | a task for the rep |
| `crm.reopen` | `deal_id`, `rep_id`; `stage`, `text`, `due_at` | the lead open again, its responsible, a brief |
| `crm.withdraw` | `deal_id`, `of`; `reason` | the task that the reopening under key `of` brought, closed |
| `crm.transcript` | `call_id` | the transcript, where the CRM takes one (Bitrix24) |
| `crm.field` | `field`, `value`, `client_id` or `deal_id`; `quote` | one field of the card |

What stands before the semicolon is needed, the rest may be left out. Ids are those of our rows: what they hold is read
when it is sent, so that a correction made in between is what the CRM gets. `title`, `text`, `value`, `quote` are words
that a person chose; `due_at` is ISO 8601 with a zone; `task_id` is our row of the task, which the CRM's then becomes;
`field` is a name of `CLIENT_FIELDS`, or `custom.<name>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Call, CrmConnection, CrmId, Deal, OutboxItem, utc_now
from review.upsert import insert_new

NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "crm.call_note": frozenset({"call_id"}),
    "crm.task": frozenset({"client_id", "title"}),
    "crm.reopen": frozenset({"deal_id", "rep_id"}),
    "crm.withdraw": frozenset({"deal_id", "of"}),
    "crm.transcript": frozenset({"call_id"}),
    "crm.field": frozenset({"field", "value"}),
}
ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "crm.call_note": frozenset(),
    "crm.task": frozenset({"deal_id", "rep_id", "due_at", "text", "task_id"}),
    "crm.reopen": frozenset({"stage", "text", "due_at"}),
    "crm.withdraw": frozenset({"reason"}),
    "crm.transcript": frozenset(),
    "crm.field": frozenset({"client_id", "deal_id", "quote"}),
}
CLIENT_FIELDS: Final = ("potential", "client_group", "product_group", "note", "budget", "timing", "decision_maker")
NO_CRM: Final = "no_crm"
"""The `error` of an item whose client belongs to no connection: it was put down and needs no sending."""


@dataclass(frozen=True, slots=True)
class Home:
    """The CRM a client or deal came from."""

    connection_id: int
    kind: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """How far one item is: `state` is waiting, sent, failed or skipped; `error` says why of the last two."""

    state: str
    error: str
    attempts: int
    remote_id: str


def enqueue(session: Session, kind: str, key: str, payload: Mapping[str, Any]) -> int | None:
    """Put down what is to be told; the item's id, or None when an item with this key is there already.

    `key` names the fact for good, e.g. `reopen:<deal>:<decision>`: the CRM is asked for it before a second sending.
    An item whose client belongs to no connection is kept as skipped. Raises ValueError for an unknown kind or a
    payload that lacks something. Does not commit.
    """
    if kind not in NEEDED:
        raise ValueError(f"there is no outbox kind {kind!r}")
    given = {name: value for name, value in payload.items() if value is not None}
    if NEEDED[kind] - set(given) or set(given) - NEEDED[kind] - ALLOWED[kind]:
        raise ValueError(f"{kind} needs {sorted(NEEDED[kind])} and takes {sorted(ALLOWED[kind])}, not {sorted(given)}")
    if kind == "crm.field" and not {"client_id", "deal_id"} & set(given):
        raise ValueError("crm.field needs client_id or deal_id")
    home = _home_of(session, given)
    made = insert_new(
        session,
        OutboxItem,
        ("key",),
        kind=kind,
        key=key,
        payload=given,
        created_at=utc_now(),
        next_at=0.0,
        attempts=0,
        connection_id=home.connection_id if home else None,
        state="waiting" if home else "skipped",
        error="" if home else NO_CRM,
        remote_id="",
        done_at=None if home else utc_now(),
    )
    return None if made is None else int(made)


def find_home(session: Session, *, client_id: int | None = None, deal_id: int | None = None) -> Home | None:
    """The connection a deal, else a client, came from; None when we know of none. The oldest, where there are two."""
    for entity, row_id in (("deal", deal_id), ("client", client_id)):
        if row_id is None:
            continue
        found = session.execute(
            select(CrmConnection.id, CrmConnection.kind, CrmConnection.name, CrmConnection.state)
            .join(CrmId, CrmId.connection_id == CrmConnection.id)
            .where(CrmId.entity == entity, CrmId.row_id == row_id, CrmId.deleted.is_(False))
            .order_by(CrmConnection.id)
            .limit(1)
        ).first()
        if found is not None:
            return Home(found.id, found.kind, found.name, found.state)
    return None


def told(session: Session, key: str) -> Told | None:
    """How far the item with this key is; None when there is none."""
    item = session.scalar(select(OutboxItem).where(OutboxItem.key == key))
    return None if item is None else Told(item.state, item.error, item.attempts, item.remote_id)


def _home_of(session: Session, payload: Mapping[str, Any]) -> Home | None:
    client_id, deal_id = payload.get("client_id"), payload.get("deal_id")
    if "call_id" in payload:
        call = session.execute(select(Call.client_id, Call.deal_id).where(Call.id == payload["call_id"])).first()
        client_id, deal_id = (None, None) if call is None else (call.client_id, call.deal_id)
    if client_id is None and deal_id is not None:
        client_id = session.scalar(select(Deal.client_id).where(Deal.id == deal_id))
    return find_home(session, client_id=client_id, deal_id=deal_id)
