"""Keeps a claim's lease alive from a thread while a step works, and notices when the claim is no longer ours."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger("workers")


class Heartbeat:
    """Calls `beat` every third of the lease on a thread of its own (and so on a connection of its own).

    `lost` is set when the row no longer carries our token, or when no beat got through for a whole lease (then
    somebody else may hold it): the work must stop and must not store anything. The fence would refuse it anyway.
    """

    def __init__(self, beat: Callable[[], bool], lease_seconds: float) -> None:
        self.beat = beat
        self.lease_seconds = lease_seconds
        self.lost = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join(timeout=self.lease_seconds)

    def _run(self) -> None:
        beaten = time.monotonic()
        while not self._done.wait(self.lease_seconds / 3):
            try:
                held = self.beat()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the lease could not be renewed: %s", error)
                held = time.monotonic() - beaten < self.lease_seconds
            else:
                beaten = time.monotonic()
            if not held:
                log.warning("the claim was lost: this run stops and stores nothing")
                self.lost.set()
                return
