"""Korean and Chinese groups of a card said as numbers with thousands: 사천오백삼십이, 四千五百三十二 are 4532."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from transcription.redaction.atom import Atom
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token

_SCALES: Final = {"십": 10, "十": 10, "拾": 10, "백": 100, "百": 100, "佰": 100, "천": 1000, "千": 1000, "仟": 1000}
_GROUP: Final = range(100, 10000)
_FEWEST: Final = 3
"""Groups in a row that nobody says of a price; odd ones, since prices are round."""


def settle_thousands(text: str, tokens: Sequence[Token], atoms: list[Atom], lexicon: Lexicon) -> list[Atom]:
    """Three and more such numbers in a row, with no unit and mostly not round, are groups of a card."""
    made = list(atoms)
    values = [_value(text, atom, lexicon) for atom in atoms]
    at = 0
    while at < len(atoms):
        last = at
        while values[last] and last + 1 < len(atoms) and values[last + 1] and _touch(tokens, atoms, last, lexicon):
            last += 1
        group = values[at : last + 1]
        odd = sum(not value.endswith("0") for value in group if value)
        if len(group) >= _FEWEST and odd * 2 > len(group) and len(set(group)) > 1 and not _ordered(group):
            for n in range(at, last + 1):
                one = atoms[n]
                made[n] = Atom(one.first, one.behind, one.start, one.end, values[n].zfill(4), "scaled", True)
        at = last + 1
    return made


def _touch(tokens: Sequence[Token], atoms: Sequence[Atom], n: int, lexicon: Lexicon) -> bool:
    between = tokens[atoms[n].behind : atoms[n + 1].first]
    return all(token.silent or token.text in lexicon.soft for token in between)


def _ordered(values: Sequence[str]) -> bool:
    pairs = list(itertools.pairwise(int(value) for value in values))
    return all(one < two for one, two in pairs) or all(one > two for one, two in pairs)


def _value(text: str, atom: Atom, lexicon: Lexicon) -> str:
    """The digits of a number under ten thousand with a ten, a hundred or a thousand in it, "" for any other."""
    if atom.sort != "quantity" or not atom.spoken:
        return ""
    total = digit = 0
    scaled = False
    word = text[atom.start : atom.end]
    for n, character in enumerate(word):
        syllable = lexicon.korean.get(character) or lexicon.chinese.get(character)
        if character in _SCALES:
            total += (digit or 1) * _SCALES[character]
            digit, scaled = 0, True
        elif syllable is not None:
            digit = int(syllable)
        elif n and word[n:] in lexicon.endings and scaled:
            break
        else:
            return ""
    total += digit
    return str(total) if scaled and total in _GROUP else ""
