"""English questions, with or without question marks, open or closed.

Machine transcripts often lack punctuation, so word order counts too: "what do you", "are you", "tell me about".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from scoring.languages.base import Sentence, Token
from scoring.languages.english_question_order import AUXILIARIES
from scoring.languages.english_question_starts import (
    LEAD_IN,
    STARTERS,
    asks_shortly,
    asks_to_tell,
    begins_at_edge,
    begins_in_the_middle,
    surely_asks,
    wonders,
)
from scoring.wordlists import word_set

_OPENERS: Final = frozenset(("what", "how", "why"))
# "How many", "what time", "what's your name": one fact answers them.
_CLOSING_AFTER: Final = word_set(
    "many much long often old far big large soon time day date name number address email zip postcode phone"
)
_DWELLING: Final = word_set("elaborate describe explain example examples")
_EARLY_OPENER: Final = 6
_LATE_OPENER: Final = 10
_LEAST_GAP: Final = 5
_LONGEST: Final = 25
# After these "right" is said of something: "that's right", "all right", "on the right".
_RIGHT_AFTER: Final = word_set(
    "is are was were be am been all the that it you not he she they yes no okay right my your its quite just do does "
    "did done feel feels sounds seems look looks got get gets very so too more about absolutely exactly totally a this "
    "to and or"
)
_LEAST_TAGGED: Final = 5
_TAGGED: Final = 12


def english_questions(sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
    """Token ranges of the questions in a sentence."""
    tokens = sentence.tokens
    first = _after_lead_in(tokens)
    if sentence.asks:
        yield first, len(tokens)
    elif not punctuated or not sentence.ended:
        yield from _unmarked(tokens)
    elif begins_at_edge(tokens, first) or asks_to_tell(tokens, first):
        yield first, len(tokens)
    else:
        asked = next((n for n in range(len(tokens)) if _asks_within(tokens, n)), None)
        if asked is not None:
            yield asked, len(tokens)


def _asks_within(tokens: Sequence[Token], index: int) -> bool:
    """Whether a sentence with a full stop asks all the same: "on a scale of one to ten, how sure are you."."""
    if wonders(tokens, index) or (index and asks_to_tell(tokens, index)):
        return True
    return index > 0 and surely_asks(tokens, index)


def _unmarked(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Questions inside a stretch without punctuation, each up to the next."""
    starts: list[int] = []
    edge = _after_lead_in(tokens)
    for index in range(len(tokens)):
        if (not starts or index - starts[-1] >= _LEAST_GAP) and _starts(tokens, index, edge):
            starts.append(index)
    for place, index in enumerate(starts):
        yield index, starts[place + 1] if place + 1 < len(starts) else min(len(tokens), index + _LONGEST)
    if _ends_in_tag(tokens) and (not starts or len(tokens) - starts[-1] > _LONGEST):
        yield max(edge, len(tokens) - _TAGGED), len(tokens)


def _starts(tokens: Sequence[Token], index: int, edge: int) -> bool:
    if tokens[index].surface not in STARTERS:
        return False
    before = tokens[index - 1] if index else None
    if before is not None and before.start == tokens[index].start:
        return False  # the second half of "it's": no question begins inside a word
    if asks_to_tell(tokens, index) or wonders(tokens, index) or asks_shortly(tokens, index):
        return True
    if index == edge and begins_at_edge(tokens, index):
        return True
    return begins_in_the_middle(tokens, index)


def _ends_in_tag(tokens: Sequence[Token]) -> bool:
    """A statement that asks to be confirmed: "you are the only driver, correct"."""
    if len(tokens) < _LEAST_TAGGED or tokens[-1].surface not in ("right", "correct"):
        return False
    return tokens[-2].surface not in _RIGHT_AFTER


def _after_lead_in(tokens: Sequence[Token]) -> int:
    index = 0
    while index < len(tokens) - 2 and tokens[index].surface in LEAD_IN:
        # "and you" leads in, "you do that" does not begin with a lead-in.
        if tokens[index].surface == "you" and (index == 0 or tokens[index - 1].surface != "thank"):
            break
        index += 1
    return index


def english_is_open(tokens: Sequence[Token]) -> bool:
    """Whether a question invites more than yes, no or one fact."""
    if asks_to_tell(tokens, 0) or _asks_to_dwell(tokens):
        return True
    # "I'm really interested to know what": the question put as a statement comes late.
    reach = _LATE_OPENER if tokens and wonders(tokens, 0) else _EARLY_OPENER
    for index, token in enumerate(tokens[:reach]):
        if token.surface in _OPENERS:
            return _opens(tokens, index)
        if token.surface in AUXILIARIES and index == 0:
            return asks_to_tell(tokens, min(2, len(tokens) - 1))
    # "If you had a free hand, what would you change?"
    asked = (n for n in range(reach, len(tokens)) if tokens[n].surface in _OPENERS and begins_in_the_middle(tokens, n))
    return any(_opens(tokens, index) for index in asked)


def _opens(tokens: Sequence[Token], index: int) -> bool:
    rest = [item.surface for item in tokens[index + 1 : index + 5]]
    if tokens[index].surface == "how" and rest[:1] and rest[0] in _CLOSING_AFTER:
        return False
    return not any(word in _CLOSING_AFTER for word in rest)


def _asks_to_dwell(tokens: Sequence[Token]) -> bool:
    """ "Could you describe", "can you give me an example": a yes is not what is asked for."""
    words = [token.surface for token in tokens[:7]]
    asked = words[0:1] and words[0] in ("can", "could", "would", "will") and words[1:2] == ["you"]
    return bool(asked) and any(word in _DWELLING for word in words[2:])
