"""Who is heard on which channel of the recording, as far as the transcript knows; the rep's lane is the upper one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_UPPER: Final = ("rep", "speaker_a", "client", "speaker_b")


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel of the sound; `speaker` is a role of the contract."""

    channel: int
    speaker: str


def read_lanes(transcript: Mapping[str, Any]) -> tuple[Lane, ...]:
    """The channels in the order they are drawn. Empty when the transcript does not say who is on which.

    A channel belongs to the person with most words on it; two channels of one person tell nothing.
    """
    said: dict[int, Counter[str]] = {}
    for turn in transcript.get("turns") or []:
        if turn.get("channel") is not None and turn.get("role") in _UPPER:
            said.setdefault(int(turn["channel"]), Counter())[str(turn["role"])] += len(str(turn.get("text") or ""))
    lanes = [Lane(channel, max(sorted(roles), key=lambda role: roles[role])) for channel, roles in sorted(said.items())]
    if len({lane.speaker for lane in lanes}) < len(lanes):
        return ()
    return tuple(sorted(lanes, key=lambda lane: _UPPER.index(lane.speaker)))


def read_people(transcript: Mapping[str, Any]) -> tuple[str, ...]:
    """The two sides as they are called here: rep and client, or speaker A and B while nobody knows who is who."""
    roles = {str(turn.get("role")) for turn in transcript.get("turns") or []}
    if roles & {"rep", "client"} or not roles & {"speaker_a", "speaker_b"}:
        return ("rep", "client")
    return ("speaker_a", "speaker_b")
