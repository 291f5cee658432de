"""A part of the sweep that looks from time to time: no more often than it says, and again after a failure."""

from __future__ import annotations

import logging
import math
import time
from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.models import utc_now

log = logging.getLogger("workers")


class Rounds(ABC):
    """`every` seconds between two looks, the first at once; `failed` is what the log says when one failed."""

    every: ClassVar[float]
    failed: ClassVar[str]

    def __init__(self, database: Database) -> None:
        self.database = database
        self._looked = -math.inf

    def tick(self, now: datetime | None = None) -> int:
        """Look if it is time; how much was done."""
        if time.monotonic() - self._looked < self.every:
            return 0
        self._looked = time.monotonic()
        try:
            return self.look(now or utc_now())
        except SQLAlchemyError as error:
            log.warning("%s, trying again: %s", self.failed, error)
            return 0

    @abstractmethod
    def look(self, now: datetime) -> int:
        """Do what is due; how much was done."""
