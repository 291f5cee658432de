"""A whole installation in a fresh folder for tests: settings with short leases, tables, store, and a real Redis."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.db import Database
from review.models import Call, StoredAssessment, StoredTranscript
from review.redis_address import connect
from review.services.intake import Accepted, CallFacts, IncomingFile, accept_recording
from review.settings import Settings, process_environment
from review.storage import AudioStore
from tests.factories import transcript_bytes
from tests.waiting import wait_until
from workers.runtime import Runtime

ROOT = Path(__file__).resolve().parents[2]
TURNS = (
    ("rep", "Good morning, this is Daniel from Green Bridge, how can I help you?"),
    ("client", "Hello, how much are twenty desks? It sounds too expensive for us."),
    ("rep", "I understand. May I ask when you need them? I will send you an offer tomorrow."),
    ("client", "In January. Yes, send it please."),
)


@dataclass
class Installation:
    """What a test holds of an installation; processes started through it are ended with it."""

    settings: Settings
    database: Database
    store: AudioStore
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def redis(self) -> Redis:
        """A client of the installation's Redis."""
        return connect(self.settings)

    def environment(self, **more: str) -> dict[str, str]:
        """The environment in which a child process finds this installation."""
        return process_environment(
            self.settings,
            CALLCOACH_LEASE_SECONDS=str(self.settings.lease_seconds),
            CALLCOACH_RECONCILE_SECONDS=str(self.settings.reconcile_seconds),
            CALLCOACH_ENGINE=self.settings.engine,
            PYTHONPATH=str(ROOT),
            PYTHONUNBUFFERED="1",
            **more,
        )

    def runtime(self) -> Runtime:
        """A runtime over this installation for running jobs in the test's own process."""
        return Runtime(settings=self.settings, database=self.database, store=self.store)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a Python program of the project; its output is readable from `.stdout`."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def callcoach(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a `callcoach` subcommand."""
        return self.start("-m", "workers.cli.main", *words, **environment)

    def run_callcoach(self, *words: str, seconds: float = 60.0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a `callcoach` subcommand to its end."""
        return subprocess.run(
            [sys.executable, "-m", "workers.cli.main", *words],
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def accept_words(self, name: str, turns: Sequence[tuple[str, str]] = TURNS) -> Accepted:
        """Take in a call that came with its transcript and without sound."""
        with self.database.session() as session:
            return accept_recording(
                session,
                self.store,
                [],
                CallFacts(source="test", external_id=name, language="en"),
                door="import",
                transcript=IncomingFile(f"{name}.json", io.BytesIO(transcript_bytes(*turns))),
            )

    def accept_audio(self, name: str, data: bytes, language: str | None = "en") -> Accepted:
        """Take in a call with its sound."""
        with self.database.session() as session:
            return accept_recording(
                session,
                self.store,
                [IncomingFile(f"{name}.wav", io.BytesIO(data))],
                CallFacts(source="test", external_id=name, language=language),
                door="import",
            )

    def call(self, call_id: int) -> Call:
        """The call's row as it is now."""
        with self.database.read() as session:
            call = session.get(Call, call_id)
            assert call is not None, f"call {call_id} is gone"
            return call

    def state(self, call_id: int) -> str:
        """The call's state now."""
        return self.call(call_id).state

    def states(self) -> dict[str, int]:
        """How many calls are in each state."""
        with self.database.read() as session:
            return _count(session, Call.state)

    def effects(self) -> dict[int, tuple[int, int]]:
        """For every call: how many transcripts and how many assessments were stored."""
        with self.database.read() as session:
            transcripts = _count(session, StoredTranscript.call_id)
            assessments = _count(session, StoredAssessment.call_id)
            calls = session.scalars(select(Call.id)).all()
        return {call_id: (transcripts.get(call_id, 0), assessments.get(call_id, 0)) for call_id in calls}

    def wait_for_state(self, call_id: int, *states: str, seconds: float = 30.0) -> str:
        """Wait until the call is in one of the states."""
        return wait_until(
            lambda: self.state(call_id) if self.state(call_id) in states else "",
            seconds=seconds,
            what=f"call {call_id} to become {' or '.join(states)} (it is {self.state(call_id)})",
        )

    def close(self) -> None:
        """End whatever is still running."""
        for process in self.processes:
            if process.poll() is None:
                kill_session(process.pid)
                process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
        self.database.dispose()


def kill_session(pid: int) -> None:
    """SIGKILL a process and its group; nothing happens when it is gone."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def is_running(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def children_of(pid: int) -> list[int]:
    """The running child processes of a process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def _count(session: Session, column: InstrumentedAttribute[Any]) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(select(column, func.count()).group_by(column))}
