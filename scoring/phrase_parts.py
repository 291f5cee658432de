"""The pieces a phrase is put together from: what each can begin and end with, and what stands where two of them meet.

Two words that must follow each other are far rarer in a call than either of them, which is what makes looking for a
phrase cheap, above all in Chinese and Korean, where a word is one syllable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scoring.languages.codes import any_of

MOST_PAIRS: Final = 100
"""Pairs of neighbouring words that a phrase may be looked for by; with more of them none is rare."""

_ONE: Final = re.compile(r"\[[^\]]*\]|.")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a phrase. `first` and `last`: keys of the stems it can begin and end with, None when they can be
    anything; `empty`: it can be found in no words at all; `alternatives`: the expressions of which it is one."""

    regex: str
    cost: int
    required: tuple[frozenset[str], ...] = ()
    first: frozenset[str] | None = None
    last: frozenset[str] | None = None
    empty: bool = False
    alternatives: tuple[str, ...] = ()


def of_word(characters: str, keys: frozenset[str], ahead: str = "") -> Part:
    """One word that must be there, by its characters (`Codes`) and the keys of the stems it stands for; `ahead` is what
    must follow it."""
    if ahead:
        return Part(any_of(characters) + ahead, 1, (keys,), keys, keys)
    return Part(any_of(characters), 1, (keys,), keys, keys, alternatives=tuple(characters))


def either_of(alternatives: Iterable[str]) -> str:
    """The expression of one of several, tried in their order. Those that begin with the same character share it.

    Two that begin with different characters are never both found at one place, so the order between them says nothing.
    """
    pieces = list(_pieces(alternatives))
    if len(pieces) == 1:
        return pieces[0]
    if len(pieces) == 2 and not pieces[1] and _ONE.fullmatch(pieces[0]):
        return (pieces[0] if pieces[0][0] == "[" else f"[{pieces[0]}]") + "?"
    return f"(?:{'|'.join(pieces)})"


def _pieces(alternatives: Iterable[str]) -> Iterator[str]:
    tails: dict[str, list[str]] = {}
    for alternative in dict.fromkeys(alternatives):
        if alternative and alternative[0] not in "([":
            tails.setdefault(alternative[0], []).append(alternative[1:])
        else:
            yield from _shared(tails)
            tails.clear()
            yield alternative
    yield from _shared(tails)


def _shared(tails: Mapping[str, Sequence[str]]) -> Iterator[str]:
    alone = [first for first, rest in tails.items() if rest == [""]]
    if alone:
        yield any_of(alone)
    for first, rest in tails.items():
        if rest != [""]:
            yield first + either_of(rest)


def in_order(parts: list[Part]) -> Part:
    """The parts one behind the other."""
    if len(parts) == 1:
        return parts[0]
    cost = 1
    for part in parts:
        cost *= part.cost
    required = [need for part in parts for need in part.required]
    for place in range(1, len(parts)):
        # Whatever may be left out on either side is passed over, as long as one word at the seam must be there.
        if not (parts[place - 1].empty and parts[place].empty):
            required.extend(_pairs(_end(parts[:place]), _beginning(parts[place:])))
    return Part(
        "".join(part.regex for part in parts),
        cost,
        tuple(required),
        _beginning(parts),
        _end(parts),
        all(part.empty for part in parts),
    )


def _pairs(before: frozenset[str] | None, after: frozenset[str] | None) -> Iterator[frozenset[str]]:
    if before and after and len(before) * len(after) <= MOST_PAIRS:
        yield frozenset(f"{one} {other}" for one in before for other in after)


def _beginning(parts: Sequence[Part]) -> frozenset[str] | None:
    """The stems a run of parts can begin with."""
    return _outermost((part.first, part.empty) for part in parts)


def _end(parts: Sequence[Part]) -> frozenset[str] | None:
    """The stems a run of parts can end with."""
    return _outermost((part.last, part.empty) for part in reversed(parts))


def _outermost(parts: Iterable[tuple[frozenset[str] | None, bool]]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for stems, empty in parts:
        if stems is None:
            return None
        found |= stems
        if not empty:
            return found
    return None  # all of it may be left out: what stands beyond it is not known


def all_of(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    """The members of all sets; None when one of them is not known."""
    found: frozenset[str] = frozenset()
    for stems in sets:
        if stems is None:
            return None
        found |= stems
    return found
