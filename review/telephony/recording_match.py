"""Which recording belongs to which call: by the name a record gives, by the unique id in the file's name, by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import PurePath
from typing import Final

from review.telephony.pbx_call import PbxCall
from review.telephony.recording_names import NamedRecording, read_name

SAME_START: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Matched:
    """Which names belong to which call (by its place), and the names that belong to none."""

    names: tuple[tuple[str, ...], ...]
    left: tuple[str, ...]


class RecordingIndex:
    """Finds the call of a recording among these calls."""

    def __init__(self, calls: Sequence[PbxCall], *, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._by_name: dict[str, int] = {}
        self._by_id: dict[str, int] = {}
        self._by_second: dict[int, list[int]] = {}
        self._calls = calls
        for place, call in enumerate(calls):
            for unique_id in (call.external_id, *call.ids):
                self._by_id.setdefault(bare_id(unique_id), place)
            for name in call.recordings:
                self._by_name.setdefault(_stem(name), place)
            if call.answered:
                self._by_second.setdefault(_second(call.started_at), []).append(place)

    def find(self, name: str) -> int | None:
        """The place of the call a recording of this name (with or without folders) belongs to."""
        stem = _stem(name)
        for spelled in (stem, _without_leg(stem)):
            if spelled in self._by_name:
                return self._by_name[spelled]
        told = read_name(name, zone=self._zone)
        if told is None:
            return None
        place = self._by_id.get(told.unique_id)
        return self._by_time(told) if place is None else place

    def _by_time(self, told: NamedRecording) -> int | None:
        """The one call with the same parties that began at the same time; None when there is none or more than one."""
        if told.started_at is None or (told.client_phone is None and told.rep is None):
            return None
        second, reach = _second(told.started_at), int(SAME_START.total_seconds())
        near = [
            place
            for at in range(second - reach, second + reach + 1)
            for place in self._by_second.get(at, ())
            if told.client_phone in (None, self._calls[place].client_phone)
            and told.rep in (None, self._calls[place].rep, *self._calls[place].other_reps)
        ]
        return near[0] if len(near) == 1 else None


def match_recordings(calls: Sequence[PbxCall], names: Sequence[str], *, zone: tzinfo | None = None) -> Matched:
    """Give each recording (its name, with folders) to a call. Both legs of a call go to it."""
    index = RecordingIndex(calls, zone=zone)
    found: list[list[str]] = [[] for _ in calls]
    left: list[str] = []
    for name in sorted(names):
        place = index.find(name)
        if place is None:
            left.append(name)
        else:
            found[place].append(name)
    return Matched(tuple(tuple(own) for own in found), tuple(left))


def bare_id(unique_id: str) -> str:
    """An id without the system name some installations put before it (`pbx1-1700000000.12`)."""
    return unique_id.rpartition("-")[2]


def _second(time: datetime) -> int:
    return int(time.timestamp())


def _stem(name: str) -> str:
    return PurePath(name).stem.casefold()


def _without_leg(stem: str) -> str:
    for ending in ("-in", "-out", "_in", "_out", ".in", ".out", ".rep", ".client"):
        if stem.endswith(ending):
            return stem[: -len(ending)]
    return stem
