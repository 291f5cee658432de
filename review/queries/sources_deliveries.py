"""What telephone systems delivered, as the source's page and the command line show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Delivery, Source, SourceDoor, WebhookDelivery

MOST_SHOWN: Final = 64 * 1024  # bytes of a body on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One delivery in a list; `size` in bytes of the whole body."""

    id: int
    source: str
    provider: str
    received_at: datetime
    state: str
    why: str
    call_id: int | None
    size: int
    test: bool
    replays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDelivery:
    """One delivery as it came. `body` is its text as far as it is one; `cut` when not all of it is here."""

    line: DeliveryLine
    method: str
    address: str
    headers: Mapping[str, str]
    body: str
    cut: bool
    files: tuple[Mapping[str, Any], ...]
    processed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLine:
    """A source that a telephone system delivers to."""

    provider: str
    last_delivery_at: datetime | None


def list_doors(session: Session) -> dict[str, DoorLine]:
    """The doors by their sources' names."""
    rows = session.execute(select(SourceDoor.source, SourceDoor.provider, SourceDoor.last_delivery_at))
    return {row.source: DoorLine(provider=row.provider, last_delivery_at=row.last_delivery_at) for row in rows}


def last_arrival(session: Session, source: str) -> datetime | None:
    """When a source last brought a call, by whatever door; None when it never did."""
    newest = select(Delivery.received_at).where(Delivery.source == source).order_by(Delivery.id.desc()).limit(1)
    return session.scalar(newest)


def find_source_id(session: Session, name: str) -> int | None:
    """The id of the source with this name."""
    return session.scalar(select(Source.id).where(Source.name == name))


def list_deliveries(
    session: Session,
    *,
    source: str | None = None,
    since: datetime | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int | None = 15,
) -> tuple[DeliveryLine, ...]:
    """Deliveries, the newest first; `before` continues behind an id."""
    query = _chosen(source, since, state).order_by(WebhookDelivery.id.desc())
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    if limit is not None:
        query = query.limit(limit)
    return tuple(_line(row) for row in session.execute(query))


def read_delivery(session: Session, delivery_id: int, *, source: str | None = None) -> RawDelivery | None:
    """One delivery with everything it brought; None when there is none with this id (of this source)."""
    row = session.get(WebhookDelivery, delivery_id)
    if row is None or (source is not None and row.source != source):
        return None
    return RawDelivery(
        line=_line(row),
        method=row.method,
        address=row.address,
        headers={str(name): str(value) for name, value in sorted(row.headers.items())},
        body=row.body[:MOST_SHOWN].decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}"),
        cut=row.size > min(len(row.body), MOST_SHOWN) and not row.files,
        files=tuple({"field": field, **kept} for field, kept in sorted(row.files.items())),
        processed_at=row.processed_at,
    )


def _chosen(source: str | None, since: datetime | None, state: str | None) -> Any:
    table = WebhookDelivery
    query = select(
        table.id,
        table.source,
        table.provider,
        table.received_at,
        table.state,
        table.why,
        table.call_id,
        table.size,
        table.test,
        table.replays,
    )
    if source is not None:
        query = query.where(table.source == source)
    if since is not None:
        query = query.where(table.received_at >= since)
    if state is not None:
        query = query.where(table.state == state)
    return query


def _line(row: Any) -> DeliveryLine:
    return DeliveryLine(
        id=row.id,
        source=row.source,
        provider=row.provider,
        received_at=row.received_at,
        state=row.state,
        why=row.why,
        call_id=row.call_id,
        size=row.size,
        test=row.test,
        replays=row.replays,
    )
