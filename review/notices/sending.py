"""Sending the letters that are due: taken one by one, written in the reader's words, handed over, ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.models import utc_now
from review.notices import leases
from review.notices.contents import Content, read_content
from review.notices.leases import Taken
from review.notices.message import Written, make_message
from review.notices.planning import TOO_LATE, plan_again
from review.notices.refused import refuse_address
from review.notices.server import MailServer
from review.notices.telling import tell_admins
from review.notices.transport import Transport, TransportError, open_transport

log = logging.getLogger("workers")

BROKEN_OFF: Final = 3  # sessions lost in a row after which the server is left alone
OWN_NEWS: Final = ("notices", "digest")  # what these letters tell is in the application too
MOST_CRASHES: Final = 60  # tries after which a letter that never comes to an end is given up


class Writer(Protocol):
    """Writes a letter in words; lives in the web package, where the words and addresses of pages are."""

    def __call__(self, letter: Taken, content: Content) -> Written:
        """The letter in the reader's language."""


@dataclass(slots=True)
class Round:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0
    later: int = 0


class Sender:
    """Sends what is due. Two at once send every letter once: each takes its own."""

    def __init__(
        self,
        database: Database,
        server: MailServer,
        write: Writer,
        transport: Callable[[MailServer], AbstractContextManager[Transport]] = open_transport,
    ) -> None:
        self.database = database
        self.server = server
        self.write = write
        self._open = transport

    def send_due(self, stop: Callable[[], bool] = lambda: False) -> Round:
        """Everything that is due, until the server cannot be used or `stop` says so."""
        done = Round()
        with self.database.read() as session:
            due = leases.due_letters(session)
        if not due:
            return done
        broken = 0
        with self._open(self.server) as transport:
            for letter_id in due:
                if stop() or not self._reaches(transport):
                    break
                with self.database.session() as session:
                    letter = leases.take(session, letter_id)
                if letter is None:
                    continue
                try:
                    self._send(transport, letter, done)
                    broken = 0
                except TransportError as error:
                    if error.scope == "server":
                        self._note_trouble(str(error), letter)
                        break
                    broken += str(error).startswith("the session broke off")
                    self._refused(letter, error, done)
                    if broken >= BROKEN_OFF:
                        self._note_trouble(str(error), None)
                        break
        return done

    def _send(self, transport: Transport, letter: Taken, done: Round) -> None:
        """Raises TransportError; every other fault is the letter's own and ends it."""
        if letter.expires_at <= utc_now() or letter.attempts > MOST_CRASHES:
            self._give_up(letter, letter.kind, done)
            return
        if letter.kind in OWN_NEWS and self._too_late(letter):
            done.later += 1
            return
        try:
            with self.database.read() as session:
                content = read_content(session, letter)
            if content is None:
                self._end(letter, "dropped")
                return
            message = make_message(
                self.write(letter, content),
                self.server,
                to=content.address,
                name=content.name,
                message_id=letter.message_id,
                at=letter.created_at,
            )
        except (SQLAlchemyError, OSError, MemoryError):  # the machine's trouble: it comes back after its lease
            raise
        except Exception as error:
            # One letter that cannot be written must not hold up those behind it; the log says what is wrong with it.
            log.exception("letter %d (%s) cannot be written", letter.id, letter.kind)
            self._end(letter, "failed", f"it cannot be written: {type(error).__name__}")
            done.failed += 1
            return
        try:
            transport.send(message, content.address, f"{letter.created_at:%Y%m%d-%H%M%S}-{letter.kind}-{letter.id}")
        except TransportError as error:
            error.address = content.address
            raise
        with self.database.session() as session:
            leases.note_reached(session, sent=True)
            leases.end(session, letter, "sent")
        done.sent += 1

    def _too_late(self, letter: Taken) -> bool:
        """Whether its reader's quiet hours have begun while it waited for the server."""
        now = utc_now()
        if now - letter.created_at <= TOO_LATE[letter.kind]:
            return False
        with self.database.session() as session:
            return plan_again(session, letter, now)

    def _refused(self, letter: Taken, error: TransportError, done: Round) -> None:
        log.warning("letter %d (%s) was not taken: %s", letter.id, letter.kind, error)
        if not error.permanent:
            with self.database.session() as session:
                leases.note_reached(session, sent=False)
                leases.try_later(session, letter, str(error))
            done.later += 1
            return
        with self.database.session() as session:
            leases.note_reached(session, sent=False)
            held = leases.end(session, letter, "failed", str(error))
            if held and error.scope == "address":
                refuse_address(session, error.address or letter.address, letter.user_id, str(error))
            elif held and letter.kind not in OWN_NEWS:
                tell_admins(session, "mail_failed", {"address": letter.address, "what": letter.kind, "url": "/mail"})
        done.failed += 1

    def _give_up(self, letter: Taken, kind: str, done: Round) -> None:
        with self.database.session() as session:
            if leases.end(session, letter, "failed", "it could not be sent in time") and kind not in OWN_NEWS:
                tell_admins(session, "mail_failed", {"address": letter.address, "what": kind, "url": "/mail"})
        done.failed += 1

    def _end(self, letter: Taken, state: str, error: str = "") -> None:
        with self.database.session() as session:
            leases.end(session, letter, state, error)

    def _reaches(self, transport: Transport) -> bool:
        try:
            transport.check()
        except TransportError as error:
            self._note_trouble(str(error), None)
            return False
        return True

    def _note_trouble(self, error: str, letter: Taken | None) -> None:
        log.warning("no mail goes out: %s", error)
        with self.database.session() as session:
            if letter is not None:
                leases.give_back(session, letter)
            if leases.note_trouble(session, error):
                tell_admins(session, "mail_down", {"error": error[:200], "url": "/mail"})
