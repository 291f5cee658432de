"""When Whisper's words were said: tokens and the frames they were aligned to become words with times.

The rules for joining tokens and punctuation are OpenAI's, as faster-whisper has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from transcription.engines.whisper_tokens import WordTokens

FRAMES: Final = 50
"""Places a second to which tokens are aligned."""

TYPICAL_MOST: Final = 0.7
"""Seconds: the usual length of a word is its window's median, but no more than this (faster-whisper's own figure)."""

_OPENING: Final = "\"'“¿([{-"
_CLOSING: Final = "\"'.。,，!！?？:：”)]}、"
_SENTENCE_ENDS: Final = ".。!！?？"


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word with its times in seconds from the window's beginning and the model's confidence 0..1."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(slots=True)
class _Timed:
    text: str
    start: float
    end: float
    confidence: float


def timed_words(words: Sequence[WordTokens], aligned: Any) -> tuple[HeardWord, ...]:
    """Words with punctuation joined to them; those stretched over a pause are cut to twice the usual length.

    `aligned` is CTranslate2's answer: the frame each token begins at, the end's too, and how likely each token was.
    """
    if not words:
        return ()
    pairs = np.array(aligned.alignments).reshape(-1, 2)
    begins = pairs[np.diff(pairs[:, 0], prepend=-1) > 0, 1] / FRAMES  # where the next token begins
    edges = np.cumsum([0, *(len(word.tokens) for word in words)])
    likely = aligned.text_token_probs
    timed = [
        _Timed(word.text, float(begins[first]), float(begins[last]), float(np.mean(likely[first:last])))
        for word, first, last in zip(words, edges[:-1], edges[1:], strict=True)
    ]
    lengths = [word.end - word.start for word in timed if word.end > word.start]
    longest = 2 * min(TYPICAL_MOST, float(np.median(lengths))) if lengths else 0.0
    _join_punctuation(timed)
    return _cut_pauses(timed, longest)


def _cut_pauses(timed: Sequence[_Timed], longest: float) -> tuple[HeardWord, ...]:
    words: list[HeardWord] = []
    for word in timed:
        text = word.text.strip()
        if not text:
            continue
        start, end = word.start, word.end
        # The pause before a sentence is given to its first word, the one after it to its last.
        if end - start > longest > 0:
            if text[-1] in _SENTENCE_ENDS:
                end = start + longest
            elif not words or words[-1].text[-1] in _SENTENCE_ENDS:
                start = end - longest
        sure = min(1.0, max(0.0, word.confidence)) if word.confidence == word.confidence else 0.0
        words.append(HeardWord(text, start, end, sure))
    return tuple(words)


def _join_punctuation(timed: Sequence[_Timed]) -> None:
    """Opening marks go to the word after them, closing ones to the word before; what was joined is left empty."""
    after = len(timed) - 1
    for number in range(len(timed) - 2, -1, -1):
        word = timed[number]
        if word.text.startswith(" ") and word.text.strip() in _OPENING:
            timed[after].text = word.text + timed[after].text
            word.text = ""
        else:
            after = number
    before = 0
    for number in range(1, len(timed)):
        word = timed[number]
        if not timed[before].text.endswith(" ") and word.text in _CLOSING:
            timed[before].text += word.text
            word.text = ""
        else:
            before = number
