"""What the CRM pages show beside connections: conflicts, the outbox, and whether a connection answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.crm.errors import CrmError
from review.crm.registry import KINDS, make_connector
from review.crm.sending import NotRetriable, retry
from review.crm.sync import open_access
from review.db import Database
from review.models import Client, CrmConflict, CrmConnection, Deal, OutboxItem
from review.services.crm_secrets import SecretBox, SecretsLost

__all__ = ["KINDS", "ConflictRow", "NotRetriable", "OutboxRow", "list_conflicts", "list_outbox", "retry", "try_now"]

TEST_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """A value that was changed both here and there."""

    id: int
    connection: str
    entity: str
    client_id: int | None
    what: str
    field: str
    ours: str
    theirs: str
    won: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """Something that is to be told to a CRM, or was; `about` names the client, deal or call."""

    id: int
    connection: str
    kind: str
    state: str
    error: str
    attempts: int
    created_at: datetime
    done_at: datetime | None
    call_id: int | None
    client_id: int | None
    about: str


def list_conflicts(session: Session, connection_id: int | None = None, *, limit: int = 50) -> tuple[ConflictRow, ...]:
    """The newest conflicts first."""
    query = (
        select(CrmConflict, CrmConnection.name)
        .join(CrmConnection, CrmConnection.id == CrmConflict.connection_id)
        .order_by(CrmConflict.id.desc())
        .limit(limit)
    )
    if connection_id is not None:
        query = query.where(CrmConflict.connection_id == connection_id)
    found = []
    for row, name in session.execute(query):
        client_id, what = _named(session, row.entity, row.row_id)
        found.append(
            ConflictRow(
                id=row.id,
                connection=name,
                entity=row.entity,
                client_id=client_id,
                what=what,
                field=row.field,
                ours=row.ours,
                theirs=row.theirs,
                won=row.won,
                at=row.at,
            )
        )
    return tuple(found)


def list_outbox(
    session: Session, *, connection_id: int | None = None, state: str | None = None, limit: int = 100
) -> tuple[OutboxRow, ...]:
    """Items of the outbox that belong to a connection: those that failed first, then the newest."""
    query = (
        select(OutboxItem, CrmConnection.name)
        .join(CrmConnection, CrmConnection.id == OutboxItem.connection_id)
        .order_by((OutboxItem.state == "failed").desc(), OutboxItem.id.desc())
        .limit(limit)
    )
    if connection_id is not None:
        query = query.where(OutboxItem.connection_id == connection_id)
    if state is not None:
        query = query.where(OutboxItem.state == state)
    found = []
    for item, name in session.execute(query):
        payload = item.payload
        client_id, about = None, ""
        if payload.get("deal_id") is not None:
            client_id, about = _named(session, "deal", int(payload["deal_id"]))
        elif payload.get("client_id") is not None:
            client_id, about = _named(session, "client", int(payload["client_id"]))
        found.append(
            OutboxRow(
                id=item.id,
                connection=name,
                kind=item.kind.removeprefix("crm."),
                state=item.state,
                error=item.error,
                attempts=item.attempts,
                created_at=item.created_at,
                done_at=item.done_at,
                call_id=payload.get("call_id"),
                client_id=client_id,
                about=about,
            )
        )
    return tuple(found)


def try_now(database: Database, box: SecretBox, connection_id: int, *, region: str) -> tuple[bool, str]:
    """Sign in to the CRM now: (whether it answered, the account's name or what is wrong). Nothing is waited for."""
    with database.read() as session:
        kind = session.get_one(CrmConnection, connection_id).kind
    try:
        access = open_access(database, connection_id, box, region=region, wait=lambda _seconds: None)
        access.seconds = TEST_SECONDS
        return True, make_connector(kind, access).test()
    except (CrmError, SecretsLost) as problem:
        return False, str(problem)


def _named(session: Session, entity: str, row_id: int) -> tuple[int | None, str]:
    if entity == "deal":
        deal = session.get(Deal, row_id)
        return (deal.client_id, deal.title) if deal is not None else (None, "")
    if entity in ("client", "company"):
        client = session.get(Client, row_id)
        return (client.id, client.name or client.company or "") if client is not None else (None, "")
    return None, ""
