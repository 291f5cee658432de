"""CRM work beside the sweep: reading connections that are due and sending what waits, in a process of its own."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.crm.sending import anything_due
from review.crm.sync import SyncReport, due_connections, sync_connection
from review.db import Database
from review.services.crm_secrets import SecretBox
from review.settings import Settings, process_environment
from review.win_back.barred import anything_to_withdraw, withdraw_barred
from workers.supervisor import own_command
from workers.tied import tied_command

log = logging.getLogger("workers")

CHECK_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 6 * 3600.0  # a first sync of a large CRM takes long; one that takes longer hangs
ACTS: Final = ("sync", "push")


class CrmWork:
    """Starts `callcoach crm sync --due` and `crm push` when something is due: a slow CRM never holds the sweep up."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}
        self._checked = -CHECK_SECONDS

    def tick(self, settings: Settings) -> tuple[str, ...]:
        """Look whether there is something to do; the acts that were started now."""
        for act in list(self.running):
            self._clear_up(act)
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return ()
        self._checked = time.monotonic()
        try:
            with self.database.read() as session:
                barred = anything_to_withdraw(session)
                due = {"sync": bool(due_connections(session)), "push": anything_due(session)}
            if barred:
                with self.database.session() as session:
                    log.info("%d tasks are withdrawn from CRMs: nobody is to call there", withdraw_barred(session))
                due["push"] = True
        except SQLAlchemyError as error:
            log.warning("whether CRM work is due could not be asked: %s", error)
            return ()
        started = tuple(act for act in ACTS if due[act] and act not in self.running)
        for act in started:
            process = subprocess.Popen(
                tied_command(own_command("crm", act, "--due"), signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=process_environment(settings),
            )
            self.running[act] = (process, time.monotonic())
        return started

    def stop(self) -> None:
        """End what runs; it goes on where it was the next time."""
        for process, _started in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process, _started in self.running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()

    def _clear_up(self, act: str) -> None:
        process, started = self.running[act]
        code = process.poll()
        if code is None:
            if time.monotonic() - started > LONGEST_SECONDS:
                log.warning("CRM work (%s) hangs and is ended", act)
                process.kill()
            return
        if code not in (0, 3):
            log.warning("CRM work (%s) ended with code %d", act, code)
        del self.running[act]


def sync_connections(
    database: Database, settings: Settings, connection_ids: list[int], stop: threading.Event | None = None
) -> list[SyncReport]:
    """Read these connections one after the other; what came of each that nobody else is reading."""
    stop = stop or threading.Event()
    box = SecretBox(settings.secret_key())
    reports = []
    for connection_id in connection_ids:
        if stop.is_set():
            break
        report = sync_connection(
            database, connection_id, box, region=settings.region, wait=lambda seconds: _wait(stop, seconds)
        )
        if report is None:
            continue
        if report.error:
            log.warning("CRM %s: %s", report.name, report.error)
        reports.append(report)
    return reports


def _wait(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)
