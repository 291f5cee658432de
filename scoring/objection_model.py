"""The model of client turns: whether a turn objects and to what, from words, words of like meaning and the place.

A linear model, one weight for each sign (`scoring.objection_features`), trained by `scoring.objection_training` on
turns written for it (`packs/<language>/turns/*.txt`) and the packs' own lines. Weights are whole hundredths, so that a
sum is the same in every order. It adds to what the phrases find, see `scoring.objection_votes`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import exp
from typing import Any, Final

from scoring.assessment import OBJECTION_TYPES
from scoring.languages import Language, Token, language_of
from scoring.objection_features import (
    Classes,
    Signs,
    class_runs,
    read_classes,
    read_signs,
    strength,
    word_runs,
)

HUNDREDTHS: Final = 100
CONTEXT_STRENGTH: Final = 0.5
"""How much a sign of the rep's turn before counts: less than what the client says."""

_NAMED: Final = 3  # words named when somebody asks why
_MOST_TYPES: Final = 2


@dataclass(frozen=True, slots=True)
class SignWeights:
    """A linear model of one question: a weight for each sign and a bias, in hundredths."""

    weights: Mapping[str, int]
    bias: int

    def log_odds(self, signs: Signs) -> float:
        """How strongly the signs say yes."""
        get = self.weights.get
        words = sum([get(sign, 0) for sign in signs.words])
        classes = sum([get(sign, 0) for sign in signs.classes])
        context = sum([get(sign, 0) for sign in signs.context])
        total = self.bias + words * strength(len(signs.words)) + classes * strength(len(signs.classes))
        return (total + context * CONTEXT_STRENGTH) / HUNDREDTHS


@dataclass(frozen=True, slots=True)
class TurnModel:
    """One language's weights. `objects` holds those of "is an objection", `types` those of each type.

    `lines` holds the log-odds from which a turn counts as an objection, after an offer ("offered"), an
    open question ("open") and "else", and those under which phrases are not believed ("doubt"); `slope`
    and `offset` make a chance of log-odds. `data` is the hash of what it was trained on.
    """

    language: Language
    classes: Classes
    objects: SignWeights
    types: Mapping[str, SignWeights]
    lines: Mapping[str, float]
    slope: float
    offset: float
    data: str

    def read(self, tokens: Sequence[Token], context: frozenset[str]) -> Signs:
        """The signs of a piece of a turn."""
        return read_signs(tokens, self.language, self.classes, context)

    def log_odds(self, signs: Signs) -> float:
        """How strongly the signs say "objection", what the phrases find among them."""
        return self.objects.log_odds(signs)

    def line(self, *, offered: bool, openly: bool) -> float:
        """The log-odds from which a turn is an objection: in reply to an offer, to an open question, or elsewhere."""
        return self.lines["open" if openly else "offered" if offered else "else"]

    def chance(self, log_odds: float) -> float:
        """The chance of being right at those log-odds, phrases' votes included."""
        return 1 / (1 + exp(-(self.slope * log_odds + self.offset)))

    def kinds(self, signs: Signs) -> tuple[str, ...]:
        """The types the signs speak of: the likeliest, and a second one where both are likely."""
        odds = {kind: weights.log_odds(signs) for kind, weights in self.types.items()}
        ordered = sorted(odds, key=lambda kind: (-odds[kind], OBJECTION_TYPES.index(kind)))
        return tuple(kind for n, kind in enumerate(ordered[:_MOST_TYPES]) if n == 0 or odds[kind] > 0)

    def weighty(self, tokens: Sequence[Token]) -> list[tuple[int, int]]:
        """The characters of the words that speak most for an objection, strongest first, none inside another."""
        weights: dict[tuple[int, int], int] = {}
        for sign, first, last in (*word_runs(tokens, self.language), *class_runs(tokens, self.classes)):
            weight = self.objects.weights.get(sign, 0)
            if weight > 0:
                place = (tokens[first].start, tokens[last].end)
                weights[place] = weights.get(place, 0) + weight
        chosen: list[tuple[int, int]] = []
        for start, end in sorted(weights, key=lambda place: (-weights[place], place)):
            if all(end <= other[0] or other[1] <= start for other in chosen):
                chosen.append((start, end))
            if len(chosen) == _NAMED:
                break
        return chosen


@lru_cache(maxsize=8)
def model_for(language: str) -> TurnModel | None:
    """The model that ships for the language, or None where there is none."""
    file = resources.files("scoring").joinpath("packs", language, "turns.json")
    if not file.is_file():
        return None
    return read_model(language, json.loads(file.read_text(encoding="utf-8")))


def read_model(language: str, stored: Mapping[str, Any]) -> TurnModel:
    """The model as its file holds it."""
    spoken = language_of(language)
    kinds: dict[str, dict[str, int]] = {kind: {} for kind in stored["type_bias"]}
    for sign, by_type in stored["types"].items():
        for number, weight in zip(by_type[::2], by_type[1::2], strict=True):
            kinds[OBJECTION_TYPES[number]][sign] = weight
    return TurnModel(
        language=spoken,
        classes=read_classes(spoken),
        objects=SignWeights(stored["objects"], stored["bias"]),
        types={kind: SignWeights(weights, stored["type_bias"][kind]) for kind, weights in kinds.items()},
        lines=stored["lines"],
        slope=stored["slope"],
        offset=stored["offset"],
        data=stored["data"],
    )
