"""The letters of a document's number ("AB 12 34 56 C", "엠 1234", "G 5678"), which stand beside its digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from transcription.redaction.atom import Atom
from transcription.redaction.conversation import WORD, Conversation, Number
from transcription.redaction.dictation import Segment
from transcription.redaction.lexicon import Lexicon
from transcription.redaction.tokens import Token
from transcription.redaction.types import Place

_TURNS: Final = 3
_BETWEEN: Final = 4 * WORD
_STEPS: Final = 12
"""Tokens to go from the digits: a few letters with fillers between."""


def find_letters(conversation: Conversation, segment: Segment, lexicon: Lexicon) -> list[Place]:
    """Letters around the segment's digits, in its turns and in turns of letters just before and behind."""
    edges: dict[int, list[Number]] = {}
    for number in segment.numbers:
        edges.setdefault(number.turn, []).append(number)
    low, high = min(edges), max(edges)
    found: list[Place] = []
    for turn in range(max(0, low - _TURNS), min(len(conversation.tokens), high + _TURNS + 1)):
        letters = {a.first: a for a in conversation.atoms[turn] if a.sort == "letter"}
        if not letters:
            continue
        tokens = conversation.tokens[turn]
        if turn in edges:
            first, last = edges[turn][0].atom, edges[turn][-1].atom
            atoms = [
                *_walk(tokens, letters, first.first - 1, -1, lexicon),
                *_walk(tokens, letters, last.behind, 1, lexicon),
            ]
        elif all(_lettery(token, at in letters, lexicon) for at, token in enumerate(tokens)):
            atoms = list(letters.values())
        elif turn < low and conversation.speakers[turn] == segment.numbers[0].speaker:
            atoms = [atom for atom in letters.values() if _ends_turn(tokens, letters, atom)]
        else:
            continue
        found.extend(Place(turn, atom.start, atom.end, "document") for atom in atoms)
    return found


def _ends_turn(tokens: Sequence[Token], letters: dict[int, Atom], atom: Atom) -> bool:
    return all(tokens[at].silent or at in letters for at in range(atom.behind, len(tokens)))


def _walk(tokens: Sequence[Token], letters: dict[int, Atom], at: int, step: int, lexicon: Lexicon) -> Iterator[Atom]:
    """Letters met on the way from the digits, over signs, fillers and a few words ("A B, wait for it, 28")."""
    spent = 0
    for _ in range(_STEPS):
        if not 0 <= at < len(tokens):
            return
        if at in letters:
            yield letters[at]
        elif not tokens[at].silent and tokens[at].text not in lexicon.soft:
            spent += WORD
            if spent > _BETWEEN:
                return
        at += step


def _lettery(token: Token, letter: bool, lexicon: Lexicon) -> bool:
    return letter or token.silent or token.text in lexicon.soft
