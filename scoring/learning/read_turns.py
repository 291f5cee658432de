"""Turns read once for many models: their grams and plain figures are made on first use and shared from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from scoring.learning.text_features import cue_rows, grams_of
from scoring.learning.utterances import Utterance


@dataclass(frozen=True, slots=True)
class BlockGrams:
    """One block's grams of all turns: hashes, the turn each belongs to, and 1 + log(count)."""

    hashes: NDArray[np.uint64]
    rows: NDArray[np.intp]
    counts: NDArray[np.float64]


class ReadTurns(Sequence[Utterance]):
    """A sequence of turns that remembers what was read in them."""

    def __init__(self, turns: Sequence[Utterance]) -> None:
        self._turns = tuple(turns)
        self._grams: dict[str, BlockGrams] = {}
        self._cues: NDArray[np.float64] | None = None

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Utterance]: ...
    def __getitem__(self, index: int | slice) -> Utterance | Sequence[Utterance]:
        return self._turns[index]

    def __len__(self) -> int:
        return len(self._turns)

    def grams(self, block: str) -> BlockGrams:
        """The grams of a block (see text_features) in all turns."""
        found = self._grams.get(block)
        if found is None:
            every = [grams_of(block, turn) for turn in self._turns]
            hashes = [grams.hashes for grams in every] or [np.zeros(0, np.uint64)]
            counts = [grams.counts for grams in every] or [np.zeros(0)]
            found = self._grams[block] = BlockGrams(
                np.concatenate(hashes),
                np.repeat(np.arange(len(every)), [len(grams.hashes) for grams in every]),
                1.0 + np.log(np.concatenate(counts).astype(float)),
            )
        return found

    @property
    def cues(self) -> NDArray[np.float64]:
        """The plain figures [n, cues]."""
        if self._cues is None:
            self._cues = cue_rows(self._turns)
        return self._cues
