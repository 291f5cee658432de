"""Files of people's own data that take long are made here, one at a time, beside the sweep; old ones are taken away."""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.performance.own_data import due_exports, make_export, take_away
from review.settings import Settings

log = logging.getLogger("workers")

TIDY_SECONDS: Final = 3600.0


class OwnData:
    """Makes the files that were asked for; called each round of the sweep."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._thread: threading.Thread | None = None
        self._tidied = -TIDY_SECONDS

    def tick(self, settings: Settings) -> None:
        """Begin with what waits, unless one is being made; once an hour take away what is old."""
        if self._thread is not None and self._thread.is_alive():
            return
        try:
            if time.monotonic() - self._tidied > TIDY_SECONDS:
                self._tidied = time.monotonic()
                with self.database.session() as session:
                    take_away(session, settings)
            with self.database.read() as session:
                waiting = due_exports(session)
        except SQLAlchemyError as error:
            log.warning("files of people's own data could not be looked for: %s", error)
            return
        if waiting:
            self._thread = threading.Thread(
                target=self._make, args=(settings, waiting[0]), name="own data", daemon=True
            )
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until the file under work is made, at most so long; one that is not is made again after its lease."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _make(self, settings: Settings, export_id: int) -> None:
        try:
            made = make_export(self.database, settings, export_id)
        except SQLAlchemyError as error:
            log.warning("the file of own data %d waits for the database: %s", export_id, error)
            return
        log.info("the file of own data %d was %s", export_id, "made" if made else "not made")
