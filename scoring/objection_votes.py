"""Whether a client's turn is an objection: the pack's phrases and the model of client turns decide together.

What a phrase of the pack finds stands. An objection in words no phrase knows is found when all that is said speaks for
it: soon in reply to an offer or a price, elsewhere only when it does so strongly, and never in a turn that goes along.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import Final

from scoring.case import Case
from scoring.hits import Hit
from scoring.objection_context import cued, going_along
from scoring.objection_features import OFFERED, Part, context_signs, pieces
from scoring.objection_model import TurnModel, model_for
from scoring.objection_replies import OFFER, SIDE, ends_openly, replies_to
from scoring.packs import Entry

MODEL: Final = "model:objections"
_FEWEST: Final = {False: 3, True: 5}
"""Words (syllables where words are not divided) of a piece that the model alone can judge."""

_LEAST_SURE: Final = 0.5  # what the line stands for, whatever the chance right at it


def objecting(case: Case, turn: int) -> tuple[Hit, ...]:
    """The cues of a client's turn that make it an objection, in order of place; none where it is not one."""
    found = cued(case, turn)
    model = model_for(case.pack.language)
    if found or model is None or turn not in case.trusted_turns:
        return found
    if case.turn(turn).size < _FEWEST[model.language.joined]:
        return ()
    asked = replies_to(case, turn)
    along = going_along(case, turn)
    if asked == SIDE or (along and asked != OFFER):
        return ()
    return _by_words(case, turn, model, along)


def why(case: Case, hit: Hit) -> str:
    """Which words made the model say so, as a sentence; empty where a phrase of the pack did."""
    model = model_for(case.pack.language)
    if hit.source != MODEL or model is None:
        return ""
    turn = case.turn(hit.turn)
    for part in _open_pieces(case, hit.turn, model, going_along(case, hit.turn)):
        if part.tokens[0].start <= hit.start < part.tokens[-1].end:
            words = " · ".join(f"“{turn.text[start:end]}”" for start, end in model.weighty(part.tokens))
            return f"Heard in the words and their place in the call: {words}."
    return ""


def _open_pieces(case: Case, turn: int, model: TurnModel, along: frozenset[int]) -> list[Part]:
    """The pieces of a turn without the sentences that go along with what was said."""
    said = case.turn(turn)
    if not along:
        return pieces(said, model.language)
    left = tuple(sentence for number, sentence in enumerate(said.sentences) if number not in along)
    size = sum([len(sentence.tokens) for sentence in left])
    return pieces(said._replace(sentences=left, size=size), model.language)


def _by_words(case: Case, turn: int, model: TurnModel, along: frozenset[int]) -> tuple[Hit, ...]:
    """What the model alone takes for an objection: the likeliest piece of the turn, a hit for each of its types."""
    said = case.turn(turn)
    context = context_signs(case, turn)
    line = model.line(offered=bool(context & OFFERED) and not ends_openly(case, turn))
    if line == inf:
        return ()
    best: tuple[float, Part] | None = None
    for part in _open_pieces(case, turn, model, along):
        if len(part.tokens) < _FEWEST[model.language.joined]:
            continue
        odds = model.log_odds(model.read(part.tokens, context))
        if odds >= line and (best is None or odds > best[0]):
            best = (odds, part)
    if best is None:
        return ()
    odds, part = best
    words = model.weighty(part.tokens)
    start, end = words[0] if words else (part.tokens[0].start, part.tokens[-1].end)
    sentence = next(n for n, held in enumerate(said.sentences) if held.tokens and held.tokens[-1].end > start)
    sure = max(_LEAST_SURE, round(model.chance(odds), 2))
    confidence = said.speech_confidence(start, end)
    return tuple(
        Hit(_entry(kind), turn, sentence, start, end, MODEL, sure, confidence)
        for kind in model.kinds(model.read(part.tokens, context))
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
