"""Objection episodes: the client's objection, the rep's handling of it move by move, and how it ended.

The outcome follows from the rep's behaviour alone. The client's reaction is a separate field, so that results do not
leak into the judgement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import Final

from scoring.assessment import Evidence, Named, Objection
from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.matching import Hit
from scoring.objection_moves import PREFIX, Raised, find_faults, find_moves, latency
from scoring.objection_votes import objecting, why
from scoring.quotes import clause
from scoring.rep_votes import hear_replies

# How often an objection of a type is what it says (1) rather than a smokescreen (0); a prior until labels teach it.
_GENUINE: Final = {
    "price": 0.75,
    "timing": 0.5,
    "authority": 0.7,
    "need": 0.65,
    "competitor": 0.8,
    "trust": 0.85,
    "brush_off": 0.3,
    "fit": 0.85,
    "other": 0.5,
}
_NEIGHBOUR: Final = 2  # merged turns between neighbouring turns of one speaker


def find_objections(case: Case) -> tuple[Objection, ...]:
    """The call's objection episodes, in order."""
    raised = _merge([Raised((turn,), hits) for turn, hits in _objecting_turns(case)])
    episodes = []
    for number, objection in enumerate(raised):
        until = raised[number + 1].turns[0] if number + 1 < len(raised) else len(case.conversation.turns)
        episodes.append(_episode(case, objection, until))
    return tuple(episodes)


def _objecting_turns(case: Case) -> list[tuple[int, tuple[Hit, ...]]]:
    found = []
    for turn in case.conversation.of("client"):
        if hits := objecting(case, turn.index):
            found.append((turn.index, hits))
    return found


def _merge(raised: Sequence[Raised]) -> list[Raised]:
    """Neighbouring turns of one objection are one episode; a turn that brings another type begins its own."""
    merged: list[Raised] = []
    for item in raised:
        if merged and item.turns[0] - merged[-1].turns[-1] <= _NEIGHBOUR and set(item.types) <= set(merged[-1].types):
            last = merged[-1]
            merged[-1] = Raised((*last.turns, *item.turns), (*last.hits, *item.hits))
        else:
            merged.append(item)
    return merged


def _episode(case: Case, raised: Raised, until: int) -> Objection:
    first = raised.turns[0]
    answers = _rep_turns(case, first, until)
    heard = hear_replies(case, answers, raised.types, raised.turns)
    moves = find_moves(case, raised, answers, heard)
    faults = find_faults(case, raised, answers, moves, heard)
    outcome, scale = _outcome(case, moves, faults, answers)
    hit = max((h for h in raised.hits if h.turn == first), key=lambda h: (h.confidence, -h.start))
    explicit = any("implied" not in h.entry.tags for h in raised.hits)
    return Objection(
        types=raised.types,
        genuine=_genuine(raised, explicit=explicit),
        explicit=explicit,
        client=clause(case, hit),
        response=_response(answers),
        latency=latency(case, first, answers),
        moves=tuple(named for _, named in moves),
        faults=faults,
        reaction=_reaction(case, raised, answers),
        outcome=outcome,
        scale=scale,
        probability=_probability(raised),
        why=why(case, hit),
    )


def _rep_turns(case: Case, first: int, until: int) -> list[MergedTurn]:
    """The rep's turns that may handle the objection: up to a new one or `response_turns` of them."""
    most = int(case.pack.threshold("response_turns"))
    turns = (case.turn(number) for number in range(first + 1, until))
    return list(islice((turn for turn in turns if turn.role == "rep"), most))


def _outcome(
    case: Case, moves: Sequence[tuple[int, Named]], faults: Sequence[Named], answers: Sequence[MergedTurn]
) -> tuple[str, int]:
    names = {named.name for _, named in moves}
    early = {named.name for number, named in moves if number < case.pack.threshold("ignored_turns")}
    if faults:
        return "mishandled", 0
    if not early:
        return "ignored", 0
    if names & {"acknowledge", "clarify"} and "answer" in names and names & {"check", "next_step"}:
        return "handled", 3
    return "partial", 1 if names <= {"acknowledge", "listen"} else 2


def _response(answers: Sequence[MergedTurn]) -> Evidence | None:
    if not answers:
        return None
    turn = answers[0]
    end = 0
    for sentence in turn.sentences:
        end = sentence.tokens[-1].end
        if sum(len(s.tokens) for s in turn.sentences[: turn.sentences.index(sentence) + 1]) >= 4:
            break
    end = end or len(turn.text)
    while end < len(turn.text) and turn.text[end] in ".?!…":
        end += 1
    return turn.evidence(0, end, "rule:response")


def _reaction(case: Case, raised: Raised, answers: Sequence[MergedTurn]) -> str:
    """What the client does after the answer: the last clear sign within the episode's turns."""
    if not answers:
        return "leaves" if raised.turns[-1] >= len(case.conversation.turns) - 2 else "neutral"
    reaction = "neutral"
    last = answers[-1].index + 1
    for turn in case.conversation.turns[answers[0].index + 1 : last + 1]:
        if turn.role != "client":
            continue
        if case.in_turn(turn.index, "hard_no"):
            return "leaves"
        agrees = not _only_answers(case, turn.index) and case.in_turn(turn.index, "accept")
        accepts = agrees or case.in_turn(turn.index, "client_step")
        resists = (
            turn.index in raised.turns or case.in_turn(turn.index, "refuse") or case.in_turn(turn.index, PREFIX[:-1])
        )
        if resists and not accepts:
            reaction = "resists"
        elif (accepts or case.in_turn(turn.index, "buying_signal")) and not resists:
            reaction = "accepts"
    if reaction == "resists" and last >= len(case.conversation.turns) - 1:
        return "leaves"
    return reaction


def _only_answers(case: Case, turn: int) -> bool:
    """Whether a "yes" or "okay" only answers a question on something else: it takes no answer to the objection."""
    before = case.groups_in(turn - 1)
    to_the_point = any(group in ("next_step", "benefit") or group.startswith("move.") for group in before)
    return not to_the_point and turn - 1 in case.asked


def _genuine(raised: Raised, *, explicit: bool) -> float:
    prior = max(_GENUINE[kind] for kind in raised.types)
    return prior if explicit else prior * 0.8


def _probability(raised: Raised) -> float:
    """The chance that at least one of the cues is right, cues of one turn counted as dependent."""
    best: dict[int, float] = {}
    for hit in raised.hits:
        best[hit.turn] = max(hit.confidence, best.get(hit.turn, 0.0))
    return min(0.98, 1.0 - math.prod([1.0 - best[turn] for turn in raised.turns], start=1.0))
