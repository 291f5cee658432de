"""Text nobody said, taken out: words where nobody speaks, phrases an engine got stuck on. What goes is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from transcription.speech import Span, Utterance
from transcription.transcript import Removal, Word
from transcription.turns import join_words

OUTSIDE_TOLERANCE: Final = 0.30
"""Seconds a word's middle may lie beyond a span: engines place word edges this loosely."""

LOOP_REPEATS: Final = {1: 6, 2: 5, 3: 4, 4: 4, 5: 3, 6: 3, 7: 3, 8: 3}
"""Times a phrase of so many words must follow itself to count as a loop. People do say "no, no, no, no"; nobody says
the same five words three times without a break. Whisper's loops run to dozens."""

NO_SPEECH: Final = 0.6
NO_SPEECH_LOGPROB: Final = -1.0
"""Whisper's own rule (its defaults): surely no speech, and unsure of the words, means nothing was said."""


def clean_utterances(
    utterances: Sequence[Utterance], spans: Sequence[Span], language: str | None
) -> tuple[tuple[Utterance, ...], tuple[Removal, ...]]:
    """The utterances of one channel without invented text, and what was removed and why
    (`no_speech`, `outside_speech` or `loop`)."""
    kept: list[Utterance] = []
    removed: list[Removal] = []
    for utterance in utterances:
        words = utterance.words
        if _says_nothing(utterance):
            removed += _removals([words], "no_speech", language)
            words = ()
        inside = tuple(word for word in words if _inside(word, spans))
        removed += _removals(_runs(words, set(map(id, inside))), "outside_speech", language)
        words, loops = _without_loops(inside)
        removed += _removals(loops, "loop", language)
        if words:
            kept.append(replace(utterance, words=words))
    return tuple(kept), tuple(removed)


def _says_nothing(utterance: Utterance) -> bool:
    silence, sureness = utterance.facts.get("no_speech_prob"), utterance.facts.get("avg_logprob")
    return silence is not None and sureness is not None and silence > NO_SPEECH and sureness < NO_SPEECH_LOGPROB


def _inside(word: Word, spans: Sequence[Span]) -> bool:
    if word.start is None or word.end is None:
        return True
    middle = (word.start + word.end) / 2
    return any(span.start - OUTSIDE_TOLERANCE <= middle <= span.end + OUTSIDE_TOLERANCE for span in spans)


def _runs(words: Sequence[Word], kept: set[int]) -> list[tuple[Word, ...]]:
    """Neighbouring words that were not kept, together."""
    runs: list[list[Word]] = []
    last_kept = True
    for word in words:
        if id(word) not in kept:
            if last_kept:
                runs.append([])
            runs[-1].append(word)
        last_kept = id(word) in kept
    return [tuple(run) for run in runs]


def _without_loops(words: tuple[Word, ...]) -> tuple[tuple[Word, ...], list[tuple[Word, ...]]]:
    """The words with every loop cut down to its first round, and what was cut."""
    said = [word.text.casefold().strip(".,!?…;:\"'«»。，！？、") for word in words]
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


def _removals(groups: Sequence[Sequence[Word]], reason: str, language: str | None) -> list[Removal]:
    return [
        Removal(group[0].start, group[-1].end, join_words((word.text for word in group), language), reason)
        for group in groups
        if group
    ]
