"""Before the engine: the voices of a call, each with the spans in which it speaks, and marks of all other sound."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from transcription.abreast import abreast
from transcription.audio import DecodedCall
from transcription.coming import ComingSpeech
from transcription.diarization import Stretch, choose_backend, diarize, split_speakers
from transcription.engines.speakers import NAMED
from transcription.sounds import listen_channel
from transcription.speech import Span, SpokenChannel, Utterance
from transcription.transcript import Mark, Word
from transcription.turns import Voice
from transcription.vad import VadOptions

PEOPLE: Final = 3
"""Voices told apart at most on a channel that nobody has named: two people, and one who takes over from one of them."""


SLIVER: Final = 0.3
"""Seconds; what is left of a span beside an announcement and is shorter is the pad around the speech."""


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
    coming: ComingSpeech | None = None,
) -> Listened:
    """Voice activity and marks on every channel; two people on the only channel are told apart. Raises Cancelled.

    Where there are several channels, spans are put into `coming` as soon as they are certain.
    """
    report = on_progress or (lambda _share: None)
    alone = len(voices) == 1 and voices[0].role == "speaker_a"
    steps = len(call.channels) + alone
    channels: list[SpokenChannel] = []
    marks: list[Mark] = []
    heard_channels = abreast(
        [
            partial(_listen, channel.path, vad, number, cancelled, None if alone else coming)
            for number, channel in enumerate(call.channels)
        ]
    )
    for channel, (spans, found) in zip(call.channels, heard_channels, strict=True):
        channels.append(SpokenChannel(channel.path, spans))
        marks += found
    report(len(call.channels) / steps)
    heard = Listened(tuple(channels), tuple(voices), tuple(sorted(marks, key=_in_time)))
    if alone and heard.anyone:
        heard = tell_apart(heard, channels[0], models_dir=models_dir, cancelled=cancelled)
        report(1.0)
    elif (only := _only_speaking(heard)) is not None:
        # A switchboard may put both people on one of two channels. One voice stays where the order says it is.
        shared = Listened((channels[only],), (Voice("speaker_a", 0.0, voices[only].channel),), heard.marks)
        apart = tell_apart(shared, channels[only], models_dir=models_dir, cancelled=cancelled)
        heard = apart if len(apart.channels) > 1 else heard
    return heard


def _listen(
    path: Path,
    vad: VadOptions | None,
    number: int,
    cancelled: Callable[[], bool] | None,
    coming: ComingSpeech | None,
) -> tuple[tuple[Span, ...], tuple[Mark, ...]]:
    if coming is None:
        return listen_channel(path, vad, channel=number, cancelled=cancelled)
    heard = listen_channel(path, vad, channel=number, cancelled=cancelled, found=partial(coming.put, number))
    coming.put(number, None)
    return heard


def _only_speaking(heard: Listened) -> int | None:
    """The one channel of several with any speech, where nobody has said who is on which."""
    speaking = [number for number, channel in enumerate(heard.channels) if channel.spans]
    told = any((voice.confidence or 0.0) >= NAMED for voice in heard.voices)
    return speaking[0] if len(heard.channels) > 1 and len(speaking) == 1 and not told else None


def tell_apart(
    heard: Listened,
    channel: SpokenChannel,
    *,
    models_dir: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Listened:
    """The same with one entry per person heard in the channel's spans. Raises Cancelled."""
    stretches = diarize(channel, most=PEOPLE, backend=choose_backend(models_dir), cancelled=cancelled)
    people = split_speakers(channel, stretches)
    voices = tuple(
        Voice("speaker_a" if number == 0 else "speaker_b", 0.0, heard.voices[0].channel)
        for number in range(len(people))
    )
    return Listened(people, voices, heard.marks, stretches)


def without_recordings(
    heard: Listened,
    announcements: Sequence[Mark],
    *,
    models_dir: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Listened:
    """People told apart anew on a shared channel where a recorded voice was found to speak as well. Raises Cancelled.

    The recording is a third voice: with it two people would have been taken for one.
    """
    spans = sorted((span for channel in heard.channels for span in channel.spans), key=lambda span: span.start)
    left = tuple(part for span in spans for part in _outside(span, announcements))
    if not left:
        return heard
    return tell_apart(heard, SpokenChannel(heard.channels[0].path, left), models_dir=models_dir, cancelled=cancelled)


def give_to_people(utterances: Sequence[Utterance], heard: Listened) -> tuple[tuple[Utterance, ...], ...]:
    """What was heard on a shared channel, each word to the person whose stretch it lies in or nearest to."""
    given: list[list[Utterance]] = [[] for _ in heard.channels]
    starts = [stretch.span.start for stretch in heard.stretches]  # in time order, none over another
    for utterance in utterances:
        parts: dict[int, list[Word]] = {}
        for word in utterance.words:
            middle = ((word.start or 0.0) + (word.end or word.start or 0.0)) / 2
            after = bisect_right(starts, middle)
            near = range(max(0, after - 1), min(len(starts), after + 1))
            parts.setdefault(min(near, key=lambda k: (_distance(heard.stretches[k].span, middle), k)), []).append(word)
        for n, words in parts.items():
            stretch = heard.stretches[n]
            given[stretch.speaker].append(Utterance(stretch.span, tuple(words), dict(utterance.facts)))
    return tuple(tuple(sorted(person, key=lambda u: (u.words[0].start or 0.0, u.span.start))) for person in given)


def _outside(span: Span, marks: Sequence[Mark]) -> list[Span]:
    """The parts of a span that no mark covers, but for slivers."""
    left: list[Span] = []
    at = span.start
    for mark in marks:
        if mark.end > at and mark.start < span.end:
            left.append(Span(at, mark.start))
            at = mark.end
    left.append(Span(at, span.end))
    return left if left == [span] else [part for part in left if part.length > SLIVER]


def _distance(span: Span, time: float) -> float:
    return max(span.start - time, time - span.end, 0.0)


def _in_time(mark: Mark) -> tuple[float, float, int, str]:
    return mark.start, mark.end, mark.channel or 0, mark.kind
