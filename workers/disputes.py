"""Deadlines of disputes, run from the sweep: reminders, up to the quality lead, the end; each step is taken once."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.disputes.due import (
    due_disputes,
    ending_windows,
    move_on,
    open_windows,
    remind_of_window,
    waiting_disputes,
)
from review.models import utc_now

log = logging.getLogger("workers")

CHECK_SECONDS: Final = 60.0
PEOPLE_SECONDS: Final = 900.0  # how often it is looked whether those who decide are still here


class Disputes:
    """Looks once a minute for what is due. Two sweeps at once do no harm: each step is looked at again when held."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._checked = -CHECK_SECONDS
        self._asked = -PEOPLE_SECONDS

    def tick(self, now: datetime | None = None) -> int:
        """Do what is due; how many steps were taken. Nothing within a minute of the last time."""
        clock = time.monotonic()
        if clock - self._checked < CHECK_SECONDS:
            return 0
        self._checked = clock
        everybody = clock - self._asked >= PEOPLE_SECONDS
        if everybody:
            self._asked = clock
        try:
            return pass_deadlines(self.database, now or utc_now(), everybody=everybody)
        except SQLAlchemyError as error:
            log.warning("deadlines of disputes were not looked at, trying again: %s", error)
            return 0


def pass_deadlines(database: Database, now: datetime, *, everybody: bool = True) -> int:
    """Take every step that is due, each in a transaction of its own; how many were taken.

    With `everybody` those that wait are looked at too: a manager who left is replaced, or the quality lead decides.
    """
    with database.session() as session:
        open_windows(session, now)
    with database.read() as session:
        found = dict.fromkeys(due_disputes(session, now))
        if everybody:
            found.update(dict.fromkeys(waiting_disputes(session)))
        windows = ending_windows(session, now)
    taken = 0
    for dispute_id, call_id in found:
        with database.session() as session:
            done = move_on(session, dispute_id, call_id, now)
        if done:
            taken += 1
            log.info("dispute %d: %s", dispute_id, done)
    for evaluation_id, call_id in windows:
        with database.session() as session:
            taken += remind_of_window(session, evaluation_id, call_id, now)
    return taken
