"""Which recording belongs to which call: by the name a record gives, by the unique id in the file's name, by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
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


def match_recordings(calls: Sequence[PbxCall], names: Sequence[str], *, zone: tzinfo | None = None) -> Matched:
    """Give each recording (its name, with folders) to a call. Both legs of a call go to it."""
    by_name: dict[str, int] = {}
    by_id: dict[str, int] = {}
    for number, call in enumerate(calls):
        for unique_id in (call.external_id, *call.ids):
            by_id.setdefault(bare_id(unique_id), number)
        for name in call.recordings:
            by_name.setdefault(_stem(name), number)
    found: list[list[str]] = [[] for _ in calls]
    left: list[str] = []
    for name in sorted(names):
        place: int | None
        told = read_name(name, zone=zone)
        stem = _stem(name)
        place = by_name[stem] if stem in by_name else by_name.get(_without_leg(stem))
        if place is None and told is not None:
            place = by_id.get(told.unique_id)
        if place is None and told is not None:
            place = _by_time(calls, told)
        if place is None:
            left.append(name)
        else:
            found[place].append(name)
    return Matched(tuple(tuple(own) for own in found), tuple(left))


def bare_id(unique_id: str) -> str:
    """An id without the system name some installations put before it (`pbx1-1700000000.12`)."""
    return unique_id.rpartition("-")[2]


def _by_time(calls: Sequence[PbxCall], told: NamedRecording) -> int | None:
    """The one call with the same parties that began at the same time; None when there is none or more than one."""
    if told.started_at is None or (told.client_phone is None and told.rep is None):
        return None
    near = [
        place
        for place, call in enumerate(calls)
        if abs(call.started_at - told.started_at) <= SAME_START
        and call.answered
        and told.client_phone in (None, call.client_phone)
        and told.rep in (None, call.rep, *call.other_reps)
    ]
    return near[0] if len(near) == 1 else None


def _stem(name: str) -> str:
    return PurePath(name).stem.casefold()


def _without_leg(stem: str) -> str:
    for ending in ("-in", "-out", "_in", "_out", ".in", ".out", ".rep", ".client"):
        if stem.endswith(ending):
            return stem[: -len(ending)]
    return stem
