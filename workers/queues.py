"""The queues and who serves them: one queue per worker, because popping from two lost ids when a worker died."""

from __future__ import annotations

from dataclasses import dataclass

SERIALIZER = "json"


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue, whether its worker keeps a model loaded in its own process, and after how many jobs it starts afresh."""

    name: str
    keeps_model: bool
    jobs_before_restart: int | None
    what: str


PLANS = {
    "speech": QueuePlan("speech", True, 200, "transcribes recordings"),
    "score": QueuePlan("score", False, 1000, "scores transcripts"),
    "light": QueuePlan("light", False, None, "short jobs for everything else"),
}
