"""The call and job a log line is about: bound once, present on every line until the block ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from rq import get_current_job


@contextmanager
def about_call(call_id: int, step: str) -> Iterator[None]:
    """Put the call's id, the step and the queue job's id on every line logged in the block."""
    job = get_current_job()
    with structlog.contextvars.bound_contextvars(call=call_id, step=step, job=job.id if job else "-"):
        yield
