"""A telephone system's own call records beside a watched folder: facts for recordings, and calls that have none."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from review.errors import ReviewError
from review.services.call_facts import CallFacts
from review.settings import Settings
from review.telephony.asterisk_cdr import CdrFile, read_cdr, recognise_text
from review.telephony.asterisk_layouts import Layout
from review.telephony.pbx_call import PbxCall
from review.telephony.recording_match import RecordingIndex
from review.telephony.recording_names import read_name

log = logging.getLogger("workers")

TAIL: Final = 4 * 1024**2
"""Bytes read from the end of the records: about 15,000 lines. Older recordings go by what their names tell."""

SETTLED: Final = timedelta(minutes=2)
"""After its end a call may still get lines (a queue, a transfer); a missed one is taken when this has passed."""

UNRECORDED: Final = timedelta(minutes=15)
"""An answered call whose recording has not come by then is taken without it; the recording may still join."""


@dataclass
class CallRecords:
    """The records in one file. `zone` is that of its times, None when it is to be told from the ids."""

    path: Path
    zone: tzinfo | None = None
    _state: tuple[int, int, int] | None = None
    _layout: Layout | None = None
    _calls: tuple[PbxCall, ...] = ()
    _index: RecordingIndex = field(default_factory=lambda: RecordingIndex(()))
    _told: set[str] = field(default_factory=set)
    _settled: set[str] = field(default_factory=set)

    def look(self) -> bool:
        """Read what was written since; whether there was anything. A file that cannot be read is waited for."""
        try:
            facts = self.path.stat()
            state = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
            if state == self._state or not facts.st_size:  # an empty file is one that nothing was written to yet
                return False
            cdr = self._read(facts.st_size)
        except (OSError, ReviewError) as error:
            if str(error) not in self._told:
                self._told.add(str(error))
                log.error("call records %s cannot be used: %s", self.path, error)
            return False
        self._state = state
        self._calls = cdr.calls
        self._index = RecordingIndex(cdr.calls, zone=self.zone)
        for line in cdr.broken[-5:]:
            log.debug("call records %s: a line passed over: %s", self.path, line.why)
        return True

    def find(self, name: str) -> PbxCall | None:
        """The call a recording of this name belongs to."""
        place = self._index.find(name)
        return None if place is None else self._calls[place]

    def without_recording(self, after: datetime, now: datetime) -> list[PbxCall]:
        """Calls with clients that began after a moment and ended long enough ago: missed ones, and unrecorded ones."""
        found = []
        for call in self._calls:
            if call.direction == "internal" or call.started_at <= after or call.external_id in self._settled:
                continue
            ended = call.started_at + timedelta(seconds=call.talk_seconds)
            if now - ended >= (UNRECORDED if call.answered else SETTLED):
                found.append(call)
        return found

    def settle(self, call: PbxCall) -> None:
        """This call is dealt with: `without_recording` gives it no more."""
        self._settled.add(call.external_id)

    def _read(self, size: int) -> CdrFile:
        with self.path.open("rb") as file:
            head = file.read(min(size, 256 * 1024)).decode("utf-8-sig", errors="replace")
            if self._layout is None:
                self._layout = recognise_text(head)
            file.seek(max(0, size - TAIL), os.SEEK_SET)
            data = file.read(TAIL)
        if size > TAIL:
            data = data.partition(b"\n")[2]  # the first line of a tail is half a line
        whole, _, _ = data.rpartition(b"\n")  # the last one may still be being written
        return read_cdr(whole.decode("utf-8-sig", errors="replace"), zone=self.zone, layout=self._layout)


def records_of(settings: Settings, source: str) -> CallRecords | None:
    """The records that the settings name for a source."""
    zone = ZoneInfo(settings.call_records_zone) if settings.call_records_zone else None
    return next((CallRecords(path, zone) for name, path in settings.call_records if name == source), None)


def facts_of_name(name: str) -> dict[str, str]:
    """What a recording's name tells in the grammar of FreePBX and Issabel; {} when it is none of theirs."""
    told = read_name(name)
    if told is None or told.started_at is None:
        return {}
    facts = CallFacts(
        external_id=told.unique_id,
        direction=told.direction if told.direction in ("inbound", "outbound") else None,
        started_at=told.started_at,
        rep=told.rep,
        client_phone=told.client_phone,
        queue=told.queue,
    )
    return as_texts(facts)


def as_texts(facts: CallFacts) -> dict[str, str]:
    """The known facts as the text fields a recording's own facts come in, without the source."""
    return {name: str(value) for name, value in facts.to_json().items() if name != "source"}
