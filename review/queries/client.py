"""The client card: who they are, their deals and tasks, and every call the viewer may see, in one timeline."""

from __future__ import annotations

from dataclasses import dataclass

from review.queries.call_rows import CallRow
from review.queries.crm_rows import ClientSummary, DealRow, TaskRow, TimelineItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """Everything the client page shows."""

    client: ClientSummary
    deals: tuple[DealRow, ...]  # open first, then newest
    tasks: tuple[TaskRow, ...]  # not done first, by due date
    calls: tuple[CallRow, ...]  # newest first, at most CALLS_SHOWN
    calls_total: int  # calls of this client the viewer may see
    mean_score: float | None  # mean final score over the scored calls the viewer may see
    timeline: tuple[TimelineItem, ...]  # newest first

    @property
    def next_task(self) -> TaskRow | None:
        """The next thing to do: the first task not done."""
        return next((task for task in self.tasks if task.done_at is None), None)
