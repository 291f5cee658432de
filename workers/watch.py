"""Watched folders: a recording that has come to rest is taken in, then moved away (or remembered and left)."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from redis import Redis
from sqlalchemy.exc import SQLAlchemyError

from review.db import Database, open_database
from review.doorbell import ring
from review.errors import IntakeRefused, StorageFull
from review.models import WatchedFile
from review.redis_address import connect
from review.settings import Settings
from review.storage import AudioStore, open_store
from workers.bringing import bring_in, outcome
from workers.bundles import BadFactsFile, Bundle, audio_files, bundles
from workers.call_records import CallRecords, as_texts, facts_of_name, records_of
from workers.unrecorded import take_unrecorded

log = logging.getLogger("workers")

LOOK_SECONDS = 1.0
STABLE_SECONDS = 2.0  # a file whose size and time have not changed for this long is finished
OTHER_LEG_SECONDS = 60.0  # how long one of two legs waits for the other
RECORD_SECONDS = 60.0  # how long a recording waits for its line in the telephone system's records
RECORDS_SECONDS = 5.0  # between two looks at those records
RETRY_SECONDS = 30.0  # after a full disk or a database that was away
DONE, FAILED = "done", "failed"


@dataclass(frozen=True, slots=True)
class Seen:
    """A file's size and time, and when it was first seen so (monotonic seconds)."""

    size: int
    mtime_ns: int
    since: float


@dataclass
class FolderWatcher:
    """Takes calls from one folder. `leave` never touches the folder: a PBX's own monitor folder is not ours."""

    folder: Path
    source: str
    database: Database
    store: AudioStore
    client: Redis
    settings: Settings
    leave: bool = False
    stable_seconds: float = STABLE_SECONDS
    other_leg_seconds: float = OTHER_LEG_SECONDS
    records: CallRecords | None = None
    record_seconds: float = RECORD_SECONDS
    _records_at: float = field(default=-RECORDS_SECONDS)
    _seen: dict[Path, Seen] = field(default_factory=dict)
    _taken: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _held: dict[Path, float] = field(default_factory=dict)  # what could not be taken, and until when it waits
    _not_before: float = 0.0

    def look(self) -> int:
        """One look at the folder: takes in whatever has come to rest. How many calls were dealt with."""
        now = time.monotonic()
        if now < self._not_before or not self.folder.is_dir():
            return 0
        self._look_at_records(now)
        found = bundles([path for path in audio_files([self.folder]) if not self._set_aside(path)])
        inside = {path for bundle in found for path in bundle.files}
        settled = {path for path in inside if self._settled(path, now)}
        for gone in set(self._seen) - inside:
            del self._seen[gone]
        taken = 0
        for bundle in found:
            # A facts file or a transcript that is still being written is waited for like the recording.
            if not settled.issuperset(bundle.files) or self._held.get(bundle.legs[0], 0.0) > now:
                continue
            if self._remembered(bundle):
                continue
            if bundle.lonely and now - self._seen[bundle.legs[0]].since < self.other_leg_seconds:
                continue
            if self._awaits_its_record(bundle, now):
                continue
            if self._among_colleagues(bundle):
                log.info("%s is a call among colleagues: not taken in", bundle.name)
                self._finish(bundle, DONE, None, call_id=None)
                continue
            if not self._take(bundle):
                break
            taken += 1
        return taken

    def _look_at_records(self, now: float) -> None:
        """Read new lines of the telephone system's records; take calls in that were missed or not recorded."""
        if self.records is None or now - self._records_at < RECORDS_SECONDS:
            return
        self._records_at = now
        self.records.look()
        try:
            take_unrecorded(self.records, self.database, self.client, self.settings, self.source)
        except SQLAlchemyError as error:
            self._not_before = now + RETRY_SECONDS
            log.error("calls without a recording are taken in %.0f s: %s", RETRY_SECONDS, error)

    def _awaits_its_record(self, bundle: Bundle, now: float) -> bool:
        """Whether the line that says whose call this is may still come: it is written when the call ends."""
        if self.records is None or now - self._seen[bundle.legs[0]].since >= self.record_seconds:
            return False
        return self.records.find(self._name(bundle)) is None

    def _among_colleagues(self, bundle: Bundle) -> bool:
        call = self.records.find(self._name(bundle)) if self.records else None
        return call is not None and call.direction == "internal"

    def _name(self, bundle: Bundle) -> str:
        return str(bundle.legs[0].relative_to(self.folder))

    def _told(self, bundle: Bundle) -> dict[str, str]:
        """What the telephone system says of the recording: its record, else the recording's name."""
        call = self.records.find(self._name(bundle)) if self.records else None
        return as_texts(call.facts(self.source)) if call else facts_of_name(self._name(bundle))

    def _set_aside(self, path: Path) -> bool:
        top = path.relative_to(self.folder).parts[0]
        return not self.leave and top in (DONE, FAILED)

    def _settled(self, path: Path, now: float) -> bool:
        """Whether size and time have stood still: true 2 s after a rename into the folder or the last write."""
        try:
            facts = path.stat()
        except OSError:
            return False
        before = self._seen.get(path)
        if before is None or (before.size, before.mtime_ns) != (facts.st_size, facts.st_mtime_ns):
            self._seen[path] = Seen(facts.st_size, facts.st_mtime_ns, now)
            return self.stable_seconds <= 0
        return now - before.since >= self.stable_seconds

    def _remembered(self, bundle: Bundle) -> bool:
        """Whether exactly this file was taken before and is still here: left as it is, or could not be moved."""
        path = bundle.legs[0]
        seen = self._seen[path]
        if self._taken.get(path) == (seen.size, seen.mtime_ns):
            return True
        if not self.leave:
            return False
        with self.database.read() as session:
            row = session.get(WatchedFile, _name_in_database(path))
            same = row is not None and (row.size, row.mtime_ns) == (seen.size, seen.mtime_ns)
        if same:
            self._taken[path] = (seen.size, seen.mtime_ns)
        return same

    def _take(self, bundle: Bundle) -> bool:
        """Take one call in; False when it must wait (full disk, database away) and the folder with it."""
        try:
            facts = {**self._told(bundle), **bundle.facts(), "source": self.source}
            accepted = bring_in(self.database, self.store, self.settings, bundle, facts, door="folder")
        except (IntakeRefused, BadFactsFile) as error:
            log.warning("refused %s: %s", bundle.name, error)
            self._finish(bundle, FAILED, str(error), call_id=None)
            return True
        except (StorageFull, SQLAlchemyError, OSError) as error:
            if isinstance(error, OSError) and _speaks_of(error, bundle):  # the others are not to wait for this one
                self._hold(bundle, error)
                return True
            log.error("%s stays where it is and is tried again in %.0f s: %s", bundle.name, RETRY_SECONDS, error)
            self._not_before = time.monotonic() + RETRY_SECONDS
            return False
        except Exception as error:  # noqa: BLE001 - one strange file must not shut the door for all others
            log.debug("what was met at %s", bundle.name, exc_info=True)
            self._hold(bundle, error)
            return True
        level = logging.WARNING if accepted.differs else logging.INFO
        log.log(level, "call %d %s: %s", accepted.call_id, outcome(accepted), bundle.name)
        self._finish(bundle, DONE, None, call_id=accepted.call_id)
        ring(self.client, accepted.ring)
        return True

    def _hold(self, bundle: Bundle, error: Exception) -> None:
        self._held[bundle.legs[0]] = time.monotonic() + RETRY_SECONDS
        log.error("%s cannot be taken in and is tried again in %.0f s: %r", bundle.name, RETRY_SECONDS, error)

    def _finish(self, bundle: Bundle, where: str, reason: str | None, *, call_id: int | None) -> None:
        """After the commit: move the files away, or remember them. A crash before this only repeats the intake."""
        if self.leave:
            with self.database.session() as session:
                for path in bundle.legs:
                    seen = self._seen[path]
                    row = WatchedFile(path=_name_in_database(path), size=seen.size, mtime_ns=seen.mtime_ns)
                    row.sha256, row.call_id = None, call_id
                    session.merge(row)
            self._remember(bundle)
            return
        try:
            self._move(bundle, where, reason)
        except OSError as error:
            # Not taken in again and again: each time would be one more delivery of the same call.
            self._remember(bundle)
            log.error(
                "%s cannot be moved to %s (%s): let this user write in the folder, or watch it with --leave",
                bundle.name,
                where,
                error,
            )

    def _remember(self, bundle: Bundle) -> None:
        for path in bundle.legs:
            seen = self._seen[path]
            self._taken[path] = (seen.size, seen.mtime_ns)

    def _move(self, bundle: Bundle, where: str, reason: str | None) -> None:
        for path in bundle.files:
            target = _free_name(self.folder / where / path.relative_to(self.folder))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            if reason is not None and path == bundle.files[0]:
                target.with_name(target.name + ".txt").write_text(reason + "\n", encoding="utf-8")


def run_watch(settings: Settings, folders: list[tuple[str, Path]], *, leave: bool) -> None:
    """Watch folders (source name, path) until asked to stop; the call being taken in is finished first."""
    stop = threading.Event()

    def ask(_signum: int, _frame: FrameType | None) -> None:
        stop.set()

    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, ask)
    database, store, client = open_database(settings), open_store(settings), connect(settings)
    watchers = [FolderWatcher(path, name, database, store, client, settings, leave) for name, path in folders]
    for watcher in watchers:
        watcher.records = records_of(settings, watcher.source)
        log.info("watching %s for source %s%s", watcher.folder, watcher.source, " (left as it is)" if leave else "")
    try:
        while not stop.wait(LOOK_SECONDS):
            for watcher in watchers:
                _look(watcher)
    finally:
        database.dispose()
        client.close()


def _look(watcher: FolderWatcher) -> None:
    try:
        watcher.look()
    except (OSError, SQLAlchemyError) as error:
        log.error("the folder %s could not be looked at, trying again: %s", watcher.folder, error)


def _free_name(path: Path) -> Path:
    """The path, or the same with a number when something of that name is there."""
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


def _name_in_database(path: Path) -> str:
    """The path as text a database can hold: a name in another character set than this system's has none of its own."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def _speaks_of(error: OSError, bundle: Bundle) -> bool:
    return error.filename is not None and Path(os.fsdecode(error.filename)) in bundle.files
