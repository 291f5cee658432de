"""The sweep's part of the library: reminders of playlists and quizzes, and playlists nobody can hear any more."""

from __future__ import annotations

import logging
import math
import time
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.library.reminding import remind
from review.library.unhearable import take_back_unhearable

log = logging.getLogger("workers")

EVERY: Final = 60.0  # seconds between two looks
EVERY_HEARING: Final = 1800.0  # seconds between two looks at what each person may still hear


class LibraryReminders:
    """Reminds people from time to time; a database that cannot be asked is asked again later."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked = self._heard = -math.inf

    def tick(self) -> int:
        """Look if it is time; how many reminders went out."""
        if time.monotonic() - self._looked < EVERY:
            return 0
        self._looked = time.monotonic()
        try:
            with self._database.session() as session:
                told = remind(session)
            if time.monotonic() - self._heard >= EVERY_HEARING:
                self._heard = time.monotonic()
                with self._database.session() as session:
                    gone = take_back_unhearable(session)
                if gone:
                    log.info("%d playlists of which nothing can be heard any more were taken back", gone)
        except SQLAlchemyError as error:
            log.warning("reminders of the library were not sent, trying again: %s", error)
            return 0
        if told:
            log.info("reminded of playlists and quizzes: %d notifications", told)
        return told
