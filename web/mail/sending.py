"""One round of sending with the application's words: each letter is written as a page in its reader's language."""

from __future__ import annotations

import logging
import signal
import threading
from http.cookies import SimpleCookie
from types import FrameType

from flask import Flask
from flask_babel import force_locale

from review.notices.contents import Content
from review.notices.leases import Taken
from review.notices.message import Written
from review.notices.sending import Round, Sender
from review.ui_languages import UI_LANGUAGES
from web.app import create_app
from web.context import TIME_ZONE_COOKIE
from web.mail.writing import Writing
from web.parts import KEY, Parts

log = logging.getLogger("workers")


def send_due(stop: threading.Event | None = None) -> Round:
    """Send everything that is due, as the settings of the environment say. Nothing is sent when mail is off."""
    stop = stop or _stop_on_signal()
    app = create_app()
    made: Parts = app.extensions[KEY]
    try:
        if made.settings.mail is None:
            log.info("no mail is sent: mail is not set up")
            return Round()
        done = Sender(made.database, made.settings.mail, writer(app)).send_due(stop.is_set)
        if done.sent or done.failed or done.later:
            log.info("mails: %d sent, %d to be tried again, %d given up", done.sent, done.later, done.failed)
        return done
    finally:
        made.database.dispose()


class writer:
    """Writes letters with the words and page addresses of an application."""

    def __init__(self, app: Flask) -> None:
        made: Parts = app.extensions[KEY]
        self.app = app
        settings = made.settings
        self.base = settings.public_url or f"http://{settings.host}:{settings.port}"
        self.writing = Writing(self.base, settings.secret_key())

    def __call__(self, letter: Taken, content: Content) -> Written:
        """The letter in its reader's language, with times in their zone."""
        language = content.language if content.language in UI_LANGUAGES else UI_LANGUAGES[0]
        cookie = SimpleCookie({TIME_ZONE_COOKIE: content.zone})[TIME_ZONE_COOKIE].OutputString()
        with self.app.test_request_context("/", headers={"Cookie": cookie}), force_locale(language):
            return self.writing.write(letter, content)


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def ask(_signum: int, _frame: FrameType | None) -> None:
        stop.set()

    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, ask)
    return stop
