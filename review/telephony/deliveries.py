"""Raw deliveries: kept first, then taken in; replayed as often as one likes, always the same calls come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus, urlencode

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from review.clock import database_now
from review.errors import IntakeRefused, ReviewError
from review.models import SourceDoor, WebhookDelivery, utc_now
from review.services.call_facts import check_facts
from review.services.intake import Accepted, StoredFile, accept_missed_call, accept_stored
from review.states import Step
from review.telephony.doors import OpenDoor, region_of
from review.telephony.fetches import want_audio
from review.telephony.masking import MARK, bring_back, bring_back_body, hide_in_body, hide_in_query
from review.telephony.provider import CallNews, Incoming, Outcome, SentFile, Unreadable, WrongSignature

KEPT_HEADERS: Final = (
    "content-type",
    "content-length",
    "date",
    "signature",
    "user-agent",
    "x-callcoach-signature",
    "x-request-id",
    "x-twilio-signature",
)
KEPT_OF_REFUSED: Final = 16 * 1024  # bytes: enough to see what came and to read it again once the secret is right
LONGEST_ADDRESS: Final = 2000  # characters
GRACE: Final = 60.0  # seconds the request that brought it has to take it, before the sweep does
MOST_ATTEMPTS: Final = 8
_BACKOFF: Final = (10.0, 60.0, 300.0, 900.0, 3600.0)  # seconds
KEPT_DAYS: Final = 30
MOST_KEPT: Final = 20_000  # of one source
MOST_REFUSED: Final = 1_000  # of one source


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery. `ring` is what to ring for after the commit; `created` how many calls are new."""

    state: Outcome
    why: str = ""
    call_ids: tuple[int, ...] = ()
    ring: tuple[tuple[int, Step], ...] = ()
    created: int = 0


class NoSuchDelivery(ReviewError):
    """There is no delivery with this id, or its source has no telephone system any more."""

    code = "no_such_delivery"

    def __init__(self, delivery_id: int) -> None:
        super().__init__(f"There is no delivery {delivery_id} that could be replayed.")
        self.delivery_id = delivery_id


def keep_delivery(
    session: Session,
    opened: OpenDoor,
    sent: Incoming,
    *,
    size: int | None = None,
    files: Mapping[str, StoredFile] | None = None,
    refused: str | None = None,
    failed: str | None = None,
    test: bool = False,
) -> int:
    """Write a request down as it came, its secrets hidden; its id. `refused` and `failed`: why nothing is taken of it.

    `size` is that of the whole body where `sent` has less of it. Does not commit.
    """
    whole = hide_in_body(sent.body, opened.provider.hidden, opened.token)
    body = whole[:KEPT_OF_REFUSED] if refused is not None else whole
    row = WebhookDelivery(
        source=opened.door.source,
        provider=opened.door.provider,
        received_at=sent.received_at,
        method=sent.method[:10],
        address=_address(sent, opened),
        headers={name: value[:1000] for name in KEPT_HEADERS if (value := sent.headers.get(name)) is not None},
        body=body,
        size=len(whole) if size is None else size,
        files={
            field: {"name": file.name, "sha256": file.sha256, "size": file.size, "kind": file.kind}
            for field, file in (files or {}).items()
        },
        state="refused" if refused is not None else "failed" if failed is not None else "waiting",
        why=(refused or failed or "")[:500],
        test=test,
        next_at=database_now() + GRACE,
        processed_at=None if refused is None and failed is None else utc_now(),
    )
    session.add(row)
    session.flush()
    session.execute(
        update(SourceDoor).where(SourceDoor.source == opened.door.source).values(last_delivery_at=sent.received_at)
    )
    return row.id


def check_signature(sent: Incoming, opened: OpenDoor) -> str | None:
    """Why a request is refused; None when it is from its provider. A request nobody can read is no one's either."""
    try:
        opened.provider.verify(sent, opened.door)
    except WrongSignature as error:
        return error.why
    except Unreadable as error:
        return f"what is signed cannot be found in it ({error.why})"
    return None


def take_delivery(session: Session, opened: OpenDoor, delivery_id: int, *, region: str) -> Taken:
    """Make the calls that a waiting delivery tells of; one that was taken before gives what came of it then.

    A test's calls are rolled back. Does not commit. Raises StorageFull and whatever the database does; the delivery
    then waits on.
    """
    row = session.scalar(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NoSuchDelivery(delivery_id)
    if row.state != "waiting":
        return Taken(row.state, row.why, (row.call_id,) if row.call_id else ())  # type: ignore[arg-type]
    taken = _take(session, opened, incoming_of(row, opened), region, trial=row.test)
    row.state, row.why = taken.state, taken.why[:500]
    row.call_id = taken.call_ids[0] if taken.call_ids else row.call_id
    row.attempts, row.processed_at = row.attempts + 1, utc_now()
    session.flush()
    return taken


def _take(session: Session, opened: OpenDoor, sent: Incoming, region: str, *, trial: bool) -> Taken:
    try:
        reading = opened.provider.read(sent, opened.door)
    except Unreadable as error:
        return Taken("failed", error.why)
    if not reading.calls:
        return Taken("ignored", reading.why)
    inner = session.begin_nested()
    try:
        accepted = [_accept(session, opened, news, region) for news in reading.calls]
    except IntakeRefused as error:
        inner.rollback()
        return Taken("failed", str(error))
    if trial:
        inner.rollback()
        return Taken("accepted", "a test: it was understood, and no call was kept")
    inner.commit()
    return Taken(
        "accepted",
        "",
        tuple(one.call_id for one in accepted),
        tuple(ring for one in accepted for ring in one.ring),
        sum(one.created for one in accepted),
    )


def _accept(session: Session, opened: OpenDoor, news: CallNews, region: str) -> Accepted:
    door, provider = opened.door, opened.provider
    region = region_of(door, region)
    facts = check_facts(replace(news.facts, source=door.source), region=region)
    if news.files:
        legs = [StoredFile(file.sha256, file.size, file.kind, file.name) for file in news.files[:2]]
        accepted = accept_stored(session, facts, legs, None, "webhook")
    else:
        accepted = accept_missed_call(session, facts, door="webhook", region=region)
    for reference in news.recordings:
        want_audio(session, accepted.call_id, door.source, reference, delay=provider.delay)
    return accepted


def replay(session: Session, opened: OpenDoor, delivery_id: int, *, region: str) -> Taken:
    """Read a kept delivery again, a refused one with today's secret. Idempotent. Does not commit.

    Raises NoSuchDelivery.
    """
    row = session.scalar(select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update())
    if row is None or row.source != opened.door.source:
        raise NoSuchDelivery(delivery_id)
    row.replays += 1
    if row.state == "refused":
        why = None
        if row.size > len(row.body):
            why = "only the beginning of it was kept: have it sent again"
        elif "content-type" in row.headers and row.headers["content-type"].startswith("multipart/"):
            why = "its recordings were not kept: have it sent again"
        else:
            why = check_signature(incoming_of(row, opened), opened)
        if why is not None:
            row.why = why[:500]
            session.flush()
            return Taken("refused", why)
    row.state = "waiting"
    session.flush()
    return take_delivery(session, opened, delivery_id, region=region)


def note_failed_attempt(session: Session, delivery_id: int, why: str) -> None:
    """Let a delivery that could not be taken wait on, or end it as failed after the last attempt."""
    row = session.get(WebhookDelivery, delivery_id)
    if row is None or row.state != "waiting":
        return
    row.attempts += 1
    if row.attempts >= MOST_ATTEMPTS:
        row.state, row.why, row.processed_at = "failed", why[:500], utc_now()
    else:
        row.why = why[:500]
        row.next_at = database_now() + _BACKOFF[min(row.attempts, len(_BACKOFF)) - 1]
    session.flush()


def due_deliveries(session: Session, limit: int = 200) -> list[tuple[int, str]]:
    """(id, source) of kept deliveries that nobody took in time, oldest first."""
    rows = session.execute(
        select(WebhookDelivery.id, WebhookDelivery.source)
        .where(WebhookDelivery.state == "waiting", WebhookDelivery.next_at <= database_now())
        .order_by(WebhookDelivery.id)
        .limit(limit)
    )
    return [(row.id, row.source) for row in rows]


def prune_deliveries(session: Session, now: datetime) -> int:
    """Remove what is older than KEPT_DAYS or beyond the newest of its source; how many. What waits stays."""
    gone = _removed(session, WebhookDelivery.received_at < now - timedelta(days=KEPT_DAYS))
    for source in session.scalars(select(SourceDoor.source)).all():
        for most, which in ((MOST_KEPT, None), (MOST_REFUSED, "refused")):
            mine = select(WebhookDelivery.id).where(WebhookDelivery.source == source)
            if which is not None:
                mine = mine.where(WebhookDelivery.state == which)
            oldest = session.scalar(mine.order_by(WebhookDelivery.id.desc()).offset(most).limit(1))
            if oldest is not None:
                state = () if which is None else (WebhookDelivery.state == which,)
                gone += _removed(session, WebhookDelivery.source == source, WebhookDelivery.id <= oldest, *state)
    return gone


def incoming_of(row: WebhookDelivery, opened: OpenDoor) -> Incoming:
    """The request again."""
    rest, _, query = row.address.partition("?")
    secrets = opened.door.secrets.values()
    if MARK in query:
        query = bring_back(query, secrets, opened.token, quote_plus)
    return Incoming(
        method=row.method,
        rest=rest,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        addresses=opened.addresses(rest, query),
        headers={str(name): str(value) for name, value in row.headers.items()},
        body=bring_back_body(row.body, secrets, opened.token),
        files=tuple(_file(field, row.files[field]) for field in sorted(row.files)),
        received_at=row.received_at,
    )


def _file(field: str, kept: Mapping[str, Any]) -> SentFile:
    return SentFile(field, str(kept["name"]), str(kept["sha256"]), int(kept["size"]), str(kept["kind"]))


def _address(sent: Incoming, opened: OpenDoor) -> str:
    query = urlencode(hide_in_query(sent.query, opened.provider.hidden, opened.token))
    return f"{sent.rest}?{query}"[:LONGEST_ADDRESS] if query else sent.rest[:LONGEST_ADDRESS]


def _removed(session: Session, *where: Any) -> int:
    ended = or_(WebhookDelivery.state != "waiting", WebhookDelivery.attempts >= MOST_ATTEMPTS)
    found = session.execute(delete(WebhookDelivery).where(ended, *where).execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]


def count_by_state(session: Session, source: str, since: datetime) -> dict[str, int]:
    """How many deliveries of a source ended in each state since a moment."""
    rows: Sequence[Any] = session.execute(
        select(WebhookDelivery.state, func.count())
        .where(WebhookDelivery.source == source, WebhookDelivery.received_at >= since)
        .group_by(WebhookDelivery.state)
    ).all()
    return {str(row[0]): int(row[1]) for row in rows}
