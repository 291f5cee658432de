"""What one call asks of Whisper (channels, languages, names) and the usual way of hearing its windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcription.engines.whisper_hearing import Encoded, Hearing, Listener, guarded
from transcription.engines.whisper_hints import better_with_hints, hint_tokens, hints_for
from transcription.engines.whisper_languages import Spoken
from transcription.engines.whisper_windows import Window
from transcription.speech import SpokenChannel, Utterance
from transcription.transcript import Word

LOOPING: Final = 2.4
"""Text that shrinks more than this when compressed is the model going round in circles (Whisper's own threshold)."""

LOOP_TOKENS: Final = 5
"""A looping window is heard once more with every run of so many tokens allowed only once.

Whisper's own way out is to draw words at random at rising temperatures; then the same call would give other words each
time. Here the temperature is 0 always, and the second hearing is kept only if it compresses less than the first.
"""

Heard = tuple[Window, list[Utterance]]
"""A window and what was said in each of its spans."""


@dataclass(frozen=True, slots=True)
class AskedCall:
    """One call before the engine. `mixed` says whether a window may have a language of its own (none was given);
    `encoded` holds windows that were encoded already to detect the call's language."""

    listener: Listener
    channels: Sequence[SpokenChannel]
    spoken: Spoken
    mixed: bool
    hotwords: tuple[str, ...]
    encoded: Mapping[Window, Encoded]
    once: bool = False
    """True when a looping window is not heard again, as faster-whisper does at one temperature: for comparisons."""

    def hear(self, windows: Sequence[Window]) -> Iterator[Heard]:
        """The windows, encoded together and each written down by itself; looping and doubtful ones heard twice."""
        encoded = self.encode(windows)
        languages = self.languages(windows, encoded)
        for language in dict.fromkeys(language for language, _ in languages):
            numbers = [n for n, (own, _) in enumerate(languages) if own == language]
            part = self.listener.part(encoded, numbers)
            hearings = self.listener.hear(part, language)
            for n, hearing in zip(numbers, self._unlooped(part, hearings, language), strict=True):
                alone = numbers.index(n)
                kept = self.with_hints(part, alone, hearing)
                yield windows[n], self.utterances(windows[n], kept, languages[n][1])

    def encode(self, windows: Sequence[Window]) -> Encoded:
        """The windows after the encoder; sound is read from the channels' files now."""
        if len(windows) == 1 and windows[0] in self.encoded:
            return self.encoded[windows[0]]
        sounds = [guarded(lambda w=w: w.samples(self.channels[w.channel])) for w in windows]  # type: ignore[misc]
        return self.listener.encode(sounds)

    def languages(self, windows: Sequence[Window], encoded: Encoded) -> list[tuple[str | None, float | None]]:
        """(language, probability) each window is to be heard in."""
        if not self.mixed:
            return [(self.spoken.language, None)] * len(windows)
        heard = self.listener.languages(encoded)
        return [self.spoken.of_window(window, own) for window, own in zip(windows, heard, strict=True)]

    def with_hints(self, encoded: Encoded, number: int, hearing: Hearing) -> Hearing:
        """A window in doubt heard again with the names in mind that the doubt may be about, if that was better."""
        if not self.hotwords:
            return hearing
        before = hint_tokens(hints_for(hearing.words, self.hotwords), self.listener.text_tokens)
        if not before:
            return hearing
        alone = self.listener.part(encoded, [number])
        again = self.listener.hear(alone, hearing.language, before=before)[0]
        return again if better_with_hints(hearing, again, LOOPING) else hearing

    def utterances(self, window: Window, hearing: Hearing, probability: float | None) -> list[Utterance]:
        """The window's words, given back to the spans they were spoken in, with the window's figures.

        `probability` is that of the language the window was heard in, when it was detected.
        """
        facts: dict[str, Any] = {
            "avg_logprob": round(hearing.avg_logprob, 4),
            "no_speech_prob": round(hearing.no_speech_prob, 4),
            "compression_ratio": round(hearing.compression_ratio, 4),
        }
        if probability is not None:
            facts["language_probability"] = round(probability, 4)
        if self.mixed and hearing.language != self.spoken.language:
            facts["language"] = hearing.language
        words = _place(window, hearing)
        return [Utterance(piece.span, tuple(words[n]), dict(facts)) for n, piece in enumerate(window.pieces)]

    def _unlooped(self, encoded: Encoded, hearings: list[Hearing], language: str | None) -> list[Hearing]:
        looping = [n for n, hearing in enumerate(hearings) if hearing.compression_ratio > LOOPING]
        if not looping or self.once:
            return hearings
        better = list(hearings)
        part = self.listener.part(encoded, looping)
        for n, again in zip(looping, self.listener.hear(part, language, no_repeat=LOOP_TOKENS), strict=True):
            if again.compression_ratio < hearings[n].compression_ratio:
                better[n] = again
        return better


def _place(window: Window, hearing: Hearing) -> list[list[Word]]:
    words: list[list[Word]] = [[] for _ in window.pieces]
    number, reached = 0, window.pieces[0].span.start
    for heard in hearing.words:
        piece, start, end = window.place(heard.start, heard.end)
        if piece > number:
            number, reached = piece, window.pieces[piece].span.start
        # A word never lies before the one spoken before it: alignment sometimes widens words backwards.
        start = max(start, reached)
        end = max(start, end)
        if piece < number:
            start = end = reached
        reached = end
        words[number].append(Word(heard.text, round(start, 3), round(end, 3), round(heard.confidence, 4)))
    return words
