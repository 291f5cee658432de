"""Reminders of coaching as part of the sweep: actions that fall due or are late, follow-ups that can be read."""

from __future__ import annotations

import logging
from datetime import datetime

from review.coaching.reminders import is_ready, remind, tell_ready, unread_follow_ups
from review.db import Database
from workers.rounds import Rounds

log = logging.getLogger("workers")


class Coaching(Rounds):
    """Looks every five minutes. Any number of machines may: each deadline is told by whoever claims it first."""

    every = 300.0
    failed = "coaching reminders could not be made"

    def look(self, now: datetime) -> int:
        """Tell what is due; how much was told."""
        return remind_now(self.database, now)


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
