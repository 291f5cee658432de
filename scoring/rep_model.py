"""The model of replies to objections: what a sentence of the rep's does with an objection, from its words and place.

One linear model for each move (`scoring.objection_model` has the same form), trained by `scoring.rep_training` on
replies written for it (`packs/<language>/rep_turns/*.txt`). It reads the sentence, the type of the objection, whether
the sentence asks, takes up a word of the objection's, and what the pack's phrases find in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from scoring.case import Case
from scoring.languages import Language, Token, language_of
from scoring.objection_features import Classes, read_classes, read_signs
from scoring.objection_model import SignWeights
from scoring.objection_statements import shares_words

ARGUED: Final = "argued"
HEARD: Final = ("acknowledge", "clarify", "answer", "alternative", "check", "next_step", ARGUED)
"""The moves it may find, and the fault of arguing; to listen is told from times."""


@dataclass(frozen=True, slots=True)
class RepModel:
    """One language's weights for each move. `lines` holds the log-odds from which a sentence counts as that move."""

    language: Language
    classes: Classes
    moves: Mapping[str, SignWeights]
    lines: Mapping[str, float]
    data: str

    def odds(self, tokens: Sequence[Token], context: frozenset[str]) -> dict[str, float]:
        """How strongly a sentence said there is each of the moves, in log-odds."""
        signs = read_signs(tokens, self.language, self.classes, context)
        return {move: weights.log_odds(signs) for move, weights in self.moves.items()}


def around(
    case: Case, turn: int, sentence: int, tokens: Sequence[Token], types: Sequence[str], objection: Sequence[int]
) -> frozenset[str]:
    """What is known of a rep's sentence beside its words: the objection's types, questions, phrases, shared words."""
    start, end = tokens[0].start, tokens[-1].end
    signs = {f"t:{kind}" for kind in types}
    signs.update([f"g:{hit.group}" for hit in case.overlapping(turn, start, end) if hit.sentence == sentence])
    for question in case.asked.get(turn, ()):
        if question.start < end and start < question.end:
            signs.add("asks:open" if question.open else "asks:closed")
    if shares_words(case, tokens, objection):
        signs.add("shares")
    return frozenset(signs)


@lru_cache(maxsize=8)
def rep_model_for(language: str) -> RepModel | None:
    """The model that ships for the language, or None where there is none."""
    file = resources.files("scoring").joinpath("packs", language, "rep_turns.json")
    if not file.is_file():
        return None
    return read_rep_model(language, json.loads(file.read_text(encoding="utf-8")))


def read_rep_model(language: str, stored: Mapping[str, Any]) -> RepModel:
    """The model as its file holds it: a line a sign, the moves by number with their weights in hundredths."""
    spoken = language_of(language)
    by_move: dict[str, dict[str, int]] = {move: {} for move in HEARD}
    for sign, held in stored["signs"].items():
        for number, weight in zip(held[::2], held[1::2], strict=True):
            by_move[HEARD[number]][sign] = weight
    return RepModel(
        language=spoken,
        classes=read_classes(spoken),
        moves={move: SignWeights(weights, stored["bias"][move]) for move, weights in by_move.items()},
        lines=stored["lines"],
        data=stored["data"],
    )
