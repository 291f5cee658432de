"""The client card: who they are, deals and tasks, what calls promised and told, and their whole story by pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from review.models import Call, Client, ClientPhone, DoNotCall, Rep
from review.queries.blind import not_veiled
from review.queries.call_rows import CallRow, read_call_row, select_calls
from review.queries.client_facts import read_client_facts
from review.queries.client_moments import read_history
from review.queries.client_promises import PromiseRow, read_promises
from review.queries.client_said import FactGroup, read_facts
from review.queries.client_timeline import list_timeline
from review.queries.crm_rows import ClientSummary, DealRow, StageRow, TaskRow, TimelineItem
from review.queries.objections_list import EpisodeRow, client_episodes
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls, visible_clients


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedNumber:
    """A number of the client that nobody may call."""

    number: str  # E.164
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """Everything the client page shows."""

    client: ClientSummary
    do_not_call: tuple[BlockedNumber, ...]
    responsible: str | None  # who has the newest open deal, else who spoke to them last
    deals: tuple[DealRow, ...]  # open first, then newest
    history: Mapping[int, tuple[StageRow, ...]]  # each deal's stages, oldest first
    tasks: tuple[TaskRow, ...]  # not done first, by due date
    calls_total: int  # calls of this client the viewer may see
    last_call_at: datetime | None
    mean_score: float | None  # mean final score, 0..100, over the scored calls the viewer may see
    promises: tuple[PromiseRow, ...]  # newest first
    facts: tuple[FactGroup, ...]
    objections: tuple[EpisodeRow, ...]  # newest first
    timeline: tuple[TimelineItem, ...]  # its first page, newest first
    timeline_next: str | None

    @property
    def next_task(self) -> TaskRow | None:
        """The next thing to do: the first task not done."""
        return next((task for task in self.tasks if task.done_at is None), None)

    @property
    def calls(self) -> tuple[CallRow, ...]:
        """The calls on the timeline's first page."""
        return tuple(item.call for item in self.timeline if item.call is not None)


def get_client(
    session: Session, viewer: Viewer, client_id: int, *, zone: tzinfo = UTC, kind: str | None = None
) -> ClientCard | None:
    """The card; None when there is no such client or the viewer may not see it. The same statements for any client.

    `zone` is where a promised day ends; `kind` narrows the timeline to one of its KINDS.
    """
    if not may_see_client(session, viewer, client_id):
        return None
    facts = read_client_facts(session, client_id)
    if facts is None:
        return None
    score = case((not_veiled(viewer), Call.score_final))
    total, mean, last = session.execute(
        select(func.count(), func.avg(score), func.max(Call.happened_at)).where(
            Call.client_id == client_id, visible_calls(viewer)
        )
    ).one()
    story = list_timeline(session, viewer, client_id, kind=kind)
    return ClientCard(
        client=facts.client,
        do_not_call=_read_blocked(session, client_id),
        responsible=_responsible(session, viewer, client_id, facts.deals),
        deals=facts.deals,
        history=read_history(session, client_id),
        tasks=facts.tasks,
        calls_total=total,
        last_call_at=last,
        mean_score=None if mean is None else round(float(mean), 1),
        promises=read_promises(session, viewer, [client_id], zone=zone).get(client_id, ()),
        facts=read_facts(session, viewer, client_id),
        objections=client_episodes(session, viewer, client_id),
        timeline=story.items,
        timeline_next=story.next,
    )


def may_see_client(session: Session, viewer: Viewer, client_id: int) -> bool:
    """Whether this client exists for the viewer."""
    return session.scalar(select(Client.id).where(Client.id == client_id, visible_clients(viewer))) is not None


def read_client_calls(session: Session, viewer: Viewer, client_id: int, limit: int) -> tuple[CallRow, ...]:
    """The client's newest calls that the viewer may see."""
    query = (
        select_calls(viewer)
        .where(Call.client_id == client_id, visible_calls(viewer))
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(limit)
    )
    return tuple(read_call_row(row) for row in session.execute(query))


def _read_blocked(session: Session, client_id: int) -> tuple[BlockedNumber, ...]:
    rows = session.execute(
        select(DoNotCall.e164, DoNotCall.reason)
        .join(ClientPhone, and_(ClientPhone.e164 == DoNotCall.e164, ClientPhone.client_id == client_id))
        .order_by(DoNotCall.e164)
    )
    return tuple(BlockedNumber(number=row.e164, reason=row.reason) for row in rows)


def _responsible(session: Session, viewer: Viewer, client_id: int, deals: tuple[DealRow, ...]) -> str | None:
    """Who has the newest open deal, else the rep of the newest call the viewer may see. At most one statement."""
    holder = next((deal.rep_name for deal in deals if deal.status == "open" and deal.rep_name), None)
    last = session.scalar(
        select(Rep.name)
        .join(Call, Call.rep_id == Rep.id)
        .where(Call.client_id == client_id, visible_calls(viewer))
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(1)
    )
    return holder or last
