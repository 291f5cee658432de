"""Regular expressions of rule packs that cannot run away: refused when the pack is read, and stopped if one still does.

Nothing may repeat without bound, vary inside a repeat or refer back; what is left is bounded by the product of its
repeats. Should an expression that was let through still take seconds on some turn, it is stopped with its entry named,
because a call judged without one of its rules would silently differ from the same call judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from scoring.patterns import PatternInvalid

MOST_WAYS: Final = 10_000
SECONDS: Final = 5.0
"""Processor seconds an expression may take on one turn; those that ship take microseconds."""

_FEW_STEPS: Final = 1_000_000
"""Ways at a place times places, below which no clock is needed: it would take longer than the search."""

_BRACE: Final = re.compile(r"(?<!\\)\{(?!\d+(?:,\d*)?\}|,\d+\})")
_REPEATS: Final = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class RuleTooSlow(RuntimeError):
    """An expression of a rule pack ran for seconds on one turn; carries `entry` and `seconds`."""

    def __init__(self, entry: str, seconds: float) -> None:
        super().__init__(
            f"the regex of the rule '{entry}' was stopped after {seconds:.0f} seconds on one turn and the call was not "
            "judged; make its repeats smaller or write it as phrases"
        )
        self.entry = entry
        self.seconds = seconds


@dataclass(frozen=True)
class GuardedRegex:
    """A checked expression. `needs`: stems of which one must be in the turn before it is tried."""

    source: str
    entry: str
    needs: frozenset[str]
    seconds: float = SECONDS
    ways: int | None = None
    """In how many ways it can be tried at one place, where that was counted."""

    @cached_property
    def _compiled(self) -> Any:
        # The library with a time limit, loaded when a call first holds one of the words such an expression needs.
        import regex

        return regex.compile(self.source, regex.IGNORECASE | regex.VERSION0)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it is found, as characters of the text. Raises RuleTooSlow."""
        if self.ways is not None and self.ways * len(text) <= _FEW_STEPS:
            if self._compiled.search(text) is not None:
                for match in self._compiled.finditer(text):
                    yield match.span()
            return
        try:
            for match in self._compiled.finditer(text, timeout=self.seconds):
                yield match.span()
        except TimeoutError as error:
            raise RuleTooSlow(self.entry, self.seconds) from error


def guard_regex(
    source: str, *, entry: str = "", needs: frozenset[str] = frozenset(), most_ways: int = MOST_WAYS
) -> GuardedRegex:
    """A raw regular expression that cannot run away. Raises PatternInvalid saying what to write instead."""
    from re import _parser as parser  # type: ignore[attr-defined]  # the only way to see a regex's structure

    if _BRACE.search(source):
        raise PatternInvalid("it has a '{' that is no count such as {0,40}; write \\{ for the sign itself")
    try:
        tree = parser.parse(source, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternInvalid(f"it is no regular expression: {error}") from error
    ways = _ways(tree, repeated=False, unbounded=int(parser.MAXREPEAT))
    if ways > most_ways:
        raise PatternInvalid(f"its repeats multiply to {ways} ways at one place; use smaller ones")
    return GuardedRegex(source, entry, needs, ways=ways)


def _ways(tree: object, *, repeated: bool, unbounded: int) -> int:
    """In how many ways the expression can be tried at one place; inside a repeat there must be only one."""
    ways = 1
    for op, argument in tree:  # type: ignore[attr-defined]
        name = str(op)
        if name in _REPEATS:
            low, high, inner = argument
            if int(high) >= unbounded:
                raise PatternInvalid("it repeats without bound (* or +); write {0,40} instead")
            if repeated and high != low:
                raise PatternInvalid("it has a repeat within a repeat; write the inner one out")
            ways *= int(high) - int(low) + 1
            ways *= _ways(inner, repeated=repeated or high > 1, unbounded=unbounded)
        elif name.startswith("GROUPREF"):
            raise PatternInvalid("it has a back-reference; write the text out")
        elif name == "BRANCH":
            branches = argument[1]
            if repeated and not _begin_apart(branches):
                raise PatternInvalid(
                    "it has alternatives within a repeat that do not begin with different letters; write them out"
                )
            # Alternatives mostly begin apart, so at one place few of them live on: the widest bounds them.
            ways *= max(_ways(branch, repeated=repeated, unbounded=unbounded) for branch in branches)
        else:
            for inner in _inner_trees(argument):
                ways *= _ways(inner, repeated=repeated, unbounded=unbounded)
    return ways


def _begin_apart(branches: Sequence[Any]) -> bool:
    """Whether the first letter tells which alternative it is."""
    first = [chr(branch[0][1]).casefold() if branch and str(branch[0][0]) == "LITERAL" else None for branch in branches]
    return None not in first and len(set(first)) == len(first)


def _inner_trees(argument: object) -> list[object]:
    if type(argument).__name__ == "SubPattern":
        return [argument]
    if isinstance(argument, tuple | list):
        return [tree for item in argument for tree in _inner_trees(item)]
    return []
