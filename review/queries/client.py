"""The client card: who they are, their deals and tasks, and every call the viewer may see, in one timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from review.models import Call, Client
from review.queries.blind import not_veiled
from review.queries.call_rows import CallRow, read_call_row, select_calls
from review.queries.client_facts import make_timeline, read_client_facts
from review.queries.crm_rows import ClientSummary, DealRow, TaskRow, TimelineItem
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls, visible_clients

CALLS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """Everything the client page shows."""

    client: ClientSummary
    deals: tuple[DealRow, ...]  # open first, then newest
    tasks: tuple[TaskRow, ...]  # not done first, by due date
    calls: tuple[CallRow, ...]  # newest first, at most CALLS_SHOWN
    calls_total: int  # calls of this client the viewer may see
    mean_score: float | None  # mean final score, 0..100, over the scored calls the viewer may see
    timeline: tuple[TimelineItem, ...]  # newest first

    @property
    def next_task(self) -> TaskRow | None:
        """The next thing to do: the first task not done."""
        return next((task for task in self.tasks if task.done_at is None), None)


def get_client(session: Session, viewer: Viewer, client_id: int) -> ClientCard | None:
    """The card; None when there is no such client or the viewer may not see it. Seven statements for any client."""
    if session.scalar(select(Client.id).where(Client.id == client_id, visible_clients(viewer))) is None:
        return None
    facts = read_client_facts(session, client_id)
    if facts is None:
        return None
    calls = read_client_calls(session, viewer, client_id, CALLS_SHOWN)
    score = case((not_veiled(viewer), Call.score_final))
    total, mean = session.execute(
        select(func.count(), func.avg(score)).where(Call.client_id == client_id, visible_calls(viewer))
    ).one()
    return ClientCard(
        client=facts.client,
        deals=facts.deals,
        tasks=facts.tasks,
        calls=calls,
        calls_total=total,
        mean_score=None if mean is None else round(float(mean), 1),
        timeline=make_timeline(facts.client, facts.deals, facts.tasks, calls),
    )


def read_client_calls(session: Session, viewer: Viewer, client_id: int, limit: int) -> tuple[CallRow, ...]:
    """The client's newest calls that the viewer may see."""
    query = (
        select_calls(viewer)
        .where(Call.client_id == client_id, visible_calls(viewer))
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(limit)
    )
    return tuple(read_call_row(row) for row in session.execute(query))
