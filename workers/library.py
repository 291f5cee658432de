"""The sweep's part of the library: reminders of playlists and quizzes, and what of them nobody can hear any more."""

from __future__ import annotations

import logging
from datetime import datetime

from review.library.reminding import remind
from review.library.silent import tell_silent
from review.library.unhearable import take_back_unhearable
from workers.rounds import Rounds

log = logging.getLogger("workers")


class LibraryReminders(Rounds):
    """Reminds people of what is due."""

    every = 60.0
    failed = "reminders of the library were not sent"

    def look(self, now: datetime) -> int:
        """Remind; how many notifications."""
        with self.database.session() as session:
            told = remind(session, now=now)
        if told:
            log.info("reminded of playlists and quizzes: %d notifications", told)
        return told


class LibraryHearing(Rounds):
    """Takes back playlists of which their person can hear nothing any more; it asks for each person, so less often.

    Then it tells those who gave the others which of their clips have no sound any more.
    """

    every = 1800.0
    failed = "playlists nobody can hear any more were not looked for"

    def look(self, now: datetime) -> int:
        """Take them back and tell; how much was told."""
        with self.database.session() as session:
            gone = take_back_unhearable(session, now=now)
        if gone:
            log.info("%d playlists of which nothing can be heard any more were taken back", gone)
        with self.database.session() as session:
            silent = tell_silent(session)
        if silent:
            log.info("%d clips in playlists that were given have no sound any more", silent)
        return gone + silent
