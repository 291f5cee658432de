"""Words that are nothing but the other side's sound, fainter and later: told by sound alone, however they were heard.

An engine often hears a faint copy as other words, so that no comparison of words finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.roles.likeness import match_sounds
from transcription.speech import Span, SpokenChannel
from transcription.transcript import Word

FAINTER: Final = 9.0
"""Decibels by which the copy must lie under the original."""

ONE_SOUND: Final = 0.9
"""Least correlation over SHORT seconds and more at which nothing but the copy is there: whoever speaks as loudly as
the copy brings it to 0.7, 6 dB under it to 0.9; two people's speech reaches 0.61."""

BESIDE: Final = 0.8
"""The same for a word next to such a word (a line's noise in a word's quiet parts lowers it)."""

SHORT: Final = 0.4
"""Seconds around a shorter word that are compared."""

GAP: Final = 0.6
"""Seconds between words that still are next to each other."""

LEAST: Final = 1.0
"""Seconds of such words on a channel before any of them counts: a line that carries the other side carries it often."""


def find_copies(words: Sequence[Word], mine: SpokenChannel, theirs: SpokenChannel) -> list[list[Word]]:
    """The words of `mine`, in runs, whose sound is that of `theirs` at least FAINTER decibels down.

    `words` are those said while the other side speaks, in time order. Whoever speaks over the copy keeps his words:
    what he adds is in no way like the other side's sound.
    """
    likeness = [_likeness(word, mine, theirs) for word in words]
    sure = [value >= ONE_SOUND for value in likeness]
    if sum((w.end or 0.0) - (w.start or 0.0) for w, there in zip(words, sure, strict=True) if there) < LEAST:
        return []
    gone = list(sure)
    for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
        step = order.step
        for n in order:
            first, second = sorted((n, n - step))
            near = (words[second].start or 0.0) - (words[first].end or 0.0) <= GAP
            gone[n] = gone[n] or (gone[n - step] and near and likeness[n] >= BESIDE)
    runs: list[list[Word]] = []
    for n, word in enumerate(words):
        if gone[n] and runs and gone[n - 1] and (word.start or 0.0) - (runs[-1][-1].end or 0.0) <= GAP:
            runs[-1].append(word)
        elif gone[n]:
            runs.append([word])
    return runs


def _likeness(word: Word, mine: SpokenChannel, theirs: SpokenChannel) -> float:
    """The correlation of the word's sound with the other side's, 0 where it is not FAINTER decibels under it."""
    start, end = word.start or 0.0, word.end or 0.0
    lacking = max(0.0, SHORT - (end - start)) / 2
    match = match_sounds(Span(max(0.0, start - lacking), end + lacking), mine, theirs, FAINTER)
    return match.likeness if match is not None and match.fainter >= FAINTER else 0.0
