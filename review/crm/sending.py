"""Sending what was put down for CRMs: one item at a time under a lease, at least once, given up where people see it."""

from __future__ import annotations

import secrets as random_bytes
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from review.clock import database_now
from review.crm.building import NothingToSay, Push, build_push
from review.crm.connector import Access, Connector
from review.crm.errors import CrmBusy, CrmError, CrmGone, CrmSignedOut
from review.crm.http import LONGEST_TRY, LONGEST_WAIT
from review.crm.registry import make_connector
from review.crm.sync import open_access
from review.db import BUSY_MILLISECONDS, Database
from review.errors import ReviewError
from review.models import CrmConnection, CrmId, OutboxItem, utc_now
from review.services import audit
from review.services.crm_secrets import SecretBox, SecretsLost
from review.upsert import insert_new

log = structlog.get_logger(__name__)

RENEW_AFTER: Final = 30.0  # seconds
LEASE: Final = RENEW_AFTER + LONGEST_TRY + LONGEST_WAIT + BUSY_MILLISECONDS / 1000
"""Seconds. It is renewed before every try when it is older than RENEW_AFTER, and from there to the next such moment
goes at most one try, one pause and one busy database: no delivery outlives its lease, however many requests it
takes."""
TRIES: Final = 10
FIRST_BACKOFF: Final = 30.0
LONGEST_BACKOFF: Final = 6 * 3600.0
GONE: Final = "gone"
"""The `error` of a skipped item: what it speaks of is not there any more."""


class LeaseLost(Exception):
    """Somebody else sends this item by now, or the database cannot say: nothing more is sent of it from here."""


class NotRetriable(ReviewError):
    """An item cannot be tried again: it is not there, or was sent."""

    code = "not_retriable"

    def __init__(self, item_id: int) -> None:
        super().__init__(f"Item {item_id} cannot be tried again: only what failed can. Nothing was changed.")
        self.item_id = item_id


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item that this process alone is sending; `attempts` counts this try too."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    connection_id: int
    attempts: int
    token: str
    claimed: float = field(default_factory=lambda: time.monotonic())  # ours, seconds


class Sender:
    """Sends items; keeps one connector for each connection while it runs."""

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        *,
        region: str,
        public_url: str | None,
        wait: Callable[[float], None] = time.sleep,
        make: Callable[[str, Access], Connector] = make_connector,
    ) -> None:
        self._database = database
        self._box = box
        self._region = region
        self._public_url = public_url
        self._wait = wait
        self._make = make
        self._connectors: dict[int, Connector] = {}
        self._sending: Claimed | None = None
        self._renewed = 0.0

    def send_due(self, *, most: int = 1000, stop: Callable[[], bool] = lambda: False) -> int:
        """Send what is due until nothing is; how many were tried."""
        tried = 0
        while tried < most and not stop():
            with self._database.session() as session:
                item = claim_next(session)
            if item is None:
                break
            self.send(item)
            tried += 1
        return tried

    def send(self, item: Claimed) -> None:
        """Send one claimed item and note how it went."""
        self._sending, self._renewed = item, item.claimed
        try:
            with self._database.read() as session:
                connection = session.get(CrmConnection, item.connection_id)
                if connection is None:
                    return  # removed, and its items with it
                push = build_push(session, connection, item.kind, item.payload, public_url=self._public_url)
                kind = connection.kind
            made = push.send(self._connector(item.connection_id, kind), item.key, again=item.attempts > 1)
        except LeaseLost:
            log.info("item %d is sent by somebody else", item.id)
        except NothingToSay:
            self._note(item, state="skipped", error=GONE)
        except (CrmSignedOut, SecretsLost) as problem:
            # Nothing wrong with the item: it goes on when somebody has given a new key.
            self._connectors.pop(item.connection_id, None)
            with self._database.session() as session:
                session.execute(
                    update(CrmConnection)
                    .where(CrmConnection.id == item.connection_id)
                    .values(state="broken", error=str(problem)[:500])
                )
            self._note(item, state="waiting", error=str(problem), pause=FIRST_BACKOFF)
        except CrmError as problem:
            self._give_back(item, problem)
        except Exception as problem:
            log.exception("item %d could not be sent", item.id)
            self._note(item, state="failed", error=f"A fault of ours ({type(problem).__name__}) is in the log.")
        else:
            self._note(item, state="sent", made=made, push=push)

    def _connector(self, connection_id: int, kind: str) -> Connector:
        if connection_id not in self._connectors:
            access = open_access(
                self._database, connection_id, self._box, region=self._region, wait=self._wait, alive=self._alive
            )
            self._connectors[connection_id] = self._make(kind, access)
        return self._connectors[connection_id]

    def _alive(self) -> None:
        """Renew the lease of what is being sent, once it is old. Raises LeaseLost."""
        item = self._sending
        if item is None or time.monotonic() - self._renewed < RENEW_AFTER:
            return
        try:
            with self._database.session() as session:
                held = session.execute(
                    update(OutboxItem)
                    .where(OutboxItem.id == item.id, OutboxItem.lease_token == item.token)
                    .values(lease_until=database_now() + LEASE)
                )
        except SQLAlchemyError as error:
            raise LeaseLost from error
        if held.rowcount != 1:  # type: ignore[attr-defined]
            raise LeaseLost
        self._renewed = time.monotonic()

    def _give_back(self, item: Claimed, problem: CrmError) -> None:
        if isinstance(problem, CrmGone):
            self._mark_gone(item)
        if isinstance(problem, CrmBusy) and problem.retry_after:
            self._note(item, state="waiting", error=str(problem), pause=problem.retry_after)
            self._put_off(item.connection_id, problem.retry_after)
            return
        if problem.permanent or item.attempts >= TRIES:
            self._note(item, state="failed", error=str(problem))
            return
        pause = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(item.attempts - 1, 20))
        self._note(item, state="waiting", error=str(problem), pause=max(pause, problem.retry_after or 0.0))

    def _put_off(self, connection_id: int, pause: float) -> None:
        """A CRM that asks us to stay away means all of us, not the one item that heard it."""
        with self._database.session() as session:
            session.execute(
                update(OutboxItem)
                .where(
                    OutboxItem.connection_id == connection_id,
                    OutboxItem.state == "waiting",
                    OutboxItem.next_at < database_now() + pause,
                )
                .values(next_at=database_now() + pause)
            )

    def _mark_gone(self, item: Claimed) -> None:
        deal_id = item.payload.get("deal_id")
        if deal_id is None:
            return
        with self._database.session() as session:
            session.execute(
                update(CrmId)
                .where(CrmId.connection_id == item.connection_id, CrmId.entity == "deal", CrmId.row_id == deal_id)
                .values(deleted=True)
            )

    def _note(
        self,
        item: Claimed,
        *,
        state: str,
        error: str = "",
        made: str = "",
        pause: float = 0.0,
        push: Push | None = None,
    ) -> None:
        with self._database.session() as session:
            held = session.execute(
                update(OutboxItem)
                .where(OutboxItem.id == item.id, OutboxItem.lease_token == item.token)
                .values(
                    state=state,
                    error=error[:500],
                    remote_id=made,
                    next_at=database_now() + pause,
                    done_at=utc_now() if state in ("sent", "skipped") else None,
                    lease_token=None,
                    lease_until=None,
                )
            )
            if held.rowcount != 1 or push is None:  # type: ignore[attr-defined]
                return
            if item.kind == "crm.reopen":  # what became of it is read back soon
                session.execute(update(CrmConnection).where(CrmConnection.id == item.connection_id).values(next_at=0.0))
            task_id = item.payload.get("task_id")
            if item.kind == "crm.task" and task_id is not None:
                insert_new(
                    session,
                    CrmId,
                    ("connection_id", "entity", "remote_id"),
                    connection_id=item.connection_id,
                    entity="task",
                    remote_id=made,
                    row_id=task_id,
                    label="",
                    said={},
                    deleted=False,
                )


def claim_next(session: Session) -> Claimed | None:
    """Take the oldest item that is due and whose connection works; None when there is none. Does not commit."""
    found = session.scalar(_due().limit(1))
    if found is None:
        return None
    token = random_bytes.token_hex(8)
    taken = session.execute(
        update(OutboxItem)
        .where(
            OutboxItem.id == found.id,
            OutboxItem.state == "waiting",
            or_(OutboxItem.lease_until.is_(None), OutboxItem.lease_until < database_now()),
        )
        .values(lease_token=token, lease_until=database_now() + LEASE, attempts=OutboxItem.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1 or found.connection_id is None:  # type: ignore[attr-defined]
        return None
    return Claimed(found.id, found.kind, found.key, dict(found.payload), found.connection_id, found.attempts + 1, token)


def anything_due(session: Session) -> bool:
    """Whether something could be sent now. Reads only."""
    return session.scalar(_due().with_only_columns(OutboxItem.id).limit(1)) is not None


def retry(session: Session, item_id: int, *, by: int | None) -> None:
    """Try a failed item again. Raises NotRetriable. Does not commit."""
    changed = session.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item_id, OutboxItem.state == "failed")
        .values(state="waiting", next_at=0.0, attempts=1)  # 1: the CRM is asked whether it has it already
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise NotRetriable(item_id)
    audit.record(session, by, "crm.retried", "outbox", item_id)


def _due() -> Any:
    return (
        select(OutboxItem)
        .join(CrmConnection, CrmConnection.id == OutboxItem.connection_id)
        .where(
            OutboxItem.state == "waiting",
            OutboxItem.done_at.is_(None),
            OutboxItem.next_at <= database_now(),
            CrmConnection.state == "active",
            or_(OutboxItem.lease_until.is_(None), OutboxItem.lease_until < database_now()),
        )
        .order_by(OutboxItem.id)
    )
