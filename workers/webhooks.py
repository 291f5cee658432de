"""Webhooks are told beside the sweep: some threads, so that a receiver that takes its time holds up only itself."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.models import utc_now
from review.services.once import forget_old
from review.settings import Settings
from review.webhooks.keeping import make_poster, open_box
from review.webhooks.posting import Poster
from review.webhooks.sending import Teller, anything_due, prune

log = logging.getLogger("workers")

THREADS: Final = 4
CHECK_SECONDS: Final = 3.0
PRUNE_SECONDS: Final = 3600.0
KEPT: Final = timedelta(days=30)


def make_teller(database: Database, settings: Settings, poster: Poster | None = None) -> Teller:
    """What tells webhooks under these settings."""
    return Teller(database, open_box(settings), poster or make_poster(settings), public_url=settings.public_url)


@dataclass
class Telling:
    """Looks whether something is due and lets a thread send it; none runs while nothing is due."""

    database: Database
    settings: Settings
    poster: Poster | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _checked: float = -CHECK_SECONDS
    _pruned: float = -PRUNE_SECONDS

    def tick(self) -> int:
        """Start another thread if something is due that nobody sends; how many run."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return len(self._threads)
        self._checked = time.monotonic()
        try:
            with self.database.read() as session:
                due = anything_due(session)
            if time.monotonic() - self._pruned > PRUNE_SECONDS:
                self._pruned = time.monotonic()
                with self.database.session() as session:
                    prune(session, utc_now() - KEPT)
                    forget_old(session, utc_now())
        except SQLAlchemyError as error:
            log.warning("whether webhooks are due could not be asked: %s", error)
            return len(self._threads)
        if due and len(self._threads) < THREADS:
            thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._threads.append(thread)
            thread.start()
        return len(self._threads)

    def stop(self) -> None:
        """Ask them to end. What is being sent goes on when its lease is over, here or on another machine."""
        self.stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _run(self) -> None:
        try:
            tries = make_teller(self.database, self.settings, self.poster).tell_due(stop=self.stopping.is_set)
        except SQLAlchemyError as error:
            log.warning("webhooks could not be told now, trying again: %s", error)
        except Exception:  # the next tick starts another thread; what was taken comes back when its lease is over
            log.exception("telling webhooks failed in a way nobody foresaw")
        else:
            if tries:
                log.info("%d %s to webhooks tried", tries, "message" if tries == 1 else "messages")
