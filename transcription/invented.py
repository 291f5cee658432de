"""Stock phrases in an utterance that were not said: the words are unsure, too fast for a mouth, or hardly a sound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from transcription.speech import Span, SpokenChannel, Utterance
from transcription.stock_phrases import is_stock_phrase, plain
from transcription.transcript import Word
from transcription.turns import join_words

UNSURE: Final = 0.5
"""Mean confidence of a phrase's words under which nobody need have said them."""

DOUBT: Final = 0.6
DOUBT_LOGPROB: Final = -1.0
"""Whisper's own signs about a whole window: probably no speech, or unsure of the words."""

FASTEST: Final = 25.0
"""Letters a second that a mouth can say (about 8 syllables); a character of Chinese or Korean counts for three."""

QUIET: Final = 15.0
"""Decibels under the channel's usual speech from which a phrase was hardly said aloud."""

PAUSE: Final = 0.25
"""Seconds without a word that end a stretch."""

_ENDS: Final = (".", "!", "?", "…", "。", "！", "？")
_LOUD_SPANS: Final = 24


class Loudness:
    """How loud a channel's speech usually is; measured when first asked, on a few spans spread over the call."""

    def __init__(self, channel: SpokenChannel) -> None:
        self._channel = channel
        self._usual: float | None = None

    def below(self, span: Span) -> float:
        """Decibels by which the sound in `span` lies under the channel's usual speech; below zero when it is louder."""
        if self._usual is None:
            spans = self._channel.spans[:: max(1, len(self._channel.spans) // _LOUD_SPANS)]
            levels = [self._level(Span(each.start, min(each.end, each.start + 5.0))) for each in spans]
            self._usual = float(np.median(levels)) if levels else -math.inf
        return self._usual - self._level(span)

    def _level(self, span: Span) -> float:
        samples = self._channel.samples(span).astype(np.float64)
        return 10 * math.log10(float(np.mean(samples * samples)) + 1e-9) if samples.size else -90.0


def invented_phrases(
    utterance: Utterance, language: str | None, loudness: Loudness | None
) -> tuple[tuple[Word, ...], ...]:
    """Whole stretches of the utterance that are stock phrases and that nobody can have said."""
    found = []
    for stretch in _stretches(utterance.words, language):
        text = join_words((word.text for word in stretch), language)
        if is_stock_phrase(text, language) and _nobody(stretch, text, utterance, loudness):
            found.append(stretch)
    return tuple(found)


def _stretches(words: Sequence[Word], language: str | None) -> list[tuple[Word, ...]]:
    """Words between pauses, and where these are no stock phrase (it may hold a stop) between full stops."""
    groups: list[list[Word]] = []
    for word in words:
        before = groups[-1][-1] if groups else None
        pause = (
            before is not None and before.end is not None and word.start is not None and word.start - before.end > PAUSE
        )
        if before is None or pause:
            groups.append([])
        groups[-1].append(word)
    stretches: list[tuple[Word, ...]] = []
    for group in groups:
        if is_stock_phrase(" ".join(w.text for w in group), language):
            stretches.append(tuple(group))
            continue
        sentence: list[Word] = []
        for word in group:
            sentence.append(word)
            if word.text.strip().endswith(_ENDS):
                stretches.append(tuple(sentence))
                sentence = []
        if sentence:
            stretches.append(tuple(sentence))
    return stretches


def _nobody(words: Sequence[Word], text: str, utterance: Utterance, loudness: Loudness | None) -> bool:
    sure = [word.confidence for word in words if word.confidence is not None]
    if sure and sum(sure) / len(sure) < UNSURE:
        return True
    silence, logprob = utterance.facts.get("no_speech_prob"), utterance.facts.get("avg_logprob")
    if (silence is not None and silence > DOUBT) or (logprob is not None and logprob < DOUBT_LOGPROB):
        return True
    start, end = words[0].start, words[-1].end
    if start is None or end is None:
        return False
    # What an engine invents for a cough is a sentence in half a second, and its times fill the span at most.
    spoken = min(end, utterance.span.end) - max(start, utterance.span.start)
    if _letters(text) > FASTEST * max(spoken, 0.01):
        return True
    return loudness is not None and loudness.below(Span(start, end)) > QUIET


def _letters(text: str) -> int:
    return sum(3 if "\u1100" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" else 1 for c in plain(text).replace(" ", ""))
