"""How the installation is doing: calls by state, how long the oldest waits, what failed, what waits for a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.clock import database_now
from review.models import Call
from review.queries.call_rows import EngineWait, Failure

STATES: Final = (
    "received",
    "transcribing",
    "transcribed",
    "scoring",
    "scored",
    "dead",
    "needs_model",
    "no_audio",
)
"""Every state of the row, in the order of the status contract."""

WAITING: Final = ("received", "transcribing", "transcribed", "scoring")
FAILURES_SHOWN: Final = 20
WAITERS_READ: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCall:
    """A call that ended as failed, without anything that tells who was on the line."""

    call_id: int
    source: str
    code: str
    message: str
    advice: str
    failed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingForModel:
    """Calls that wait for a speech model for one and the same reason."""

    reason: str
    advice: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Figures of the whole installation (no viewer: they hold no personal data)."""

    calls: Mapping[str, int]  # every state of the row, zeros included, in the contract's order
    oldest_waiting_seconds: float | None  # by the database's clock; None when nothing waits
    failed_last_day: tuple[FailedCall, ...]  # newest first, at most FAILURES_SHOWN
    failed_last_day_count: int
    waiting_for_model: tuple[WaitingForModel, ...]  # the most calls first


def read_status(session: Session) -> Status:
    """The figures as they are now, by a constant number of statements."""
    counted = session.execute(select(Call.state, func.count()).group_by(Call.state))
    now, oldest = session.execute(
        select(database_now(), select(func.min(Call.created_at)).where(Call.state.in_(WAITING)).scalar_subquery())
    ).one()
    yesterday = datetime.fromtimestamp(now, UTC) - timedelta(days=1)
    failures, failure_count = _read_failures(session, yesterday)
    return Status(
        calls=dict.fromkeys(STATES, 0) | dict(counted.all()),
        oldest_waiting_seconds=None if oldest is None else max(0.0, round(now - oldest.timestamp(), 1)),
        failed_last_day=failures,
        failed_last_day_count=failure_count,
        waiting_for_model=_read_waiting(session),
    )


def _read_failures(session: Session, since: datetime) -> tuple[tuple[FailedCall, ...], int]:
    failed = (Call.state == "dead", Call.updated_at >= since)
    count = session.scalar(select(func.count()).select_from(Call).where(*failed)) or 0
    rows = session.execute(
        select(Call.id, Call.source, Call.failure, Call.updated_at)
        .where(*failed)
        .order_by(Call.updated_at.desc(), Call.id.desc())
        .limit(FAILURES_SHOWN)
    )
    found = []
    for row in rows:
        failure = Failure.from_json(row.failure or {})
        found.append(
            FailedCall(
                call_id=row.id,
                source=row.source,
                code=failure.code if failure else "",
                message=failure.message if failure else "",
                advice=failure.advice if failure else "",
                failed_at=row.updated_at,
            )
        )
    return tuple(found), count


def _read_waiting(session: Session) -> tuple[WaitingForModel, ...]:
    waits = session.scalars(
        select(Call.engine_wait).where(Call.state == "needs_model").order_by(Call.id.desc()).limit(WAITERS_READ)
    )
    counts: dict[tuple[str, str], int] = {}
    for data in waits:
        wait = EngineWait.from_json(data) or EngineWait(reason="", advice="")
        counts[wait.reason, wait.advice] = counts.get((wait.reason, wait.advice), 0) + 1
    return tuple(
        WaitingForModel(reason=reason, advice=advice, calls=calls)
        for (reason, advice), calls in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
