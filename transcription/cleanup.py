"""Text nobody said, taken out: words where nobody speaks, phrases an engine got stuck on or knows by heart.

What goes is recorded with its reason; words the engine was only unsure of stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from transcription.invented import Loudness, invented_phrases
from transcription.loops import repeated_utterances, without_loops
from transcription.speech import Span, SpokenChannel, Utterance
from transcription.transcript import Removal, Word
from transcription.turns import join_words

OUTSIDE_TOLERANCE: Final = 0.30
"""Seconds a word's middle may lie beyond a span: engines place word edges this loosely."""

NO_SPEECH: Final = 0.6
NO_SPEECH_LOGPROB: Final = -1.0
"""Whisper's own rule (its defaults): surely no speech, and unsure of the words, means nothing was said."""

BACKWARDS: Final = 0.5
"""Seconds a word may begin before the one it follows; more means that a segment stands in the wrong place."""

SAME_TIME: Final = 0.5
"""Share of an utterance that must lie over another of the same words for it to be that one, heard twice."""


@dataclass(frozen=True, slots=True)
class _Lost:
    words: tuple[Word, ...]
    reason: str


def clean_utterances(
    utterances: Sequence[Utterance],
    spans: Sequence[Span],
    language: str | None,
    *,
    channel: SpokenChannel | None = None,
) -> tuple[tuple[Utterance, ...], tuple[Removal, ...]]:
    """The utterances of one channel in order of time without invented text, and what was removed and why.

    Reasons: `no_speech` (the engine doubts that anybody speaks, and its words), `outside_speech`, `loop`, `repeat`
    (one utterance given twice), `stock_phrase`. Words out of order are put right. With `channel` the sound decides
    too whether a stock phrase was said: its words must be as loud as the rest.
    """
    lost: list[_Lost] = []
    kept: list[Utterance] = []
    loudness = None if channel is None else Loudness(channel)
    for utterance in _in_order(utterances):
        words = utterance.words
        if _says_nothing(utterance):
            lost.append(_Lost(words, "no_speech"))
            continue
        if kept and _heard_twice(kept[-1], utterance):
            lost.append(_Lost(words, "repeat"))
            continue
        inside = tuple(word for word in words if _inside(word, spans))
        lost += [_Lost(run, "outside_speech") for run in _runs(words, set(map(id, inside)))]
        words, loops = without_loops(inside)
        lost += [_Lost(loop, "loop") for loop in loops]
        invented = invented_phrases(replace(utterance, words=words), language, loudness)
        lost += [_Lost(phrase, "stock_phrase") for phrase in invented]
        gone = {id(word) for phrase in invented for word in phrase}
        words = tuple(word for word in words if id(word) not in gone)
        if words:
            kept.append(replace(utterance, words=words))
    again = repeated_utterances(kept)
    lost += [_Lost(kept[n].words, "loop") for n in again]
    removed = sorted(
        (_removal(each, language) for each in lost if each.words), key=lambda r: (r.start or 0.0, r.end or 0.0)
    )
    return tuple(sorted((u for n, u in enumerate(kept) if n not in again), key=_begins)), tuple(removed)


def _in_order(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Utterances by the time of their first word, and their words by time: segments an engine gave out of order."""
    ordered = [replace(u, words=words) if (words := _words_in_order(u.words)) != u.words else u for u in utterances]
    return sorted(ordered, key=_begins)


def _begins(utterance: Utterance) -> float:
    return next((word.start for word in utterance.words if word.start is not None), utterance.span.start)


def _words_in_order(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words by time; one that lies only a little early keeps its place and begins where the one before it does."""
    runs: list[list[Word]] = []
    reached = 0.0
    for word in words:
        start = word.start
        if not runs or (start is not None and start < reached - BACKWARDS):
            runs.append([])
            reached = start if start is not None else 0.0
        elif start is not None and start < reached:
            start = reached
            word = replace(word, start=start, end=None if word.end is None else max(start, word.end))
        runs[-1].append(word)
        reached = reached if start is None else max(reached, start)
    ordered: list[tuple[float, Word]] = []
    for word in (word for run in runs for word in run):
        # A word without times stays behind the one before it.
        ordered.append((word.start if word.start is not None else (ordered[-1][0] if ordered else 0.0), word))
    return tuple(word for _, word in (sorted(ordered, key=lambda item: item[0]) if len(runs) > 1 else ordered))


def _says_nothing(utterance: Utterance) -> bool:
    silence, sureness = utterance.facts.get("no_speech_prob"), utterance.facts.get("avg_logprob")
    return silence is not None and sureness is not None and silence > NO_SPEECH and sureness < NO_SPEECH_LOGPROB


def _heard_twice(before: Utterance, after: Utterance) -> bool:
    """True when both say the same words over mostly the same time."""
    first, second = _times(before), _times(after)
    if first is None or second is None or second[1] <= second[0]:
        return False
    shared = min(first[1], second[1]) - max(first[0], second[0])
    same = [w.text.casefold() for w in before.words] == [w.text.casefold() for w in after.words]
    return same and shared >= SAME_TIME * (second[1] - second[0])


def _times(utterance: Utterance) -> tuple[float, float] | None:
    starts = [w.start for w in utterance.words if w.start is not None]
    ends = [w.end for w in utterance.words if w.end is not None]
    return (min(starts), max(ends)) if starts and ends else None


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


def _removal(lost: _Lost, language: str | None) -> Removal:
    text = join_words((word.text for word in lost.words), language)
    starts = [w.start for w in lost.words if w.start is not None]
    ends = [w.end for w in lost.words if w.end is not None]
    return Removal(min(starts, default=None), max(ends, default=None), text, lost.reason)
