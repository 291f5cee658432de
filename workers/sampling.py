"""The daily draws as part of the sweep: rules draw for the day or week that is over, and calls of who left go on."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.models import utc_now
from review.sampling.drawing import draw_due, is_due
from review.sampling.leaving import hand_on_of_left

log = logging.getLogger("workers")

CHECK_SECONDS: Final = 600.0


class Draws:
    """Looks every ten minutes whether a rule is due. Any number of machines may: the period's key is drawn once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._checked = -CHECK_SECONDS

    def tick(self, now: datetime | None = None) -> int:
        """Draw what is due; how many draws were made."""
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return 0
        self._checked = time.monotonic()
        try:
            return draw_now(self.database, now or utc_now())
        except SQLAlchemyError as error:
            log.warning("sampling rules could not draw, trying again: %s", error)
            return 0


def draw_now(database: Database, now: datetime) -> int:
    """Hand on the calls of who left, and draw for every rule that is due, each in a transaction of its own."""
    with database.session() as session:
        moved = hand_on_of_left(session)
    if moved:
        log.info("%d calls of reviewers who left were handed on", moved)
    with database.read() as session:
        if not is_due(session, now):
            return 0
    with database.session() as session:
        made = draw_due(session, now)
    log.info("%d sampling draws made, %d calls assigned", len(made), sum(draw.taken for draw in made))
    return len(made)
