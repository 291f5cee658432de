"""What the CRM says about a client, as rows: deals, tasks and the timeline they make together with the calls."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    kind: str = "deal"  # or lead
    closed_by_name: str | None = None
    url: str | None = None  # of its card in the CRM


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """A stage a deal came into; `days` it stayed there, until now for the last one of an open deal."""

    id: int
    deal_id: int
    deal_title: str
    stage: str
    status: str
    at: datetime
    rep_name: str | None
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A note of the CRM."""

    id: int
    at: datetime
    body: str
    author: str  # the rep's name, else as the CRM wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailRow:
    """An e-mail the CRM tells of: its subject and time, never its words."""

    id: int
    at: datetime
    subject: str
    direction: str  # inbound or outbound
    rep_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow:
    """A comment on the client as its reader sees it."""

    id: int
    author: str
    body: str
    names: tuple[str, ...]  # written with @ in the body, to be shown as names
    created_at: datetime
    edited_at: datetime | None
    mine: bool
    may_delete: bool


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
    """One moment in the client's story; the field that its kind is about is set, none for `client_created`.

    `kind`: call, deal_opened, deal_stage, deal_closed, task_due, task_done, client_created; on the card note, email,
    comment and stage (of the deal's history) as well.
    """

    at: datetime
    kind: str
    call: CallRow | None = None
    deal: DealRow | None = None
    task: TaskRow | None = None
    note: NoteRow | None = None
    email: EmailRow | None = None
    comment: RemarkRow | None = None
    stage: StageRow | None = None
    plays: bool = False  # of a call: whether it has a sound to play


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
    custom: dict[str, str] = field(default_factory=dict)  # the company's own fields, in the order of their names
    hot: bool = False
    hot_note: str = ""
    revision: int = 1  # goes up with every change by hand

    @property
    def title(self) -> str:
        """ "name, company", or the one of the two that is known."""
        return ", ".join(part for part in (self.name, self.company) if part)
