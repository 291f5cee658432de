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
from scoring.objection_features import Classes, read_classes, read_signs, strength
from scoring.objection_model import CONTEXT_STRENGTH, HUNDREDTHS
from scoring.objection_statements import shares_words

ARGUED: Final = "argued"
HEARD: Final = ("acknowledge", "clarify", "answer", "alternative", "check", "next_step", ARGUED)
"""The moves it may find, and the fault of arguing; to listen is told from times."""


@dataclass(frozen=True, slots=True)
class RepModel:
    """One language's weights for each move. `lines` holds the log-odds from which a sentence counts as that move."""

    language: Language
    classes: Classes
    weights: Mapping[str, Sequence[int]]
    """By sign: a move by its number in `HEARD`, its weight in hundredths, the next move, and so on."""

    bias: Sequence[int]
    lines: Mapping[str, float]
    data: str

    def odds(self, tokens: Sequence[Token], context: frozenset[str]) -> dict[str, float]:
        """How strongly a sentence said there is each of the moves, in log-odds."""
        signs = read_signs(tokens, self.language, self.classes, context)
        totals = [float(bias) for bias in self.bias]
        get = self.weights.get
        for block, counts in (
            (signs.words, strength(len(signs.words))),
            (signs.classes, strength(len(signs.classes))),
            (signs.context, CONTEXT_STRENGTH),
        ):
            sums = [0] * len(totals)
            for held in map(get, block):
                if held is not None:
                    for place in range(0, len(held), 2):
                        sums[held[place]] += held[place + 1]
            totals = [total + counts * found for total, found in zip(totals, sums, strict=True)]
        return {move: total / HUNDREDTHS for move, total in zip(HEARD, totals, strict=True)}


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
    """The model as its file holds it."""
    spoken = language_of(language)
    return RepModel(
        language=spoken,
        classes=read_classes(spoken),
        weights=stored["signs"],
        bias=[stored["bias"][move] for move in HEARD],
        lines=stored["lines"],
        data=stored["data"],
    )
