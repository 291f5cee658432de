"""Before the engine: the voices of a call, each with the spans in which it speaks, and marks of all other sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from transcription.audio import DecodedCall
from transcription.diarization import Stretch, choose_backend, diarize, split_speakers
from transcription.sounds import listen_channel
from transcription.speech import SpokenChannel
from transcription.transcript import Mark
from transcription.turns import Voice
from transcription.vad import VadOptions

PEOPLE: Final = 2
"""Voices told apart on a channel that nobody has named."""


@dataclass(frozen=True, slots=True)
class Listened:
    """What goes to the engine: `channels[n]` is the sound of `voices[n]`; people on one channel share its file.

    `stretches` say who speaks when where one channel holds the whole call; empty otherwise.
    """

    channels: tuple[SpokenChannel, ...]
    voices: tuple[Voice, ...]
    marks: tuple[Mark, ...]
    stretches: tuple[Stretch, ...] = ()

    @property
    def anyone(self) -> bool:
        """True when somebody speaks at all."""
        return any(channel.spans for channel in self.channels)


def listen_to_call(
    call: DecodedCall,
    voices: Sequence[Voice],
    vad: VadOptions | None = None,
    *,
    models_dir: Path | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Listened:
    """Voice activity and marks on every channel; two people on the only channel are told apart. Raises Cancelled."""
    report = on_progress or (lambda _share: None)
    alone = len(voices) == 1 and voices[0].role == "speaker_a"
    steps = len(call.channels) + alone
    channels: list[SpokenChannel] = []
    marks: list[Mark] = []
    for number, channel in enumerate(call.channels):
        spans, found = listen_channel(channel.path, vad, channel=number, cancelled=cancelled)
        channels.append(SpokenChannel(channel.path, spans))
        marks += found
        report((number + 1) / steps)
    heard = Listened(tuple(channels), tuple(voices), tuple(sorted(marks, key=_in_time)))
    if alone and heard.anyone:
        heard = tell_apart(heard, channels[0], models_dir, cancelled)
        report(1.0)
    return heard


def tell_apart(
    heard: Listened, channel: SpokenChannel, models_dir: Path | None, cancelled: Callable[[], bool] | None
) -> Listened:
    """The same with one entry per person heard on the channel."""
    stretches = diarize(channel, most=PEOPLE, backend=choose_backend(models_dir), cancelled=cancelled)
    people = split_speakers(channel, stretches)
    voices = tuple(
        Voice("speaker_a" if number == 0 else "speaker_b", 0.0, heard.voices[0].channel)
        for number in range(len(people))
    )
    return Listened(people, voices, heard.marks, stretches)


def _in_time(mark: Mark) -> tuple[float, float, int, str]:
    return mark.start, mark.end, mark.channel or 0, mark.kind
