"""The voices' half of a handover: has somebody else begun to speak on a channel where the words say so?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from transcription.diarization.backend import VoiceBackend
from transcription.diarization.second_voice import SecondVoice, tell_voices_apart
from transcription.roles.handover import Handover
from transcription.roles.people import Change
from transcription.speech import Span, SpokenChannel

EARLY: Final = 1.0
"""Seconds before the old rep's last word at which the new voice may seem to begin (edges are loose)."""

LATE: Final = 45.0
"""Seconds after the line is back: the old rep may still introduce the new one."""

SURE: Final = 0.75
"""Least confidence that the channel holds a second voice."""


def hear_takeover(
    channel: SpokenChannel,
    spans: Sequence[Span],
    handovers: Sequence[Handover],
    *,
    backend: VoiceBackend | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Change | None:
    """The change of person on a channel, when a second voice is first heard at one of the handovers; else None.

    `spans` are the channel's stretches of talk, in order, each taken as one person's. Raises Cancelled.
    """
    if not spans or not handovers:
        return None
    second = tell_voices_apart(channel, spans, backend=backend, cancelled=cancelled)
    if second is None or second.confidence < SURE:
        return None
    for handover in handovers:
        if handover.leaves - EARLY <= second.since <= handover.joins + LATE:
            return Change(second.since, second.confidence, _speaker_at(second))
    return None


def _speaker_at(second: SecondVoice) -> Callable[[float], int]:
    """Who speaks at a time: everybody after a takeover is the new person; in a conference each stretch its own."""

    def speaker_at(seconds: float) -> int:
        if second.kind == "taken_over":
            return int(seconds >= second.since)
        nearest = min(
            second.stretches, key=lambda s: (max(s.span.start - seconds, seconds - s.span.end, 0.0), s.span.start)
        )
        return nearest.speaker

    return speaker_at
