"""The call cut into the script's stages by a small sequence model: cues in each turn, and where in the call it is.

Each turn scores each stage by its cues; the best path through the stages wins (Viterbi). Moving on costs little,
going back much, staying nothing, so that one stray cue does not make a stage. A stage without a cue is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import Final

from scoring.assessment import STAGES, Objection, StageSpan
from scoring.case import Case
from scoring.detectors.dialogue import find_needs_questions

# What a cue of a group adds to a stage.
_CUES: Final = {
    "greeting": ("opening", 1.5),
    "own_name": ("opening", 2.0),
    "own_company": ("opening", 1.5),
    "permission": ("opening", 1.5),
    "reason_for_call": ("opening", 1.0),
    "offer_help": ("opening", 0.8),
    "refers_back": ("opening", 1.0),
    "ask_to_tell": ("discovery", 1.5),
    "asks_why_lost": ("discovery", 1.5),
    "benefit": ("presentation", 1.2),
    "news_since": ("presentation", 1.5),
    "service_solution": ("presentation", 1.5),
    "upsell_offer": ("presentation", 1.5),
    "price_given": ("price", 2.0),
    "asks_price": ("price", 1.2),  # clients ask at once; the rep may well ask about needs first
    "asks_decision": ("close", 1.0),
    "next_step": ("close", 1.5),
    "client_step": ("close", 1.0),
    "goodbye": ("close", 2.0),
    "gives_up": ("close", 1.0),
    "leaves": ("close", 1.0),
    "thanks": ("close", 0.4),
}
_PLACED_CUES: Final = {group: (STAGES.index(stage), weight) for group, (stage, weight) in _CUES.items()}
_OPENING, _DISCOVERY, _PRESENTATION, _PRICE, _OBJECTIONS, _CLOSE = range(len(STAGES))
_NOTHING: Final = [0.0] * len(STAGES)
_NEEDS_QUESTION: Final = 1.5
_OBJECTION: Final = 2.5
_HANDLING: Final = 1.3
_HANDLED_WITHIN: Final = 6  # turns after an objection in which a second answer of the same kind still handles it
_ANSWERS: Final = ("move.answer", "move.alternative")
_EVIDENCE: Final = 0.75  # a stage must reach this in some turn of its span
_BACK: Final = 3.0
_CHANGE: Final = 0.8
_FROM_OBJECTIONS: Final = 0.4
_BACK_TO_NEEDS: Final = 1.2  # after an early "I'm busy" or "we have one" a good rep asks about needs
_PLACE: Final = 3.0


def find_stages(case: Case, objections: Sequence[Objection]) -> tuple[StageSpan, ...]:
    """The stages in order; none in a call of one turn or without any cue."""
    turns = case.conversation.turns
    if len(turns) < 2:
        return ()
    needs = frozenset(question.turn for question in find_needs_questions(case))
    handled = _objection_turns(case, objections)
    scores = [_score(case, index, needs, handled) for index in range(len(turns))]
    if not any(value > 0 for row in scores for value in row):
        return ()
    path = _best_path(scores)
    return tuple(_spans(case, path, scores))


def _objection_turns(case: Case, objections: Sequence[Objection]) -> frozenset[int]:
    """The merged turns that raise an objection or hold the first answer, the moves of its handling and more of them."""
    quotes = [o.client for o in objections] + [o.response for o in objections if o.response is not None]
    quotes += [move.evidence for o in objections for move in o.moves if move.name != "next_step"]
    found = {case.merged[quote.turn] for quote in quotes if quote.turn is not None}
    raised = [case.merged[o.client.turn] for o in objections if o.client.turn is not None]
    after = {index for first in raised for index in range(first + 1, first + 1 + _HANDLED_WITHIN)}
    return frozenset(found | {index for index in after if any(case.in_turn(index, move) for move in _ANSWERS)})


def _score(case: Case, index: int, needs: frozenset[int], objections: frozenset[int]) -> list[float]:
    row = _NOTHING.copy()
    hits = case.by_turn.get(index)
    if hits is not None:
        place = index / max(1, len(case.conversation.turns) - 1)
        cues = {hit.entry.group for hit in hits if hit.entry.group in _CUES and case.trusts(hit)}
        for group in sorted(cues) if len(cues) > 1 else cues:
            stage, weight = _PLACED_CUES[group]
            if stage == _OPENING:
                weight *= max(0.0, 1 - _PLACE * place)
            elif stage == _CLOSE:
                weight *= min(1.0, max(0.0, _PLACE * place - 1.2))
            row[stage] += weight
    if index in needs:
        row[_DISCOVERY] += _NEEDS_QUESTION
    if index in objections:  # a benefit or a price there is the answer to it
        row[_PRESENTATION] = row[_PRICE] = 0.0
        row[_OBJECTIONS] += _OBJECTION if case.in_turn(index, "objection") else _HANDLING
    return row


def _best_path(scores: list[list[float]]) -> list[int]:
    best = [scores[0][stage] - 1.0 * stage for stage in range(len(STAGES))]
    back: list[list[int]] = []
    unmoved: list[int] | None = None  # what turns without a cue choose once they change nothing any more
    for row in scores[1:]:
        if unmoved is not None and not any(row):
            back.append(unmoved)
            continue
        choices: list[int] = []
        reached: list[float] = []
        for value, costs in zip(row, _COSTS, strict=True):
            # The stage it pays most to come from; of equal ones the earlier.
            worth = list(map(sub, best, costs))
            before = worth.index(max(worth))
            choices.append(before)
            reached.append(value + best[before] - costs[before])
        unmoved = choices if reached == best and not any(row) else None
        best = reached
        back.append(choices)
    at = best.index(max(best))
    path = [at]
    for choices in reversed(back):
        at = choices[at]
        path.append(at)
    return path[::-1]


def _cost(before: int, after: int) -> float:
    if before == after:
        return 0.0
    if STAGES[before] == "objections" and STAGES[after] in ("presentation", "price"):
        return _CHANGE + _FROM_OBJECTIONS
    if (STAGES[before], STAGES[after]) == ("objections", "discovery"):
        return _CHANGE + _BACK_TO_NEEDS
    return _CHANGE if after > before else _BACK


_COSTS: Final = tuple(tuple(_cost(before, after) for before in range(len(STAGES))) for after in range(len(STAGES)))
"""What it costs to come to a stage (outer) from another (inner)."""


def _spans(case: Case, path: list[int], scores: list[list[float]]) -> list[StageSpan]:
    turns = case.conversation.turns
    groups: list[tuple[int, int, int]] = []
    for index, stage in enumerate(path):
        if groups and groups[-1][0] == stage:
            groups[-1] = (stage, groups[-1][1], index)
        else:
            groups.append((stage, index, index))
    spans: list[StageSpan] = []
    for stage, first, last in groups:
        if max([row[stage] for row in scores[first : last + 1]]) < _EVIDENCE:
            continue
        begins = [t.begins for t in turns[first : last + 1] if t.begins is not None]
        ends = [t.ends for t in turns[first : last + 1] if t.ends is not None]
        spans.append(
            StageSpan(
                STAGES[stage],
                min(begins) if begins else None,
                max(ends) if ends else None,
                (turns[first].pieces[0].turn, turns[last].pieces[-1].turn),
            )
        )
    return spans
