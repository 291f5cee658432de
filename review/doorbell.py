"""The doorbell: tells the workers through Redis that a call waits. A lost ring costs delay, never a call."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from review import redis_address
from review.settings import Settings
from review.states import Step

QUEUES: Final[Mapping[Step, str]] = {"transcribe": "speech", "score": "score"}
QUEUE_NAMES: Final = ("speech", "score", "light")
JOBS: Final[Mapping[Step, str]] = {"transcribe": "workers.jobs.transcribe_call", "score": "workers.jobs.score_call"}

RESCORE_JOB: Final = "workers.rescoring.rescore_calls"
PREVIEW_JOB: Final = "workers.scorecards.preview_calls"
BULK_JOB: Final = "workers.bulk.act_on_calls"
JOB_TIMEOUT: Final = -1  # none by RQ: the lease decides, and a long recording may take hours
FULL: Final = 2000  # waiting jobs; more would only fill Redis, the sweep rings again when workers have caught up
RING_TIMEOUT: Final = 1.0  # seconds a web request may wait for Redis

log = structlog.get_logger(__name__)


def ring(redis: Redis | Settings, calls: Iterable[tuple[int, Step]]) -> int:
    """Put a job into the queue of each call's step; how many. Redis errors are logged, never raised.

    A call whose ring still waits in the queue is not rung a second time, so a backlog does not multiply. Ring after
    the commit that made the calls ready. Whatever is not rung now the sweep rings within a minute.
    """
    waiting: dict[Step, list[int]] = {}
    for call_id, step in calls:
        waiting.setdefault(step, []).append(int(call_id))
    if not waiting:
        return 0
    rung = 0
    try:
        connection = redis_address.connect(redis, timeout=RING_TIMEOUT) if isinstance(redis, Settings) else redis
        for step, call_ids in waiting.items():
            queue = open_queue(QUEUES[step], connection)
            if queue.count >= FULL:
                log.info("queue_full", queue=queue.name, left_to_the_sweep=len(call_ids))
                continue
            heard = {_call_of(job_id) for job_id in queue.get_job_ids()}
            new = [call_id for call_id in call_ids if call_id not in heard]
            queue.enqueue_many(
                [
                    Queue.prepare_data(
                        JOBS[step],
                        (call_id,),
                        timeout=JOB_TIMEOUT,
                        result_ttl=0,
                        failure_ttl=3600,
                        job_id=_job_id(step, call_id),
                    )
                    for call_id in new
                ]
            )
            rung += len(new)
    except (RedisError, OSError) as error:
        log.warning("doorbell_silent", error=str(error), calls=sum(map(len, waiting.values())) - rung)
    return rung


def ring_rescore(redis: Redis | Settings, runs: Iterable[int]) -> int:
    """Put a job into the scoring queue for each run that scores calls again; how many. As `ring` otherwise."""
    return _ring_work(redis, RESCORE_JOB, "rescore", runs)


def ring_previews(redis: Redis | Settings, previews: Iterable[int]) -> int:
    """The same for each preview of a scorecard's draft."""
    return _ring_work(redis, PREVIEW_JOB, "preview", previews)


def ring_bulk(redis: Redis | Settings, runs: Iterable[int]) -> int:
    """The same for each act on many calls."""
    return _ring_work(redis, BULK_JOB, "bulk", runs)


def _ring_work(redis: Redis | Settings, job: str, name: str, runs: Iterable[int]) -> int:
    rung = 0
    try:
        connection = redis_address.connect(redis, timeout=RING_TIMEOUT) if isinstance(redis, Settings) else redis
        queue = open_queue(QUEUES["score"], connection)
        heard = [job_id.rsplit("-", 1)[0] for job_id in queue.get_job_ids() if job_id.startswith(f"{name}-")]
        for run_id in runs:
            if f"{name}-{run_id}" in heard:
                continue
            queue.enqueue(
                job,
                run_id,
                job_timeout=JOB_TIMEOUT,
                result_ttl=0,
                failure_ttl=3600,
                job_id=f"{name}-{run_id}-{secrets.token_hex(4)}",
            )
            rung += 1
    except (RedisError, OSError) as error:
        log.warning("doorbell_silent", error=str(error), runs=rung)
    return rung


def _job_id(step: Step, call_id: int) -> str:
    # Never the same twice: RQ would write a new ring over the job that is running for the same call.
    return f"{step}-{call_id}-{secrets.token_hex(4)}"


def _call_of(job_id: str) -> int | None:
    parts = job_id.split("-")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else None


def open_queue(name: str, connection: Redis) -> Queue:
    """The RQ queue of that name: JSON, so that nothing but plain data ever reaches a worker."""
    return Queue(name, connection=connection, serializer="json")


def queue_depths(connection: Redis) -> dict[str, int]:
    """Jobs waiting in each queue. Raises RedisError when Redis is away."""
    return {name: int(_length(connection, name)) for name in QUEUE_NAMES}


def _length(connection: Redis, name: str) -> Any:
    return open_queue(name, connection).count
