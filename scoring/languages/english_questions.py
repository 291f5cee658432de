"""English questions, with or without question marks, open or closed.

Machine transcripts often lack punctuation, so word order counts too: "what do you", "are you", "tell me about".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from scoring.languages.base import Sentence, Token
from scoring.wordlists import word_set

_LEAD_IN: Final = word_set(
    "so and but okay well now then right yes no great perfect all just actually first also because good fine "
    "sure thank you thanks alright hello hi hey listen look sorry cool excellent wonderful um oh or"
)
_SUBJECTS: Final = word_set(
    "you i we they he she it that this there your these those anybody somebody the any my our their"
)
_MID_TURN_SUBJECTS: Final = frozenset(("you", "your", "they", "there"))
_MID_TURN_AUXILIARIES: Final = frozenset(
    ["do", "does", "did", "are", "would", "could", "can", "have", "will", "were", "is"]
)
_OPENERS: Final = frozenset(("what", "how", "why"))
# "How many", "what time", "what's your name": one fact answers them.
_CLOSING_AFTER: Final = word_set(
    "many much long often old far big large soon time day date name number address email zip postcode phone"
)
_LEAST_GAP: Final = 5
_LONGEST: Final = 25


def english_questions(sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
    """Token ranges of the questions in a sentence."""
    tokens = sentence.tokens
    first = _after_lead_in(tokens)
    if sentence.asks:
        yield first, len(tokens)
    elif not punctuated or not sentence.ended:
        yield from _unmarked(tokens)
    elif _begins_question(tokens, first) or _asks_to_tell(tokens, first):
        yield first, len(tokens)


def _unmarked(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Questions inside a stretch without punctuation, each up to the next."""
    starts: list[int] = []
    edge = _after_lead_in(tokens)
    for index in range(len(tokens)):
        if starts and index - starts[-1] < _LEAST_GAP:
            continue
        found = (index == edge and _begins_question(tokens, index)) or _asks_to_tell(tokens, index)
        if found or (index != edge and _begins_mid_turn(tokens, index)):
            starts.append(index)
    for place, index in enumerate(starts):
        yield index, starts[place + 1] if place + 1 < len(starts) else min(len(tokens), index + _LONGEST)


def _after_lead_in(tokens: Sequence[Token]) -> int:
    index = 0
    while index < len(tokens) - 2 and tokens[index].surface in _LEAD_IN:
        # "and you" leads in, "you do that" does not begin with a lead-in.
        if tokens[index].surface == "you" and (index == 0 or tokens[index - 1].surface != "thank"):
            break
        index += 1
    return index


_WH: Final = frozenset(("what", "how", "why", "which", "who", "where", "when", "whose"))
_AUXILIARIES: Final = word_set("do does did is are was were can could would will should have has had may might shall")


def _begins_question(tokens: Sequence[Token], index: int) -> bool:
    if index >= len(tokens):
        return False
    word = tokens[index].surface
    following = [token.surface for token in tokens[index + 1 : index + 6]]
    if word in _WH:
        if (
            not following
            or following[0] in ("i", "we", "they", "he", "she", "you")
            or (word == "which" and following[0] in ("is", "means"))
        ):
            return False
        if following[0] == "about" or (word == "how" and following[0] == "come"):
            return True
        return any(item in _AUXILIARIES for item in following[:4])
    return (
        word in _AUXILIARIES
        and bool(following)
        and following[0] in _SUBJECTS
        and len(following) >= 2
        and not (word in ("have", "had") and following[0] not in ("you", "they", "we"))
    )


def _begins_mid_turn(tokens: Sequence[Token], index: int) -> bool:
    word = tokens[index].surface
    before = tokens[index - 1].surface if index else ""
    following = [token.surface for token in tokens[index + 1 : index + 4]]
    if before in (
        "i",
        "we",
        "they",
        "you",
        "that",
        "if",
        "know",
        "what",
        "how",
        "when",
        "where",
        "which",
        "who",
        "why",
        "as",
        "so",
        "than",
    ):
        return False
    if word in ("may", "can", "could") and following[:2] == ["i", "ask"]:
        return True
    if word == "how" and following[:1] and following[0] in _CLOSING_AFTER:
        return any(token.surface in _AUXILIARIES for token in tokens[index + 2 : index + 7])
    if word in _WH and word != "which" and len(following) >= 2 and following[0] in _AUXILIARIES:
        return following[1] in _MID_TURN_SUBJECTS or following[1] in ("the", "most", "it", "this")
    return word in _MID_TURN_AUXILIARIES and len(following) >= 2 and following[0] in _MID_TURN_SUBJECTS


def _asks_to_tell(tokens: Sequence[Token], index: int) -> bool:
    words = [token.surface for token in tokens[index : index + 7]]
    return (
        len(words) >= 4
        and words[0] in ("tell", "walk", "talk", "describe", "explain")
        and (words[1] == "me" or words[0] == "describe")
        and any(word in ("about", "through", "how", "what", "your", "why") for word in words[2:])
    )


def english_is_open(tokens: Sequence[Token]) -> bool:
    """Whether a question invites more than yes, no or one fact."""
    if _asks_to_tell(tokens, 0):
        return True
    for index, token in enumerate(tokens[:6]):
        if token.surface in _OPENERS:
            rest = [item.surface for item in tokens[index + 1 : index + 5]]
            if token.surface == "how" and rest[:1] and rest[0] in _CLOSING_AFTER:
                return False
            return not any(word in _CLOSING_AFTER for word in rest)
        if token.surface in _AUXILIARIES and index == 0:
            return _asks_to_tell(tokens, min(2, len(tokens) - 1))
    return False
