"""A queue as its page shows it: when each call is due, and why this call, as far as a blind reviewer may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from review.sampling.assignments import AssignmentRow
from review.sampling.queue import QueueItem

SAID_OF_A_CALL: Final = frozenset({"random", "filler", "chosen", "handed_on", "second", "calibration"})
"""Reasons that say nothing of how the call went: a blind reviewer reads these and no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One call of a queue. `due` is none, overdue, today or later; `reasons` those shown now."""

    item: QueueItem
    due: str
    reasons: tuple[Mapping[str, Any], ...]
    hidden: bool  # there are reasons that a blind reviewer reads after submitting
    chip: str  # random, risk, chosen or calibration
    score: float | None  # the machine's; None also where it is hidden


@dataclass(frozen=True, slots=True)
class Why:
    """Why a person has a call. `part` is random, risk, chosen or calibration."""

    part: str
    reasons: tuple[Mapping[str, Any], ...]
    hidden: bool  # there are reasons that a blind reviewer reads after submitting


def read_why(row: AssignmentRow, *, veiled: bool) -> Why:
    """The reasons of an assignment, without what the machine found for somebody who judges blind."""
    shown = [reason for reason in row.why if not veiled or reason.get("kind") in SAID_OF_A_CALL]
    reasons = tuple({**reason, "period": period_of(str(reason.get("key", "")))} for reason in shown)
    return Why(row.part, reasons, len(shown) < len(row.why))


def read_lines(items: Sequence[QueueItem], now: datetime) -> tuple[QueueLine, ...]:
    """The lines in the order of the queue."""
    return tuple(_line(item, now) for item in items)


def period_of(key: str) -> tuple[date, date] | None:
    """First and last day of a period by its key (2026-W47, 2026-11-22, each also with /n); None for other texts."""
    name = key.partition("/")[0]
    try:
        if "W" in name:
            monday = datetime.strptime(f"{name}-1", "%G-W%V-%u").replace(tzinfo=UTC).date()
            return monday, monday + timedelta(days=6)
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return day, day


def _line(item: QueueItem, now: datetime) -> QueueLine:
    row = item.assignment
    veiled = row.blind or item.call.veiled  # to a lead who is to judge it blind too, whosever assignment this is
    why = read_why(row, veiled=veiled)
    return QueueLine(
        item=item,
        due=_due(row.due_at, now),
        reasons=why.reasons,
        hidden=why.hidden,
        chip=row.part,
        score=None if veiled else item.call.score_final,
    )


def _due(due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return "none"
    if due_at < now:
        return "overdue"
    return "today" if due_at.astimezone(UTC).date() == now.astimezone(UTC).date() else "later"
