"""The daily draws as part of the sweep: rules draw for the day or week that is over, and calls of who left go on."""

from __future__ import annotations

import logging
from datetime import datetime

from review.db import Database
from review.sampling.drawing import draw_due, is_due
from review.sampling.leaving import hand_on_of_left
from workers.rounds import Rounds

log = logging.getLogger("workers")


class Draws(Rounds):
    """Looks every ten minutes whether a rule is due. Any number of machines may: the period's key is drawn once."""

    every = 600.0
    failed = "sampling rules could not draw"

    def look(self, now: datetime) -> int:
        """Draw what is due; how many draws were made."""
        return draw_now(self.database, now)


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
