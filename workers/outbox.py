"""Sending what is to be told to CRMs: a short process that the sweep starts when something is due."""

from __future__ import annotations

import logging
import threading

from review.crm.sending import Sender
from review.db import Database
from review.services.crm_secrets import SecretBox
from review.settings import Settings

log = logging.getLogger("workers")


def send_outbox(database: Database, settings: Settings, stop: threading.Event | None = None) -> int:
    """Send everything that is due; how many items were tried. A killed process leaves its item to the next one."""
    stop = stop or threading.Event()
    sender = Sender(
        database,
        SecretBox(settings.secret_key()),
        region=settings.region,
        public_url=settings.public_url,
        wait=lambda seconds: _wait(stop, seconds),
    )
    tried = sender.send_due(stop=stop.is_set)
    if tried:
        log.info("%d %s to CRMs tried", tried, "message" if tried == 1 else "messages")
    return tried


def _wait(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)
