"""Quotes wide enough to be understood: the clause a phrase stands in instead of its two or three words.

A short sentence is quoted whole, a long one by its clauses: what stands between commas or joining words. The quote
always holds the words found, lies within one turn as delivered and is verbatim.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scoring.assessment import Evidence
from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.languages import Language, Token
from scoring.matching import Hit

_WHOLE: Final = 4
"""A sentence of this many times the language's gap (12 words, 32 Korean or 24 Chinese syllables) is quoted whole."""

_LEAST: Final = 5 / 3  # a clause shorter than this many times the gap takes the one behind it along
_MOST: Final = 8  # and no quote of several clauses grows beyond this many times the gap
_COMMAS: Final = frozenset(",;:，、；：—–")
_ENDS: Final = '.?!…。？！"”»'


def clause(case: Case, hit: Hit, *, narrow: bool = False) -> Evidence:
    """The clause of a hit as evidence; `narrow` never takes in the rest of a sentence that has several."""
    turn = case.turn(hit.turn)
    start, end = widened(turn, hit.sentence, hit.start, hit.end, case.pack.vocabulary.language, narrow=narrow)
    return turn.evidence(start, end, hit.mark)


def widened(
    turn: MergedTurn, sentence: int, start: int, end: int, language: Language, *, narrow: bool = False
) -> tuple[int, int]:
    """The characters of the clause around `start`..`end`, with the mark that ends its sentence."""
    tokens = turn.sentences[sentence].tokens
    if end > tokens[-1].end or start < tokens[0].start:
        return start, end  # found across sentences
    if len(tokens) <= _WHOLE * language.gap and not narrow:
        return tokens[0].start, _with_mark(turn.text, tokens[-1].end)
    parts = clauses(turn.text, tokens, language)
    first = next(n for n, part in enumerate(parts) if part[-1].end > start)
    last = next(n for n, part in enumerate(parts) if part[-1].end >= end)
    if not narrow:
        first, last = _long_enough(parts, first, last, language)
    chosen = [token for part in parts[first : last + 1] for token in part]
    most = 2 * _MOST * language.gap
    if len(chosen) > most:  # speech without a comma: some words on either side
        near = [n for n, token in enumerate(chosen) if token.end > start and token.start < end]
        margin = _MOST * language.gap // 2
        chosen = chosen[max(0, near[0] - margin) : near[-1] + 1 + margin]
    return min(start, chosen[0].start), max(end, _with_mark(turn.text, chosen[-1].end))


def clauses(text: str, tokens: Sequence[Token], language: Language) -> list[list[Token]]:
    """A sentence's tokens by clause: cut behind commas and before joining words."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if parts[-1] and (token.surface in language.joining or _comma_before(text, token.start)):
            parts.append([])
        parts[-1].append(token)
    return parts


def _long_enough(parts: Sequence[Sequence[Token]], first: int, last: int, language: Language) -> tuple[int, int]:
    def size() -> int:
        return sum(len(part) for part in parts[first : last + 1])

    while size() < _LEAST * language.gap and (first > 0 or last + 1 < len(parts)):
        behind = len(parts[last + 1]) if last + 1 < len(parts) else None
        if behind is not None and size() + behind <= _MOST * language.gap:
            last += 1
        elif first > 0 and size() + len(parts[first - 1]) <= _MOST * language.gap:
            first -= 1
        else:
            break
    return first, last


def _comma_before(text: str, at: int) -> bool:
    at -= 1
    while at >= 0 and text[at].isspace():
        at -= 1
    return at >= 0 and text[at] in _COMMAS


def _with_mark(text: str, end: int) -> int:
    while end < len(text) and text[end] in _ENDS:
        end += 1
    return end
