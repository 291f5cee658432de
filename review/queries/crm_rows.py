"""What the CRM says about a client, as rows: deals, tasks and the timeline they make together with the calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from review.queries.call_rows import CallRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRow:
    """One deal. Times are aware UTC."""

    id: int
    external_id: str | None
    client_id: int
    title: str
    stage: str | None
    stage_since: datetime | None
    days_in_stage: int | None  # whole days without movement; None for a closed deal or when unknown
    amount: Decimal | None
    currency: str | None
    rep_id: int | None
    rep_name: str | None
    status: str  # open, won, closed_lost or unqualified
    loss_reason: str | None  # the reason's name, else as the CRM wrote it
    opened_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task of the CRM."""

    id: int
    client_id: int
    deal_id: int | None
    deal_title: str | None
    rep_id: int | None
    rep_name: str | None
    title: str
    due_at: datetime | None
    done_at: datetime | None
    overdue: bool  # due in the past and not done


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One moment in the client's story; exactly one of `call`, `deal`, `task` is set, none for `client_created`.

    `kind`: call, deal_opened, deal_stage, deal_closed, task_due, task_done or client_created.
    """

    at: datetime
    kind: str
    call: CallRow | None = None
    deal: DealRow | None = None
    task: TaskRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSummary:
    """The client beside a call."""

    id: int
    external_id: str | None
    name: str
    company: str | None
    email: str | None
    phones: tuple[str, ...]  # E.164
    potential: str | None  # low, middle or high
    client_group: str | None
    product_group: str | None
    note: str | None
    created_at: datetime

    @property
    def title(self) -> str:
        """ "name, company", or the one of the two that is known."""
        return ", ".join(part for part in (self.name, self.company) if part)
