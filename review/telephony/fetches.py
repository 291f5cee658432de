"""Recordings that a telephone system keeps: noted with the call, claimed with a lease, tried again with pauses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from review.call_steps import new_token
from review.clock import database_now
from review.models import AudioFetch, Call, CallLeg, Delivery, utc_now
from review.services import audit
from review.upsert import insert_new

LEASE_SECONDS: Final = 900.0  # longer than a fetch may take
BACKOFF_SECONDS: Final = (30.0, 120.0, 600.0, 1800.0, 3600.0, 10_800.0, 21_600.0, 43_200.0)
MOST_ATTEMPTS: Final = len(BACKOFF_SECONDS) + 1
LONGEST_REFERENCE: Final = 2000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchClaim:
    """A recording somebody is fetching, and of which call by its id at its source."""

    id: int
    call_id: int
    source: str  # whose door told of it
    call_source: str
    external_id: str
    reference: str
    attempt: int
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRow:
    """One recording to fetch, as pages show it."""

    id: int
    call_id: int
    reference: str
    state: str
    attempts: int
    failure: dict[str, Any] | None
    updated_at: datetime


def want_audio(session: Session, call_id: int, source: str, reference: str, *, delay: float = 0.0) -> bool:
    """Note that a recording has to be fetched, once for a call; whether it was not known. One that failed goes on.

    A call that has its recording already needs none. Does not commit.
    """
    reference = reference.replace("\x00", "").strip()
    if not reference or len(reference) > LONGEST_REFERENCE:
        return False
    has_one = select(CallLeg.call_id).join(Call).where(CallLeg.call_id == call_id, Call.state != "dead").limit(1)
    if session.scalar(has_one) is not None:
        return False
    now = utc_now()
    made = insert_new(
        session,
        AudioFetch,
        ("call_id", "reference"),
        call_id=call_id,
        source=source,
        reference=reference,
        state="waiting",
        attempts=0,
        next_at=database_now() + delay,
        created_at=now,
        updated_at=now,
    )
    if made is None:
        again = update(AudioFetch).where(
            AudioFetch.call_id == call_id, AudioFetch.reference == reference, AudioFetch.state == "failed"
        )
        session.execute(again.values(state="waiting", attempts=0, next_at=database_now(), updated_at=now))
    return made is not None


def claim_fetch(session: Session, *, without: Collection[str] = ()) -> FetchClaim | None:
    """Take the next recording that is due, of another source than `without`; None when there is none.

    Commit before fetching.
    """
    due = (
        select(AudioFetch.id)
        .where(
            AudioFetch.next_at <= database_now(),
            AudioFetch.source.not_in(without),
            or_(
                AudioFetch.state == "waiting",
                and_(AudioFetch.state == "fetching", AudioFetch.lease_until < database_now()),
            ),
        )
        .order_by(AudioFetch.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session.scalar(due)
    if found is None:
        return None
    token = new_token()
    row = session.execute(
        update(AudioFetch)
        .where(AudioFetch.id == found)
        .values(
            state="fetching",
            attempts=AudioFetch.attempts + 1,
            lease_token=token,
            lease_until=database_now() + LEASE_SECONDS,
            updated_at=utc_now(),
        )
        .returning(AudioFetch.call_id, AudioFetch.source, AudioFetch.reference, AudioFetch.attempts)
        .execution_options(synchronize_session=False)
    ).one()
    call = session.execute(select(Call.source, Call.external_id).where(Call.id == row.call_id)).one()
    return FetchClaim(
        id=found,
        call_id=row.call_id,
        source=row.source,
        call_source=call.source,
        external_id=call.external_id,
        reference=row.reference,
        attempt=row.attempts,
        token=token,
    )


def finish_fetch(session: Session, claim: FetchClaim) -> bool:
    """The recording came in with the call's newest delivery; False when the claim was lost: nothing may be kept."""
    newest = select(Delivery.facts).where(Delivery.call_id == claim.call_id).order_by(Delivery.id.desc()).limit(1)
    files = (session.scalar(newest) or {}).get("files") or [{}]
    return _held(session, claim, state="done", sha256=files[0].get("sha256"), failure=None)


def fail_fetch(
    session: Session, claim: FetchClaim, *, code: str, message: str, advice: str, last: bool, wait: float | None = None
) -> bool:
    """Note why it did not work, and when it is tried again (`wait` seconds at least); `last`: not by itself.

    False when the claim was lost.
    """
    failure = {
        "code": code,
        "message": message[:500],
        "kept": "The call and its facts are kept.",
        "advice": advice[:500],
        "at": utc_now().isoformat(timespec="seconds"),
    }
    if last or claim.attempt >= MOST_ATTEMPTS:
        return _held(session, claim, state="failed", failure=failure)
    pause = max(BACKOFF_SECONDS[claim.attempt - 1], wait or 0.0)
    return _held(session, claim, state="waiting", failure=failure, next_at=database_now() + pause)


def give_back(session: Session, claim: FetchClaim) -> bool:
    """Let somebody else fetch it at once: this process is told to stop."""
    return _held(session, claim, state="waiting", attempts=claim.attempt - 1)


def retry_fetch(session: Session, fetch_id: int, *, source: str | None = None, by: int | None = None) -> int | None:
    """Let a recording that failed or waits be fetched now; its call, or None when there is nothing to retry."""
    wanted = [AudioFetch.id == fetch_id, AudioFetch.state.in_(("failed", "waiting"))]
    if source is not None:
        wanted.append(AudioFetch.source == source)
    call_id = session.scalar(
        update(AudioFetch)
        .where(*wanted)
        .values(state="waiting", attempts=0, next_at=0.0, updated_at=utc_now())
        .returning(AudioFetch.call_id)
        .execution_options(synchronize_session=False)
    )
    if call_id is not None:
        audit.record(session, by, "call.fetch_retried", "call", call_id, fetch=fetch_id)
    return call_id


def fetches_of_call(session: Session, call_id: int) -> tuple[FetchRow, ...]:
    """The recordings of a call that are not here yet."""
    return _rows(session, AudioFetch.call_id == call_id, AudioFetch.state != "done", limit=10)


def call_result(session: Session, call_id: int) -> str | None:
    """Whether somebody answered a call, one of CALL_RESULTS; None when nobody told."""
    return session.scalar(select(Call.result).where(Call.id == call_id))


def open_fetches(session: Session, source: str, limit: int = 20) -> tuple[FetchRow, ...]:
    """The newest recordings of a source that failed or were tried in vain."""
    troubled = or_(AudioFetch.state == "failed", and_(AudioFetch.state == "waiting", AudioFetch.attempts > 0))
    return _rows(session, AudioFetch.source == source, troubled, limit=limit)


def _rows(session: Session, *where: Any, limit: int) -> tuple[FetchRow, ...]:
    found = session.scalars(select(AudioFetch).where(*where).order_by(AudioFetch.id.desc()).limit(limit))
    return tuple(
        FetchRow(
            id=row.id,
            call_id=row.call_id,
            reference=row.reference,
            state=row.state,
            attempts=row.attempts,
            failure=row.failure,
            updated_at=row.updated_at,
        )
        for row in found
    )


def _held(session: Session, claim: FetchClaim, **values: Any) -> bool:
    changed = session.scalar(
        update(AudioFetch)
        .where(AudioFetch.id == claim.id, AudioFetch.state == "fetching", AudioFetch.lease_token == claim.token)
        .values(lease_token=None, lease_until=None, updated_at=utc_now(), **values)
        .returning(AudioFetch.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None
