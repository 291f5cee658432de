"""How well people are told apart: share of words on the right person, and the diarization error rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

COLLAR: Final = 0.25
"""Seconds on both sides of every change in the reference that are not counted, as NIST scored (RT evaluations)."""

STEP: Final = 0.01


@dataclass(frozen=True, slots=True)
class Stretch:
    """One person's speech; times in seconds."""

    who: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class WordShare:
    """Words heard (right or not) whose person is known on both sides, and how many of them went to the right one."""

    right: int
    words: int

    @property
    def share(self) -> float | None:
        """0..1, None without words."""
        return self.right / self.words if self.words else None


@dataclass(frozen=True, slots=True)
class Diarization:
    """Seconds missed, invented and given to the wrong person, of `total` seconds of reference speech."""

    missed: float
    invented: float
    confused: float
    total: float

    @property
    def rate(self) -> float | None:
        """Diarization error rate, None when nobody speaks in the reference."""
        return (self.missed + self.invented + self.confused) / self.total if self.total else None


def words_on_the_right_person(
    said: Sequence[tuple[str, str]], heard: Sequence[tuple[str, str]], *, named: bool
) -> WordShare:
    """Compare (person, word) pairs aligned by the fewest changes; words added or left out have no person to compare.

    With `named` the persons' names must be the same; without, names are matched up so that most words agree.
    """
    import jiwer

    if not said or not heard:
        return WordShare(0, 0)
    # jiwer splits at spaces: a word is never empty and holds none.
    result: Any = jiwer.process_words(" ".join(w for _, w in said), " ".join(w for _, w in heard))
    pairs = [
        (said[chunk.ref_start_idx + n][0], heard[chunk.hyp_start_idx + n][0])
        for chunk in result.alignments[0]
        if chunk.type in ("equal", "substitute")
        for n in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
    if named:
        return WordShare(sum(a == b for a, b in pairs), len(pairs))
    counts = _table([a for a, _ in pairs], [b for _, b in pairs])
    return WordShare(int(_best_match(counts)), len(pairs))


def diarization_error(reference: Sequence[Stretch], found: Sequence[Stretch], collar: float = COLLAR) -> Diarization:
    """Seconds wrong at the best matching of names, overlapping speech counted per person, in steps of 10 ms."""
    ends = [s.end for s in (*reference, *found)]
    steps = int(np.ceil(max(ends, default=0.0) / STEP)) + 1
    counted = np.ones(steps, dtype=bool)
    for stretch in reference:
        for edge in (stretch.start, stretch.end):
            counted[max(0, round((edge - collar) / STEP)) : round((edge + collar) / STEP)] = False
    truth, guess = _activity(reference, steps)[:, counted], _activity(found, steps)[:, counted]
    speaking, guessed = truth.sum(axis=0), guess.sum(axis=0)
    matched = _best_match(truth.astype(np.int64) @ guess.astype(np.int64).T) if truth.size and guess.size else 0.0
    both = np.minimum(speaking, guessed).sum()
    return Diarization(
        missed=float(np.maximum(speaking - guessed, 0).sum()) * STEP,
        invented=float(np.maximum(guessed - speaking, 0).sum()) * STEP,
        confused=float(both - matched) * STEP,
        total=float(speaking.sum()) * STEP,
    )


def _activity(stretches: Sequence[Stretch], steps: int) -> NDArray[np.int64]:
    names = sorted({stretch.who for stretch in stretches})
    active = np.zeros((len(names), steps), dtype=np.int64)
    for stretch in stretches:
        active[names.index(stretch.who), round(stretch.start / STEP) : round(stretch.end / STEP)] = 1
    return active


def _table(first: Sequence[str], second: Sequence[str]) -> NDArray[np.int64]:
    rows, columns = sorted(set(first)), sorted(set(second))
    counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for a, b in zip(first, second, strict=True):
        counts[rows.index(a), columns.index(b)] += 1
    return counts


def _best_match(counts: NDArray[np.int64]) -> float:
    """The most that one-to-one matching of rows and columns can collect."""
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    if not counts.size:
        return 0.0
    if counts.shape[1] > 8:
        from scipy.optimize import linear_sum_assignment

        rows, columns = linear_sum_assignment(-counts)
        return float(counts[rows, columns].sum())
    return float(max(sum(counts[row, column] for row, column in enumerate(order))
                     for order in permutations(range(counts.shape[1]), counts.shape[0])))  # fmt: skip
