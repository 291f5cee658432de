"""Phrases an engine got stuck on: the same words over and over, within an utterance and from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.speech import Utterance
from transcription.transcript import Word

LOOP_REPEATS: Final = {1: 6, 2: 5, 3: 4, 4: 4, **dict.fromkeys(range(5, 25), 3)}
"""Times a phrase of so many words must follow itself to count as a loop. People do say "no, no, no, no"; nobody says
the same five words three times without a break. Whisper's loops run to dozens, and in Chinese, where a word is often
one character, a looping sentence has twenty."""

UTTERANCE_WORDS: Final = 4
UTTERANCE_REPEATS: Final = 3
"""Utterances of at least so many words that say the same so many times in a row are a loop across windows."""

_MARKS: Final = ".,!?…;:\"'«»。，！？、"


def without_loops(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], list[tuple[Word, ...]]]:
    """The words with every loop cut down to its first round, and what was cut."""
    said = _said(words)
    kept: list[Word] = []
    loops: list[tuple[Word, ...]] = []
    at = 0
    while at < len(words):
        size, rounds = _loop_at(said, at)
        kept.extend(words[at : at + size])
        if rounds > 1:
            loops.append(words[at + size : at + size * rounds])
        at += size * rounds
    return tuple(kept), loops


def repeated_utterances(utterances: Sequence[Utterance]) -> set[int]:
    """Numbers of the utterances that only say again what the one before them said, loop after loop."""
    again: set[int] = set()
    first = 0
    said = [_said(utterance.words) for utterance in utterances]
    for n in range(1, len(said) + 1):
        if n < len(said) and said[n] == said[first]:
            continue
        if n - first >= UTTERANCE_REPEATS and len(said[first]) >= UTTERANCE_WORDS:
            again.update(range(first + 1, n))
        first = n
    return again


def _said(words: Sequence[Word]) -> list[str]:
    return [word.text.strip().casefold().strip(_MARKS) for word in words]


def _loop_at(said: Sequence[str], at: int) -> tuple[int, int]:
    """Phrase length and rounds of the loop that begins here; (1, 1) when there is none."""
    for size, least in LOOP_REPEATS.items():
        rounds = 1
        while said[at + rounds * size : at + (rounds + 1) * size] == said[at : at + size]:
            rounds += 1
            if at + (rounds + 1) * size > len(said):
                break
        if rounds >= least:
            return size, rounds
    return 1, 1
