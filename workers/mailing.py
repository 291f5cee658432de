"""Mails from the sweep: decides what goes out now, and starts a short process that writes and sends it."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from review.db import Database
from review.models import Notification, WorkingCalendar, utc_now
from review.notices.leases import due_letters
from review.notices.planning import forget_old_letters, plan_mail
from review.settings import Settings, process_environment
from review.working_time.due import INSTALLATION
from review.working_time.editing import begin_calendar
from workers.tied import tied_command

log = logging.getLogger("workers")

CHECK_SECONDS: Final = 5.0
TIDY_SECONDS: Final = 6 * 3600.0
LONGEST_SECONDS: Final = 600.0  # a round that takes longer hangs; its letters come back when their leases end
COMMAND: Final = (sys.executable, "-m", "web.mail")  # by name: the words are the web's, and workers never import it


class Mailing:
    """Plans mails and starts `python -m web.mail` when letters are due, one at a time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.process: subprocess.Popen[bytes] | None = None
        self._checked = -CHECK_SECONDS
        self._tidied = -TIDY_SECONDS
        self._started = 0.0

    def tick(self, settings: Settings, now: datetime | None = None) -> bool:
        """Look what is due; True when sending was started now."""
        self._clear_up()
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return False
        self._checked = time.monotonic()
        try:
            due = self.plan(settings, now or utc_now())
        except SQLAlchemyError as error:
            log.warning("which mails are due could not be asked: %s", error)
            return False
        if not due or settings.mail is None or self.process is not None:
            return False
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            tied_command(COMMAND, signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            env=process_environment(settings),
        )
        return True

    def plan(self, settings: Settings, now: datetime) -> bool:
        """Decide about new notifications; whether letters are due. Reads alone when nothing is new."""
        tidy = time.monotonic() - self._tidied > TIDY_SECONDS
        with self.database.read() as session:
            waiting = _something_to_decide(session, now)
            begun = _has_calendar(session)
            due = bool(due_letters(session, 1))
        if not (waiting or tidy or not begun):
            return due
        with self.database.session() as session:
            if not begun:
                begin_calendar(session, settings.time_zone)
            plan_mail(session, now, can_send=settings.mail is not None)
            if tidy:
                self._tidied = time.monotonic()
                forget_old_letters(session, now)
            return bool(due_letters(session, 1))

    def stop(self) -> None:
        """End a running round; its letters come back when their leases end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def _clear_up(self) -> None:
        if self.process is None:
            return
        code = self.process.poll()
        if code is None:
            if time.monotonic() - self._started > LONGEST_SECONDS:
                log.warning("sending mails hangs and is ended")
                self.process.kill()
            return
        if code:
            log.warning("sending mails ended with code %d", code)
        self.process = None


def _something_to_decide(session: Session, now: datetime) -> bool:
    return session.scalar(select(Notification.id).where(Notification.mail_at <= now).limit(1)) is not None


def _has_calendar(session: Session) -> bool:
    found = session.scalar(select(WorkingCalendar.id).where(WorkingCalendar.scope == INSTALLATION))
    return found is not None
