"""Calibrations by the clock: reminders a working day before, closing at the end, drafts left over. Run by the sweep."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from review.calibration.closing import close_due, is_due, remind_due, settle_left
from review.db import Database

log = logging.getLogger("workers")


def tick(database: Database) -> tuple[int, int]:
    """Remind and close what is due; (people told, sessions closed). Two sweeps at once do each only once."""
    try:
        with database.read() as session:
            if not is_due(session):
                return 0, 0
        with database.session() as session:
            told = remind_due(session)
        with database.session() as session:
            closed = close_due(session)
        with database.session() as session:
            left = settle_left(session)
    except SQLAlchemyError as error:
        log.warning("calibrations could not be looked at: %s", error)
        return 0, 0
    if closed:
        log.info("%d calibrations closed at their deadline", closed)
    if left:
        log.info("%d drafts left over by closed calibrations were put away", left)
    return told, closed
