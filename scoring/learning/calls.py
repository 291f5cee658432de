"""What a call model sees of a call: its last words and the rules' hits near the end, each with its place.

Something counts the less the more was said after it. A window of turns would be filled by goodbyes in one call and
cut a speech in half in another; words do not mind how the call was cut into turns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.rejection import Weighed

TAIL_WORDS: Final = 100.0
"""After this many further words something counts 1/e of what it would as the last thing said."""

_LEAST: Final = 0.03  # what counts less is left out: some 350 words before the end
_JUDGED_ROLES: Final = ("rep", "client")

HITS: Final = "hits"
WORDS: Final = "words"
RULES: Final = "rules"
FACTS: Final = "facts"

_FROM_FACTS: Final = frozenset(
    (
        "reason_contradicted",
        "no_later_attempt",
        "closed_at_once",
        "few_attempts",
        "clustered_attempts",
        "reason_other",
        "reason_confirmed",
        "later_attempt",
    )
)
"""Reasons that rest on the CRM's facts. The others are the hits' doing, which have a block of their own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `start`..`end` of a merged turn."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CallView:
    """Blocks of named features of one call; `places` says where in the call a feature weighed most."""

    blocks: Mapping[str, Mapping[str, float]]
    places: Mapping[str, Place] = field(default_factory=dict)


def view_call(case: Case, rules: Weighed | None = None) -> CallView:
    """The end of a call: `hits` of the pack's groups, `words` of both speakers in ones and twos; and of the `rules`,
    their verdict and the reasons that `facts` gave."""
    weights = tail_weights(case.conversation.turns)
    places: dict[str, Place] = {}
    blocks = {HITS: _hits(case, weights, places), WORDS: _words(case, weights, places)}
    if rules is not None:
        # The verdict as a number in -1..1; the facts' reasons with the rules' weights, those against below zero.
        blocks[RULES] = {"verdict": math.tanh(rules.log_odds / 2)}
        blocks[FACTS] = _facts(rules)
    return CallView(blocks, places)


def tail_weights(turns: tuple[MergedTurn, ...]) -> list[float]:
    """How much each turn counts: 1 for the last, less the more words follow."""
    weights = [0.0] * len(turns)
    after = 0
    for turn in reversed(turns):
        weights[turn.index] = math.exp(-after / TAIL_WORDS)
        after += turn.length()
    return weights


def _hits(case: Case, weights: list[float], places: dict[str, Place]) -> dict[str, float]:
    found: dict[str, float] = {}
    for hit in case.hits:
        weight = weights[hit.turn]
        if weight >= _LEAST and case.trusts(hit):
            _keep(found, places, f"{hit.group}", weight, Place(hit.turn, hit.start, hit.end))
    return found


def _words(case: Case, weights: list[float], places: dict[str, Place]) -> dict[str, float]:
    found: dict[str, float] = {}
    for turn in case.conversation.turns:
        weight = weights[turn.index]
        if weight < _LEAST or turn.role not in _JUDGED_ROLES or not case.clear_turn(turn):
            continue
        for sentence in turn.sentences:
            tokens = sentence.tokens
            for at, token in enumerate(tokens):
                name = f"{turn.role}: {token.stem}"
                _keep(found, places, name, weight, Place(turn.index, token.start, token.end))
                if at + 1 < len(tokens):
                    place = Place(turn.index, token.start, tokens[at + 1].end)
                    _keep(found, places, f"{name} {tokens[at + 1].stem}", weight, place)
    return found


def _facts(rules: Weighed) -> dict[str, float]:
    found = {item.reason.id: item.weight for item in rules.reasons if item.reason.id in _FROM_FACTS}
    found |= {item.reason.id: -item.weight for item in rules.against if item.reason.id in _FROM_FACTS}
    return found


def _keep(found: dict[str, float], places: dict[str, Place], name: str, weight: float, place: Place) -> None:
    # Of equal ones the later: what was said last is what a listener remembers and what is quoted.
    if weight >= found.get(name, 0.0):
        found[name] = weight
        places[name] = place
