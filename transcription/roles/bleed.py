"""Words of one side heard faintly on the other side's channel, taken out only when time, words and level agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from transcription.speech import Span, SpokenChannel, Utterance
from transcription.transcript import Removal, Word
from transcription.turns import join_words

FAINTER: Final = 9.0
"""Decibels by which the echo must lie under the same words on their own channel."""

LATEST: Final = 0.4
"""Seconds a bleeding word may lie before or after its original: engines place edges loosely, lines delay."""

ALIKE: Final = 80.0
"""Least likeness of two words (RapidFuzz ratio, 0..100) to be one word heard twice: the faint copy is heard worse."""

FEWEST: Final = 2
"""A single word both sides say at once ("hello", "okay") is two people greeting, not bleed, unless it is much
fainter: see MUCH_FAINTER."""

SHARE: Final = 0.6
"""Least share of a run's words that must be the other side's words."""

MUCH_FAINTER: Final = 15.0
"""Decibels for a run of one word."""

RUN_GAP: Final = 0.6
"""Seconds without a word that end a run."""

SAME_SOUND: Final = 0.5
"""Least correlation of the two channels over the run. Two people who say the same words at once do not make the same
sound; a voice that bled over does, even when it is much fainter."""

LAG: Final = 0.06
"""Seconds by which the copy may run late on the line."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of each channel, and what was taken out."""

    channels: tuple[tuple[Utterance, ...], ...]
    removals: tuple[Removal, ...]


def remove_bleed(
    channels: Sequence[Sequence[Utterance]], decoded: Sequence[SpokenChannel], language: str | None
) -> tuple[tuple[tuple[Utterance, ...], ...], tuple[Removal, ...]]:
    """The utterances of each channel without the other channels' words, and the removals (reason "bleed").

    `decoded[n]` is the sound of `channels[n]`; two entries of one file are one channel shared by two people and are
    never compared. A run of words goes only when a run on another channel overlaps it in time, holds the same words,
    is louder by FAINTER decibels, and sounds the same. Reads only the samples of runs that agree in time and words.
    """
    runs = [_runs(utterances) for utterances in channels]
    gone: list[set[int]] = [set() for _ in channels]
    removals: list[Removal] = []
    for at, mine in enumerate(runs):
        for run in mine:
            for other, theirs in enumerate(runs):
                if decoded[other].path == decoded[at].path:
                    continue
                if _bled(run, [w for r in theirs for w in r], decoded[at], decoded[other]):
                    gone[at].update(map(id, run))
                    removals.append(
                        Removal(run[0].start, run[-1].end, join_words((w.text for w in run), language), "bleed")
                    )
                    break
    kept = tuple(_without(utterances, lost) for utterances, lost in zip(channels, gone, strict=True))
    return kept, tuple(removals)


def _without(utterances: Sequence[Utterance], lost: set[int]) -> tuple[Utterance, ...]:
    left = []
    for utterance in utterances:
        words = tuple(word for word in utterance.words if id(word) not in lost)
        if len(words) == len(utterance.words):
            left.append(utterance)
        elif words:
            left.append(replace(utterance, words=words))
    return tuple(left)


def _runs(utterances: Sequence[Utterance]) -> list[list[Word]]:
    """Words with times, in groups with no pause longer than RUN_GAP inside."""
    runs: list[list[Word]] = []
    for utterance in utterances:
        for word in utterance.words:
            if word.start is None or word.end is None:
                continue
            if runs and word.start - (runs[-1][-1].end or 0.0) <= RUN_GAP:
                runs[-1].append(word)
            else:
                runs.append([word])
    return runs


def _bled(run: Sequence[Word], others: Sequence[Word], mine: SpokenChannel, theirs: SpokenChannel) -> bool:
    start, end = run[0].start or 0.0, run[-1].end or 0.0
    near = [
        word
        for word in others
        if word.start is not None and word.end is not None and word.start < end + LATEST and word.end > start - LATEST
    ]
    if not near:
        return False
    matched = _matched(run, near)
    if matched < SHARE * len(run):
        return False
    fainter = _fainter(Span(start, end), mine, theirs)
    if fainter is None or fainter < (FAINTER if len(run) >= FEWEST else MUCH_FAINTER):
        return False
    return sounds_same(Span(start, end), mine, theirs)


def _matched(run: Sequence[Word], near: Sequence[Word]) -> int:
    """How many words of the run the other side says at nearly the same time, in the same order."""
    from rapidfuzz.fuzz import ratio

    count = at = 0
    for word in run:
        for number in range(at, len(near)):
            other = near[number]
            if abs((other.start or 0.0) - (word.start or 0.0)) <= LATEST and (
                ratio(_bare(word.text), _bare(other.text)) >= ALIKE
            ):
                count += 1
                at = number + 1
                break
    return count


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _fainter(span: Span, mine: SpokenChannel, theirs: SpokenChannel) -> float | None:
    """Decibels by which `mine` lies under `theirs` over the span; None when one of them cannot be measured."""
    levels = [_rms(channel, span) for channel in (mine, theirs)]
    if levels[0] is None or levels[1] is None or levels[1] <= 0:
        return None
    return math.inf if levels[0] <= 0 else 20 * math.log10(levels[1] / levels[0])


def _rms(channel: SpokenChannel, span: Span) -> float | None:
    samples = channel.samples(span).astype(np.float64)
    return None if not len(samples) else float(np.sqrt(np.mean(samples * samples)))


def sounds_same(span: Span, mine: SpokenChannel, theirs: SpokenChannel) -> bool:
    """Whether the two channels carry one sound over the span, allowing the copy to run up to LAG seconds late."""
    from transcription.speech import RATE

    first, second = (channel.samples(span).astype(np.float64) for channel in (mine, theirs))
    count = min(len(first), len(second))
    if count < RATE // 20:
        return False
    first, second = first[:count] - first[:count].mean(), second[:count] - second[:count].mean()
    norm = float(np.sqrt(np.sum(first * first) * np.sum(second * second)))
    if norm <= 0:
        return False
    size = 1 << (2 * count - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    lag = min(count - 1, round(LAG * RATE))
    reach = np.concatenate([cross[: lag + 1], cross[-lag:]])
    return float(np.max(np.abs(reach))) / norm >= SAME_SOUND
