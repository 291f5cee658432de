"""Whether a client's turn is an objection: the pack's phrases and the model of client turns decide together.

What a phrase of the pack finds stands, unless all that is said speaks strongly against it. An objection in words no
phrase knows is found when all that is said speaks for it: soon in reply to an offer or a price, elsewhere only when it
does so strongly, and never in a turn that goes along or in words that were not clearly heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.hits import Hit
from scoring.objection_context import cued, going_along
from scoring.objection_features import OFFERED, Part, Signs, context_signs, pieces, vote_signs
from scoring.objection_model import TurnModel, model_for
from scoring.objection_moves import PREFIX
from scoring.objection_replies import OFFER, SIDE, ends_openly, replies_to
from scoring.packs import Entry

MODEL: Final = "model:objections"
_FEWEST: Final = {False: 3, True: 5}
"""Words (syllables where words are not divided) of a piece that the model alone can judge."""

_FAREWELL: Final = 2
"""Times the language's gap (6 words, 16 Korean or 12 Chinese syllables): a turn that says little but goodbye."""

_LEAST_SURE: Final = 0.5  # what the line stands for, whatever the chance right at it


def objecting(case: Case, turn: int) -> tuple[Hit, ...]:
    """The cues of a client's turn that make it an objection, in order of place; none where it is not one."""
    found = cued(case, turn)
    model = model_for(case.pack.language)
    if model is None or turn not in case.trusted_turns:
        return found
    if found:
        return _undoubted(model, found, _read(case, turn, model, found))
    if case.turn(turn).size < _FEWEST[model.language.joined]:
        return ()
    asked = replies_to(case, turn)
    along = going_along(case, turn)
    if asked == SIDE or (along and asked != OFFER) or _takes_leave(case, turn):
        return ()
    said = _read(case, turn, model, ())
    return _heard(case, turn, model, [held for held in said if not _settled(held.part, case.turn(turn), along)])


def _takes_leave(case: Case, turn: int) -> bool:
    """Whether a turn is little more than a goodbye."""
    return case.turn(turn).size <= _FAREWELL * case.pack.vocabulary.language.gap and "leaves" in case.groups_in(turn)


def why(case: Case, hit: Hit) -> str:
    """Which words made the model say so, as a sentence; empty where a phrase of the pack did."""
    model = model_for(case.pack.language)
    if hit.source != MODEL or model is None:
        return ""
    turn = case.turn(hit.turn)
    for part in pieces(turn, model.language):
        if part.tokens[0].start <= hit.start < part.tokens[-1].end:
            words = " · ".join(f"“{turn.text[start:end]}”" for start, end in model.weighty(part.tokens))
            return f"Heard in the words and their place in the call: {words}."
    return ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A piece of a turn with its signs and how strongly they say that it objects."""

    part: Part
    signs: Signs
    odds: float


def _read(case: Case, turn: int, model: TurnModel, cues: Sequence[Hit]) -> list[_Read]:
    context = context_signs(case, turn)
    read = []
    for part in pieces(case.turn(turn), model.language):
        votes = vote_signs(case, cues, turn, part.tokens[0].start, part.tokens[-1].end)
        signs = model.read(part.tokens, context | votes)
        read.append(_Read(part, signs, model.log_odds(signs)))
    return read


def _undoubted(model: TurnModel, cues: tuple[Hit, ...], said: Sequence[_Read]) -> tuple[Hit, ...]:
    """The cues without those in pieces that the model takes for no objection. A plain refusal is never doubted."""
    doubt = model.lines["doubt"]
    kept = []
    for hit in cues:
        held = next((read for read in said if hit.start < read.part.tokens[-1].end), None)
        if held is None or held.odds >= doubt or not hit.group.startswith(PREFIX):
            kept.append(hit)
    return tuple(kept)


def _settled(part: Part, turn: MergedTurn, along: frozenset[int]) -> bool:
    """Whether all of a piece goes along with what was said."""
    held = {token.start for token in part.tokens}
    inside = [n for n, sentence in enumerate(turn.sentences) if any(token.start in held for token in sentence.tokens)]
    return bool(inside) and along.issuperset(inside)


def _heard(case: Case, turn: int, model: TurnModel, said: Sequence[_Read]) -> tuple[Hit, ...]:
    """What the model alone takes for an objection: the likeliest piece of the turn, a hit for each of its types."""
    line = model.line(offered=bool(context_signs(case, turn) & OFFERED), openly=ends_openly(case, turn))
    fewest = _FEWEST[model.language.joined]
    loud = [read for read in said if read.odds >= line and len(read.part.tokens) >= fewest]
    if not loud:
        return ()
    best = max(loud, key=lambda read: read.odds)
    tokens = best.part.tokens
    words = model.weighty(tokens)
    start, end = words[0] if words else (tokens[0].start, tokens[-1].end)
    turns = case.turn(turn)
    sentence = next(n for n, held in enumerate(turns.sentences) if held.tokens and held.tokens[-1].end > start)
    sure = max(_LEAST_SURE, round(model.chance(best.odds), 2))
    confidence = turns.speech_confidence(start, end)
    if not case.clear(confidence):
        return ()
    return tuple(
        Hit(_entry(kind), turn, sentence, start, end, MODEL, sure, confidence) for kind in model.kinds(best.signs)
    )


@lru_cache(maxsize=32)
def _entry(kind: str) -> Entry:
    """What the model's hits count as."""
    return Entry(
        id=f"objection.{kind}.heard",
        group=f"objection.{kind}",
        role="client",
        precision=_LEAST_SURE,
        phrases=(),
        unless=(),
        fuzzy=(),
        regex=(),
        guarded=False,
        asks=None,
        tags=frozenset({"implied"}),
        match=(),
        miss=(),
    )
