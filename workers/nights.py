"""The nightly learning as a process of its own beside the sweep: its memory goes with it, and the sweep never waits."""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.models import Call, DriftReading, utc_now
from review.settings import Settings, process_environment
from workers.supervisor import own_command
from workers.tied import tied_command

log = logging.getLogger("workers")

HOUR: Final = 2  # UTC; sales teams are asleep or the machine has the day's calls behind it
CHECK_SECONDS: Final = 600.0
LONGEST_SECONDS: Final = 4 * 3600.0  # a night that takes longer hangs


class Nights:
    """Starts `callcoach learn nightly` once a day and clears up behind it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.process: subprocess.Popen[bytes] | None = None
        self._checked = -CHECK_SECONDS
        self._started = 0.0
        self._day = ""

    def tick(self, settings: Settings, now: datetime | None = None) -> bool:
        """Look whether tonight's learning is due; True when it was started now."""
        self._clear_up()
        if self.process is not None or time.monotonic() - self._checked < CHECK_SECONDS:
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
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            tied_command(own_command("learn", "nightly"), signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            env=process_environment(settings, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
        )
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
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=10)

    def _clear_up(self) -> None:
        if self.process is None:
            return
        code = self.process.poll()
        if code is None:
            if time.monotonic() - self._started > LONGEST_SECONDS:
                log.warning("learning of the night hangs and is ended")
                self.process.kill()
            return
        if code:
            log.warning("learning of the night ended with code %d", code)
        self.process = None
