"""Reading a connection's CRM page by page: a page and how far it came are kept in one transaction, under a lease."""

from __future__ import annotations

import secrets as random_bytes
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from review.clock import database_now
from review.crm.apply import absent_clients, apply_rows
from review.crm.applying import Counts
from review.crm.call_notes import note_linked_later
from review.crm.connector import Access, Connector, Gone, Page
from review.crm.errors import CrmError, CrmNonsense, CrmSignedOut
from review.crm.registry import make_connector
from review.crm.tokens import renewed
from review.db import Database
from review.models import CrmConnection, CrmId, Deal, utc_now
from review.services.crm_secrets import SecretBox, SecretsLost
from review.services.matching import link_calls

log = structlog.get_logger(__name__)

LEASE: Final = 600.0  # seconds; every page renews it
MINUTES: Final = 10  # between two syncs, unless the connection says otherwise
LONGEST_BACKOFF: Final = 3600.0
CHECKED_AT_ONCE: Final = 200  # rows per sync that are asked for: are they still there?


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync brought; `error` is empty when it came to the end."""

    connection_id: int
    name: str
    counts: Counts
    error: str = ""


class NotOurs(Exception):
    """Another process took the connection over: nothing more may be written."""


def due_connections(session: Session) -> list[int]:
    """Connections that should be read now and that nobody is reading."""
    return list(
        session.scalars(
            select(CrmConnection.id)
            .where(
                CrmConnection.state == "active",
                CrmConnection.next_at <= database_now(),
                or_(CrmConnection.lease_until.is_(None), CrmConnection.lease_until < database_now()),
            )
            .order_by(CrmConnection.id)
        )
    )


def sync_connection(
    database: Database,
    connection_id: int,
    box: SecretBox,
    *,
    region: str,
    wait: Callable[[float], None] = time.sleep,
    make: Callable[[str, Access], Connector] = make_connector,
) -> SyncReport | None:
    """Read what changed and put it in; None when another process is reading this connection, or it is gone.

    What was read stays when a later page fails; the next sync goes on behind it.
    """
    token = random_bytes.token_hex(8)
    with database.session() as session:
        taken = session.execute(
            update(CrmConnection)
            .where(
                CrmConnection.id == connection_id,
                or_(CrmConnection.lease_until.is_(None), CrmConnection.lease_until < database_now()),
            )
            .values(lease_token=token, lease_until=database_now() + LEASE)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return None
        connection = session.get_one(CrmConnection, connection_id)
        kind, name, cursor = connection.kind, connection.name, dict(connection.cursor)
        minutes = _minutes(connection.settings)
    counts, error, broken, pause = Counts(), "", False, None
    try:
        connector = make(kind, open_access(database, connection_id, box, region=region, wait=wait))
        for page in _pages(connector, cursor):
            if not page.rows and dict(page.cursor) == cursor:
                continue
            cursor = dict(page.cursor)
            counts.add(_put_in(database, connection_id, token, connector, page, region))
        counts.gone += _look_for_gone(database, connection_id, token, connector)
    except CrmError as problem:
        error, broken, pause = str(problem), isinstance(problem, CrmSignedOut), problem.retry_after
    except SecretsLost as problem:
        error, broken = str(problem), True
    except NotOurs:
        return None
    except Exception as problem:
        log.exception("reading CRM %s failed", name)
        error = f"A fault of ours ({type(problem).__name__}) is in the log; what was read before it is kept."
    with database.session() as session:
        link_calls(session)
        note_linked_later(session, connection_id)
    with database.session() as session:
        _finish(session, connection_id, token, counts, error, broken=broken, pause=pause, minutes=minutes)
    return SyncReport(connection_id, name, counts, error)


def open_access(
    database: Database,
    connection_id: int,
    box: SecretBox,
    *,
    region: str,
    wait: Callable[[float], None] = time.sleep,
    alive: Callable[[], None] = lambda: None,
) -> Access:
    """What a connector of this connection needs; changed tokens are committed at once. Raises SecretsLost."""
    with database.read() as session:
        connection = session.get_one(CrmConnection, connection_id)
        settings, secrets = dict(connection.settings), box.open(connection_id, connection.secrets)

    def keep(read: Mapping[str, str], changed: Mapping[str, str]) -> Mapping[str, str]:
        with database.session() as writing:
            row = writing.get_one(CrmConnection, connection_id, with_for_update=True)
            kept = renewed(box.open(connection_id, row.secrets), read, changed)
            row.secrets = box.close(connection_id, kept)
        return kept

    def stored() -> Mapping[str, str]:
        with database.read() as reading:
            return box.open(connection_id, reading.get_one(CrmConnection, connection_id).secrets)

    return Access(settings=settings, secrets=secrets, keep=keep, wait=wait, stored=stored, region=region, alive=alive)


def _pages(connector: Connector, cursor: Mapping[str, Any]) -> Iterator[Page]:
    """The connector's pages; an answer of an unexpected shape is the CRM's fault, not a crash of ours."""
    pages = connector.pull(cursor)
    while True:
        try:
            page = next(pages, None)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise CrmNonsense(f"An answer was not as documented ({type(error).__name__}: {error}).") from error
        if page is None:
            return
        yield page


def _put_in(
    database: Database, connection_id: int, token: str, connector: Connector, page: Page, region: str
) -> Counts:
    with database.read() as session:
        contacts, companies = absent_clients(session, connection_id, page.rows)
    # Asked for before the transaction: nobody else could write while a CRM takes its time to answer.
    rows = (*(connector.fetch(contacts, companies) if contacts or companies else ()), *page.rows)
    with database.session() as session:
        _fence(session, connection_id, token, cursor=dict(page.cursor))
        return apply_rows(session, connection_id, rows, region=region)


def _look_for_gone(database: Database, connection_id: int, token: str, connector: Connector) -> int:
    """Ask for some of the rows each time, round and round: most CRMs do not tell what was deleted."""
    gone = 0
    for entity in ("deal", "client"):
        with database.read() as session:
            connection = session.get(CrmConnection, connection_id)
            if connection is None:
                raise NotOurs
            cursor = dict(connection.cursor)
            after = str(cursor.get(f"checked_{entity}") or "")
            ids = session.scalars(_to_check(connection_id, entity, after)).all()
        missing = connector.missing(entity, ids) if ids else frozenset()
        with database.session() as session:
            cursor[f"checked_{entity}"] = ids[-1] if len(ids) == CHECKED_AT_ONCE else ""
            _fence(session, connection_id, token, cursor=cursor)
            gone += apply_rows(
                session, connection_id, [Gone(entity=entity, id=remote_id) for remote_id in sorted(missing)], region=""
            ).gone
    return gone


def _to_check(connection_id: int, entity: str, after: str) -> Any:
    query = select(CrmId.remote_id).where(
        CrmId.connection_id == connection_id,
        CrmId.entity == entity,
        CrmId.remote_id > after,
        CrmId.deleted.is_(False),
        CrmId.row_id.is_not(None),
    )
    if entity == "deal":  # of clients any; a deal that was won long ago is nobody's work any more
        query = query.where(CrmId.row_id.in_(select(Deal.id).where(Deal.status != "won")))
    return query.order_by(CrmId.remote_id).limit(CHECKED_AT_ONCE)


def _fence(session: Session, connection_id: int, token: str, **values: Any) -> None:
    held = session.execute(
        update(CrmConnection)
        .where(CrmConnection.id == connection_id, CrmConnection.lease_token == token)
        .values(lease_until=database_now() + LEASE, **values)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise NotOurs


def _finish(
    session: Session,
    connection_id: int,
    token: str,
    counts: Counts,
    error: str,
    *,
    broken: bool,
    pause: float | None,
    minutes: int,
) -> None:
    connection = session.get(CrmConnection, connection_id, with_for_update=True)
    if connection is None or connection.lease_token != token:
        return
    connection.attempts = connection.attempts + 1 if error else 0
    backoff = min(LONGEST_BACKOFF, 60.0 * 2.0 ** min(10, connection.attempts - 1)) if error else minutes * 60.0
    connection.error = error[:500]
    if broken:
        connection.state = "broken"
    if not error:
        connection.last_sync_at, connection.counts = utc_now(), asdict(counts)
    connection.lease_token = connection.lease_until = None
    now = session.scalar(select(database_now())) or 0.0
    connection.next_at = now + max(backoff, pause or 0.0)


def _minutes(settings: Mapping[str, Any]) -> int:
    try:
        return min(1440, max(1, int(settings.get("every_minutes") or MINUTES)))
    except (TypeError, ValueError):
        return MINUTES
