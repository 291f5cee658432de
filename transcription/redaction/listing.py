"""Tells lists of values (prices, rooms, sizes, years, scores, hours) from one number dictated in pieces."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from transcription.redaction.checks import passes_luhn
from transcription.redaction.conversation import Conversation
from transcription.redaction.dictation import Segment
from transcription.redaction.lexicon import load_lexicon

_FEWEST: Final = 3
"""Values that make a list."""

_SAME_ENDING: Final = 4
"""Values that make a list by their last digit alone: 230 240 250 260."""

_PRICE_ENDINGS: Final = frozenset("059")
_NAMED: Final = 2
"""Days or months between numbers that make them figures of those days."""

_SIGNS: Final = frozenset(",;、，；")
_SHORT: Final = 3
_CARD: Final = (13, 19)
"""Digits of a card (ISO/IEC 7812-1)."""

_USUAL: Final = (15, 16)
_PRINTED: Final = 4


def is_listing(conversation: Conversation, segment: Segment) -> bool:
    """Whether the segment's numbers are values one after another and not pieces of one number.

    They rise or fall in order, end alike, repeat, are years, or stand in a choice ("or") or beside days of the week.
    """
    lexicon = load_lexicon()
    between = _between(conversation, segment)
    words = [word for gap in between for word in gap]
    if any(lexicon.choices.intersection(gap) and not lexicon.soft.intersection(gap) for gap in between):
        return True  # while "or, sorry, 4532" corrects
    if sum(word in lexicon.days or word in lexicon.months for word in words) >= _NAMED:
        return True
    digits = [number.atom.digits for number in segment.numbers]
    parted = _parted(segment, between)
    signed = sum(any(sign in _SIGNS for sign in gap) for gap in between)
    # Who corrects ("make that seventy-seven") dictates.
    plain = all(sum(word not in _SIGNS for word in gap) <= 1 for gap in between)
    if plain and signed * 2 >= len(parted) - 1 and _short_values(parted) and not _like_a_card(digits):
        return True
    # "From 1000 to 2000 to 4000": a word that may be a digit is none between values.
    sure = [number.atom.digits for number in segment.numbers if number.atom.sort != "loose"]
    if [len(value) for value in sure[:_PRINTED]] == [_PRINTED] * _PRINTED and passes_luhn("".join(sure[:_PRINTED])):
        return False  # a card whose groups happen to rise or fall, perhaps with its date behind
    return any(_in_a_row(values) for values in (parted, digits, sure))


def _like_a_card(spoken: Sequence[str]) -> bool:
    """Printed groups, or the right check digit where a card may end."""
    sizes = [len(piece) for piece in spoken]
    if sizes[:_PRINTED] == [_PRINTED] * _PRINTED or sizes[:3] == [4, 6, 5]:
        return True
    ends = set(itertools.accumulate(sizes))
    digits = "".join(spoken)
    whole = _CARD[0] <= len(digits) <= _CARD[1] and passes_luhn(digits)
    return whole or any(end in ends and passes_luhn(digits[:end]) for end in _USUAL)


def _between(conversation: Conversation, segment: Segment) -> list[list[str]]:
    """Words and signs before each number but the first; a new turn parts as a comma does."""
    gaps: list[list[str]] = []
    for one, two in itertools.pairwise(segment.numbers):
        if one.turn != two.turn:
            gaps.append([","])
            continue
        tokens = conversation.tokens[two.turn]
        gaps.append([token.text for token in tokens[one.atom.behind : two.atom.first]])
    return gaps


def _parted(segment: Segment, between: Sequence[Sequence[str]]) -> list[str]:
    """The values as signs and words part them: "twenty nine ninety nine, thirty nine ..." is 2999, 39..."""
    values = [segment.numbers[0].atom.digits]
    for number, gap in zip(segment.numbers[1:], between, strict=True):
        digits = number.atom.digits
        if list(gap) == ["and"] and values[-1].endswith("0" * len(digits)):
            values[-1] = values[-1][: -len(digits)] + digits  # "two thousand and one"
        elif all(sign == "-" for sign in gap):
            values[-1] += digits
        else:
            values.append(digits)
    return values


def _short_values(values: Sequence[str]) -> bool:
    """Parted values of up to three digits, equally long or mostly round: scores, counts, small prices."""
    if (
        len(values) < _SAME_ENDING
        or max(len(value) for value in values) > _SHORT
        or sum(map(len, values)) < _CARD[0] - 1
    ):
        return False
    if len({len(value) for value in values}) == 1:
        return len(values[0]) > 1
    return sum(value[-1] in _PRICE_ENDINGS for value in values) * 2 > len(values)


def _in_a_row(values: Sequence[str]) -> bool:
    if len(values) < _FEWEST:
        return False
    numbers = [int(value) for value in values]
    steps = {two - one for one, two in itertools.pairwise(numbers)}
    card = [len(value) for value in values] == [_PRINTED] * _PRINTED
    if steps == {0}:
        return not card  # 4242 4242 4242 4242
    if len(steps) == 1 or all(len(value) == 4 and 1900 <= int(value) < 2040 for value in values):
        return True
    if all(len(value) > 1 for value in values):
        if len({value[-2:] for value in values}) == 1:
            return True
        endings = {value[-1] for value in values}
        if len(values) >= _SAME_ENDING and len(endings) == 1 and endings <= _PRICE_ENDINGS:
            return True
    ordered = all(step > 0 for step in steps) or all(step < 0 for step in steps)
    joined = "".join(values)
    sizes = [len(value) for value in values]
    ordered = ordered and max(sizes) - min(sizes) <= 1
    if len(values) == _FEWEST and min(sizes) >= _PRINTED:
        # Three groups of a card stand in order once in three times; prices are round.
        ordered = ordered and sum(value[-1] in _PRICE_ENDINGS for value in values) > 1
    # One card in twelve rises or falls by its groups; the check digit tells it.
    return ordered and not (len(joined) in _USUAL and passes_luhn(joined))
