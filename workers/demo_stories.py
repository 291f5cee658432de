"""Tells the demo's stories once its calls are scored, each in a transaction of its own; none of them stops the demo."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from review.db import Database
from review.errors import ReviewError
from workers.demo.stories import calibration, coaching, disputes, library

log = logging.getLogger("workers")

STORIES: Final[tuple[Callable[[Session], object], ...]] = (disputes.tell, coaching.tell, library.tell, calibration.tell)
"""Each tells itself once, however often it is asked."""


def tell_stories(database: Database) -> int:
    """Tell what was not told yet; how many stories were."""
    told = 0
    for tell in STORIES:
        try:
            with database.session() as session:
                told += bool(tell(session))
        except (ReviewError, SQLAlchemyError, LookupError, ValueError) as error:
            log.warning("a story of the demo was left out: %s", error)
    return told
