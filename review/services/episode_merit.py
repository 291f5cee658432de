"""Which answer to an objection was the better one: by what the rep did, never by how the client took it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SMALL_MOVES: Final = frozenset({"acknowledge", "listen"})
"""Moves that alone make a partial answer a 1 on the reviewers' scale (docs: outcome scale)."""

_STEP: Final = 1000  # one step of the scale outweighs every number of moves and faults
_MOVE, _FAULT, _SURE = 10, 50, 200
_MOST: Final = 15  # moves or faults that count


def scale_of(outcome: str, moves: Iterable[str]) -> int:
    """The reviewers' scale: ignored and mishandled 0, partial 1 or 2, handled 3."""
    if outcome == "handled":
        return 3
    if outcome == "partial":
        return 1 if set(moves) <= SMALL_MOVES else 2
    return 0


def merit_of(outcome: str, moves: Iterable[str], faults: Iterable[str], judged: str | None) -> int | None:
    """A number to rank answers by, higher is better; None where a person said that it was no objection.

    First the outcome (a person's, where there is one), then the moves made and the faults; among answers alike, what
    a person has judged stands further out. An answer that did harm ranks below none.
    """
    if judged == "none":
        return None
    made, wrong = set(moves), set(faults)
    shown = judged or outcome
    scale = scale_of(shown, made)
    merit = _STEP * scale + _MOVE * min(len(made), _MOST) - _FAULT * min(len(wrong), _MOST)
    if shown == "mishandled":
        merit -= _STEP // 4
    if judged is not None:
        merit += _SURE if scale >= 2 else -_SURE
    return merit
