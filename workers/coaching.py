"""Reminders of coaching as part of the sweep: actions that fall due or are late, follow-ups that can be read."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.coaching.reminders import is_ready, remind, tell_ready, unread_follow_ups
from review.db import Database
from review.models import utc_now

log = logging.getLogger("workers")

CHECK_SECONDS: Final = 300.0


class Coaching:
    """Looks every five minutes. Any number of machines may: each deadline is told by whoever claims it first."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._checked = -CHECK_SECONDS

    def tick(self, now: datetime | None = None) -> int:
        """Tell what is due; how much was told."""
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return 0
        self._checked = time.monotonic()
        try:
            return remind_now(self.database, now or utc_now())
        except SQLAlchemyError as error:
            log.warning("coaching reminders could not be made, trying again: %s", error)
            return 0


def remind_now(database: Database, now: datetime) -> int:
    """One round: deadlines in one transaction, each follow-up in its own, so that none holds another up."""
    with database.session() as session:
        told = remind(session, now)
    with database.read() as session:
        ready = [one for one in unread_follow_ups(session) if is_ready(session, one, now)]
    for session_id in ready:
        with database.session() as session:
            told += tell_ready(session, session_id, now)
    if told:
        log.info("coaching: %d reminders", told)
    return told
