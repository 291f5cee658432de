"""How the installation is doing: calls by state, how long the oldest waits, what failed, what waits for a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


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
    failed_last_day: tuple[FailedCall, ...]  # newest first, at most 20
    failed_last_day_count: int
    waiting_for_model: tuple[WaitingForModel, ...]
