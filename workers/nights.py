"""The nightly learning as a process of its own beside the sweep: its memory goes with it, and the sweep never waits."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.models import Call, DriftReading, utc_now
from review.settings import Settings
from workers.own_process import OwnProcess

log = logging.getLogger("workers")

HOUR: Final = 2  # UTC; sales teams are asleep or the machine has the day's calls behind it
CHECK_SECONDS: Final = 600.0
LONGEST_SECONDS: Final = 4 * 3600.0  # a night that takes longer hangs


class Nights:
    """Starts `callcoach learn nightly` once a day and clears up behind it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.process = OwnProcess("learning of the night", LONGEST_SECONDS)
        self._checked = -CHECK_SECONDS
        self._day = ""

    def tick(self, settings: Settings, now: datetime | None = None) -> bool:
        """Look whether tonight's learning is due; True when it was started now."""
        if self.process.runs or time.monotonic() - self._checked < CHECK_SECONDS:
            return False
        self._checked = time.monotonic()
        now = now or utc_now()
        try:
            if not self.is_due(now):
                return False
        except SQLAlchemyError as error:
            log.warning("whether learning is due could not be asked: %s", error)
            return False
        self._day = now.astimezone(UTC).date().isoformat()
        self.process.start(settings, ("learn", "nightly"))
        log.info("learning of the night started")
        return True

    def is_due(self, now: datetime) -> bool:
        """Whether there are scored calls, and today's drift was not read yet, here or by another machine."""
        today = now.astimezone(UTC).date().isoformat()
        if now.astimezone(UTC).hour < HOUR or self._day == today:
            return False
        with self.database.read() as session:
            if session.scalar(select(Call.id).where(Call.state == "scored").limit(1)) is None:
                return False
            last = session.scalar(select(func.max(DriftReading.day)))
        return last is None or last < today

    def stop(self) -> None:
        """End a running night; the next one begins where it was."""
        self.process.stop()
