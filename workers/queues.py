"""The queues and who serves them: one queue per worker, because popping from two lost ids when a worker died."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis
from rq import Queue
from rq.worker import BaseWorker

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
    "score": QueuePlan("score", False, None, "scores transcripts"),
    "light": QueuePlan("light", False, None, "short jobs for everything else"),
}


def open_queue(name: str, client: Redis) -> Queue:
    """The RQ queue of that name with the serializer all sides use."""
    return Queue(name, connection=client, serializer=SERIALIZER)


def depths(client: Redis) -> dict[str, int]:
    """Jobs waiting in each queue. Raises redis.exceptions.RedisError."""
    return {name: open_queue(name, client).count for name in PLANS}


def worker_count(name: str, client: Redis) -> int:
    """Workers that serve a queue now. Raises redis.exceptions.RedisError."""
    return int(BaseWorker.count(queue=open_queue(name, client)))
