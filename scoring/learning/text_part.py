"""The text part of a criterion's model: which turns hold what the criterion asks for, trained with speech errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scoring.learning.text_model import TextModel, TextSettings, train
from scoring.learning.utterances import Utterance

# One copy of the turns with a tenth of the words wrong: what an engine makes of telephone speech is then nothing new.
# Few grams are kept: there are some hundred labels, and every call is read at each criterion.
SETTINGS: Final = TextSettings(strength=4.0, kind="one_vs_rest", kept=3000, noise=(0.1,))


def train_text_part(utterances: Sequence[Utterance], labels: Sequence[int], groups: Sequence[str]) -> TextModel:
    """A model of the classes 0 and 1; `groups` are not needed: the model around it calibrates by itself."""
    return train(utterances, labels, groups, SETTINGS)
