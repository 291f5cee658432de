"""A card dictated piece by piece with talk between: the pieces' sizes and the check digit give it away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

_STORY: Final = 8 * WORD
"""Words of a turn that tells something and dictates nothing."""

_OTHERS: Final = ("other", "tail", "phone", "mail", "one_time")


@dataclass(slots=True)
class _Piece:
    """Digits with next to nothing between them, and every time they were said in a row."""

    digits: str
    numbers: list[Number]

    @property
    def first(self) -> Number:
        return self.numbers[0]


def find_scattered(conversation: Conversation) -> list[list[Number]]:
    """Numbers of each card that is said in pieces, by turns or in one, by one person or by both.

    One card number in ten passes the check by chance, so the pieces must also be cut as cards are printed, begin as
    cards do, and answer no question for something else. A piece said again counts once, one put right right away not
    at all; the second half may be told before the first.
    """
    found = []
    for line in _lines(conversation):
        pieces = _once(line)
        at = 0
        while at < len(pieces):
            behind = _card_from(conversation, pieces, at)
            if behind > at:
                found.append([number for piece in pieces[at:behind] for number in piece.numbers])
            at = max(behind, at + 1)
    return found


def _lines(conversation: Conversation) -> Iterator[list[list[Number]]]:
    """The pieces of each person and of all together, cut where something is said and where anything is."""
    for most in (_INSIDE, -1):
        everything = _pieces(conversation, most)
        speakers = dict.fromkeys(piece[0].speaker for piece in everything)
        if len(speakers) > 1:
            for speaker in speakers:
                yield [piece for piece in everything if piece[0].speaker == speaker]
        yield everything


def _pieces(conversation: Conversation, most: int) -> list[list[Number]]:
    """Numbers of one person with words of so much load between them at most (under 0: with no word), in order."""
    pieces: list[list[Number]] = []
    for number in conversation.numbers:
        if number.atom.sort not in ("plain", "loose") or number.begin in conversation.counted:
            continue
        last = pieces[-1][-1] if pieces else None
        if last is not None and last.turn == number.turn and _together(conversation, last, number, most):
            pieces[-1].append(number)
        else:
            pieces.append([number])
    return pieces


def _together(conversation: Conversation, one: Number, two: Number, most: int) -> bool:
    if most >= 0:
        return two.load - one.load <= most
    return all(token.silent for token in conversation.tokens[one.turn][one.atom.behind : two.atom.first])


def _once(pieces: Sequence[Sequence[Number]]) -> list[_Piece]:
    """The same with pieces that were said again right away joined."""
    told: list[_Piece] = []
    for numbers in pieces:
        digits = "".join(number.atom.digits for number in numbers)
        if told and told[-1].digits == digits:
            told[-1].numbers += numbers
        else:
            told.append(_Piece(digits, list(numbers)))
    return told


def _card_from(conversation: Conversation, pieces: Sequence[_Piece], first: int) -> int:
    """The index behind the last piece of a card that begins with piece `first`; `first` when none does."""
    said: list[str] = []
    speaker = pieces[first].first.speaker
    for at, piece in _within(pieces, first):
        if _answers_other(conversation, piece.first):
            break
        said.append(piece.digits)
        if len(said) < 2:
            continue
        told = pieces[first : at + 1]
        if _prints(said) and (all(piece.first.speaker == speaker for piece in told) or not _offered(told)):
            return at + 1
        if any(map(_prints, _ways(said))) and not _offered(told):
            return at + 1
    return first


def _offered(pieces: Sequence[_Piece]) -> bool:
    """Like sums two people offer: among many words, or round. Digits told in another order are looked at twice."""
    wordy = any(number.lead + number.trail > _STORY for piece in pieces for number in piece.numbers)
    return wordy or sum(piece.digits.endswith("0") for piece in pieces) > 1


def _ways(said: Sequence[str]) -> Iterator[Sequence[str]]:
    """Without one of a group that the next puts right; the second half before the first."""
    for n in range(len(said) - 1):
        if len(said[n]) == len(said[n + 1]) == _PRINTED:
            yield [*said[:n], *said[n + 1 :]]
    if all(len(digits) % _PRINTED == 0 for digits in said):
        for n in range(1, len(said)):
            yield [*said[n:], *said[:n]]


def _prints(said: Sequence[str]) -> bool:
    sizes, digits = tuple(map(len, said)), "".join(said)
    printed = all(size % _PRINTED == 0 for size in sizes[:-1]) or sizes in _AMEX
    return printed and len(digits) in _LENGTHS and _issued(digits) and passes_luhn(digits)


def _issued(digits: str) -> bool:
    """Begins as cards do, those among them that are good in Korea alone (9)."""
    return begins_like_card(digits) or digits[0] == "9"


def _within(pieces: Sequence[_Piece], first: int) -> Iterator[tuple[int, _Piece]]:
    for at in range(first, min(first + _PARTS, len(pieces))):
        if pieces[at].first.turn - pieces[first].first.turn > _SPAN:
            return
        yield at, pieces[at]


def _answers_other(conversation: Conversation, number: Number) -> bool:
    announced = announced_before(conversation, number.begin, _ASKED)
    return bool(announced) and (announced[-1].topic in _OTHERS or announced[-1].topic.startswith("document"))
