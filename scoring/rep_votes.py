"""What the model of replies hears in a rep's turn: moves in words that no phrase of the pack knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.languages import Token
from scoring.objection_features import PIECE
from scoring.quotes import clauses
from scoring.rep_model import ARGUED, around, rep_model_for

HEARD_BY: Final = "model:moves"
_FEWEST: Final = {False: 3, True: 5}
"""Words (syllables where words are not divided) of a sentence that the model can judge."""

_FEWEST_ARGUED: Final = {False: 5, True: 10}
"""The same for arguing: "sure, happy to" may be meant so or so, and the fault weighs most. For the same reason a
sentence in which a phrase of the pack finds a move does not argue."""


_LATEST: Final = 1
"""The second reply is the last in which the model speaks: further on a rep mostly talks of other things."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence of a rep's turn by its characters, with the log-odds of each move."""

    start: int
    end: int
    odds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the model makes of a turn; nothing where there is no model or the turn cannot be trusted."""

    sentences: tuple[Heard, ...] = ()
    lines: Mapping[str, float] | None = None

    def moves(self) -> Iterator[tuple[str, int, int]]:
        """The moves that are heard, `ARGUED` too, each with its sentence's characters, in order of place."""
        lines = self.lines or {}
        for said in self.sentences:
            most = max(said.odds.values())
            for move, odds in said.odds.items():
                # "That's a fair point" may be meant so or so: it argues only where nothing else is likelier.
                if odds >= lines.get(move, inf) and (move != ARGUED or odds == most):
                    yield move, said.start, said.end


def hear_replies(
    case: Case, answers: Sequence[MergedTurn], types: Sequence[str], objection: Sequence[int]
) -> tuple[Hearing, ...]:
    """What the model makes of each of the rep's turns after an objection; nothing of the later ones."""
    return tuple(
        hear(case, turn, types, objection) if number <= _LATEST else Hearing() for number, turn in enumerate(answers)
    )


def hear(case: Case, turn: MergedTurn, types: Sequence[str], objection: Sequence[int]) -> Hearing:
    """What the model of the call's language makes of a rep's turn after an objection of these types and turns."""
    model = rep_model_for(case.pack.language)
    if model is None or turn.index not in case.trusted_turns:
        return Hearing()
    heard = []
    for number, tokens in _said(case, turn):
        heard_well = case.clear(turn.speech_confidence(tokens[0].start, tokens[-1].end))
        if heard_well and len(tokens) >= _FEWEST[model.language.joined]:
            context = around(case, turn.index, number, tokens, types, objection)
            odds = model.odds(tokens, context)
            known = any(sign.startswith("g:move.") for sign in context)
            if known or len(tokens) < _FEWEST_ARGUED[model.language.joined]:
                del odds[ARGUED]
            heard.append(Heard(tokens[0].start, tokens[-1].end, odds))
    return Hearing(tuple(heard), model.lines)


def _said(case: Case, turn: MergedTurn) -> Iterator[tuple[int, Sequence[Token]]]:
    """The sentences of a turn with their numbers; one without an end is cut at its clauses."""
    language = case.pack.vocabulary.language
    most = PIECE * language.gap
    for number, sentence in enumerate(turn.sentences):
        held: list[Token] = []
        parts = clauses(turn.text, sentence.tokens, language) if len(sentence.tokens) > most else [sentence.tokens]
        for part in parts:
            if held and len(held) + len(part) > most:
                yield number, held
                held = []
            held.extend(part)
        if held:
            yield number, held
