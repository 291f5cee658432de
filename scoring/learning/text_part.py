"""The text part of a criterion's model: which turns hold what the criterion asks for, trained with speech errors.

A call is read by as many text parts as there are models in charge, so that the grams of its turns are made once
(`read_turns.py`), and a score is a few sums over the grams a model knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.learning.read_turns import ReadTurns
from scoring.learning.text_features import Block, grams_of
from scoring.learning.text_grams import name_of
from scoring.learning.text_model import TextModel, TextSettings, train
from scoring.learning.utterances import Utterance

# One copy of the turns with a tenth of the words wrong: what an engine makes of telephone speech is then nothing new.
# Few grams are kept, as there are some hundred labels; the turns of one role need no block of their own for the role.
SETTINGS: Final = TextSettings(
    strength=4.0, kind="one_vs_rest", kept=3000, weights={"role": 0.0, "earlier": 0.0}, noise=(0.1,)
)
_READABLE: Final = "word"  # the block whose grams a person can read


@dataclass(frozen=True)
class TurnText:
    """A text model of the classes 0 and 1, read fast."""

    model: TextModel

    def probabilities(self, utterances: Sequence[Utterance]) -> NDArray[np.float64]:
        """[n, 2], as the model's own."""
        turns = utterances if isinstance(utterances, ReadTurns) else ReadTurns(utterances)
        if not len(turns):
            return np.zeros((0, 2))
        features = self.model.features
        towards = self.model.coefficients[1] - self.model.coefficients[0]
        scores = np.full(len(turns), float(self.model.offsets[1] - self.model.offsets[0]))
        begin = 0
        for block in features.blocks:
            grams = turns.grams(block.name)
            places, known = _known(block, grams.hashes)
            rows, values = grams.rows[known], grams.counts[known] * block.rarity[places]
            length = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(turns)))
            sums = np.bincount(
                rows, weights=values * towards[begin : begin + len(block.hashes)][places], minlength=len(turns)
            )
            scores += features.weights[block.name] * np.divide(sums, length, out=np.zeros(len(turns)), where=length > 0)
            begin += len(block.hashes)
        scores += turns.cues @ towards[begin:] * features.cue_weight
        yes = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
        return np.column_stack([1.0 - yes, yes])

    def explain(self, utterance: Utterance, label: int) -> Sequence[tuple[str, float]]:
        """The words and pairs of words that speak for (+) or against (-) the label, heaviest first."""
        features = self.model.features
        towards = (self.model.coefficients[1] - self.model.coefficients[0]) * (1 if label else -1)
        begin = 0
        for block in features.blocks:
            if block.name == _READABLE:
                grams = grams_of(block.name, utterance)
                places, known = _known(block, grams.hashes)
                values = (1.0 + np.log(grams.counts[known].astype(float))) * block.rarity[places]
                length = float(np.sqrt((values**2).sum())) or 1.0
                parts = (
                    features.weights[block.name] * values / length * towards[begin : begin + len(block.hashes)][places]
                )
                names = [
                    name_of(utterance.text, int(grams.starts[n]), int(grams.ends[n])) for n in np.flatnonzero(known)
                ]
                said = zip(names, map(float, parts), strict=True)
                return sorted((item for item in said if item[1]), key=lambda item: (-abs(item[1]), item[0]))
            begin += len(block.hashes)
        return []


def train_text_part(utterances: Sequence[Utterance], labels: Sequence[int], groups: Sequence[str]) -> TurnText:
    """A model of the classes 0 and 1; `groups` are not needed: the model around it calibrates by itself."""
    return TurnText(train(utterances, labels, groups, SETTINGS))


def _known(block: Block, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Columns of the grams the block knows, and which of the given ones those are."""
    if not len(block.hashes):
        return np.zeros(0, np.intp), np.zeros(len(hashes), bool)
    places = np.minimum(np.searchsorted(block.hashes, hashes), len(block.hashes) - 1)
    known = block.hashes[places] == hashes
    return places[known], known
