"""A card dictated piece by piece with talk between: the pieces' sizes and the check digit give it away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from transcription.redaction.checks import passes_luhn
from transcription.redaction.conversation import WORD, Conversation, Number
from transcription.redaction.dictation import announced_before
from transcription.redaction.unannounced import begins_like_card

_SPAN: Final = 14
"""Turns within which a card is told."""

_INSIDE: Final = 2 * WORD
_LENGTHS: Final = (15, 16, 19)
_PRINTED: Final = 4
_PARTS: Final = 5
_AMEX: Final = ((4, 6, 5), (10, 5), (4, 11))
_ASKED: Final = 1
"""Turns back in which something else that was asked for is what a piece answers."""

_OTHERS: Final = ("other", "tail", "phone", "mail", "one_time")


def find_scattered(conversation: Conversation) -> list[list[Number]]:
    """Numbers of each card that one person says in pieces, by turns or in one.

    One card number in ten passes the check by chance, so the pieces must also be cut as cards are printed, begin as
    cards do, and answer no question for something else.
    """
    found = []
    for pieces in _pieces(conversation).values():
        at = 0
        while at < len(pieces):
            behind = _card_from(conversation, pieces, at)
            if behind > at:
                found.append([number for piece in pieces[at:behind] for number in piece])
            at = max(behind, at + 1)
    return found


def _pieces(conversation: Conversation) -> dict[tuple[str, str | None], list[list[Number]]]:
    """Per person: numbers with next to nothing between them, in order."""
    pieces: dict[tuple[str, str | None], list[list[Number]]] = {}
    for number in conversation.numbers:
        if number.atom.sort not in ("plain", "loose") or number.begin in conversation.counted:
            continue
        own = pieces.setdefault(number.speaker, [])
        last = own[-1][-1] if own else None
        if last is not None and last.turn == number.turn and number.load - last.load <= _INSIDE:
            own[-1].append(number)
        else:
            own.append([number])
    return pieces


def _card_from(conversation: Conversation, pieces: Sequence[Sequence[Number]], first: int) -> int:
    """The index behind the last piece of a card that begins with piece `first`; `first` when none does."""
    sizes: list[int] = []
    digits = ""
    for at, piece in _within(pieces, first):
        if _answers_other(conversation, piece[0]):
            break
        said = "".join(number.atom.digits for number in piece)
        digits += said
        sizes.append(len(said))
        if len(digits) > _LENGTHS[-1]:
            break
        printed = all(size % _PRINTED == 0 for size in sizes[:-1]) or tuple(sizes) in _AMEX
        if len(sizes) > 1 and printed and len(digits) in _LENGTHS and _issued(digits) and passes_luhn(digits):
            return at + 1
    return first


def _issued(digits: str) -> bool:
    """Begins as cards do, those among them that are good in Korea alone (9)."""
    return begins_like_card(digits) or digits[0] == "9"


def _within(pieces: Sequence[Sequence[Number]], first: int) -> Iterator[tuple[int, Sequence[Number]]]:
    for at in range(first, min(first + _PARTS, len(pieces))):
        if pieces[at][0].turn - pieces[first][0].turn > _SPAN:
            return
        yield at, pieces[at]


def _answers_other(conversation: Conversation, number: Number) -> bool:
    announced = announced_before(conversation, number.begin, _ASKED)
    return bool(announced) and (announced[-1].topic in _OTHERS or announced[-1].topic.startswith("document"))
