"""The pieces a phrase is put together from: what each can begin and end with, and what stands where two of them meet.

Two words that must follow each other are far rarer in a call than either of them, which is what makes looking for a
phrase cheap, above all in Chinese and Korean, where a word is one syllable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MOST_PAIRS: Final = 100
"""Pairs of neighbouring words that a phrase may be looked for by; with more of them none is rare."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a phrase. `first` and `last`: keys of the stems it can begin and end with, None when they can be
    anything; `empty`: it can be found in no words at all."""

    regex: str
    cost: int
    required: tuple[frozenset[str], ...] = ()
    first: frozenset[str] | None = None
    last: frozenset[str] | None = None
    empty: bool = False


def of_word(expression: str, keys: frozenset[str]) -> Part:
    """One word that must be there, by the keys of the stems it stands for."""
    return Part(expression, 1, (keys,), keys, keys)


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
