"""The audit log at work: its end is written down outside after every change, and the whole is checked once a day."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.audit_chain.anchors import head_of, write_anchor
from review.audit_chain.keeping import last_check
from review.db import Database
from review.models.base import utc_now
from review.settings import Settings
from workers.own_process import OwnProcess

log = logging.getLogger("workers")

EVERY: Final = timedelta(hours=24)
LOOK_SECONDS: Final = 300.0  # how often it is asked whether a check is due
LONGEST_SECONDS: Final = 3600.0


class AuditWork:
    """Writes anchors and starts the daily check; called each round of the sweep."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.process = OwnProcess("the check of the audit log", LONGEST_SECONDS)
        self._looked = -LOOK_SECONDS
        self._complained = ""

    def tick(self, settings: Settings, now: datetime | None = None) -> None:
        """Write the head down when it moved; start a check when the last one is a day old."""
        self._anchor(settings)
        if self.process.runs or time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        try:
            with self.database.read() as session:
                last = last_check(session)
        except SQLAlchemyError as error:
            log.warning("whether the audit log is to be checked could not be asked: %s", error)
            return
        if last is None or (now or utc_now()) - last.at > EVERY:
            self.process.start(settings, ("audit", "check", "--keep"))

    def stop(self) -> None:
        """End a check that runs; the next start makes another."""
        self.process.stop()

    def _anchor(self, settings: Settings) -> None:
        try:
            with self.database.read() as session:
                head = head_of(session)
            if head.number:
                write_anchor(settings.anchors, head)
            self._complained = ""
        except (SQLAlchemyError, OSError) as error:
            if str(error) != self._complained:  # once, not every few seconds
                self._complained = str(error)
                log.warning("the end of the audit log was not written down: %s", error)
