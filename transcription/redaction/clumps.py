"""Numbers of one turn that stand together, and the turns that hold something of a card."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from transcription.redaction.conversation import WORD, Conversation, Number
from transcription.redaction.types import Place

_INSIDE: Final = 4 * WORD
_DICTATED: Final = frozenset({"plain", "loose", "faint", "scaled", "dated", "calendar", "time", "pointed", "grouped"})
_MONTHS: Final = frozenset(f"{month:02d}" for month in range(1, 13))
_YEARS: Final = frozenset(str(year) for year in range(24, 41))
"""Years a card may still be valid in."""


@dataclass(frozen=True, slots=True)
class Clump:
    """Numbers of one turn with little between them."""

    numbers: tuple[Number, ...]

    @property
    def turn(self) -> int:
        """The turn they stand in."""
        return self.numbers[0].turn

    @property
    def digits(self) -> str:
        """All their digits."""
        return "".join(number.atom.digits for number in self.numbers)

    @property
    def words(self) -> int:
        """Load of the turn's other words."""
        return self.numbers[0].lead + self.numbers[0].trail

    @property
    def faint(self) -> bool:
        """Only words that are digits in a dictation and something else elsewhere."""
        return all(number.atom.sort == "faint" for number in self.numbers)

    @property
    def pointed(self) -> bool:
        """Written as a time or a price."""
        return any(number.atom.sort in ("pointed", "grouped") for number in self.numbers)

    @property
    def single(self) -> bool:
        """Said digit by digit, or written in one piece of three and more."""
        return all(len(n.atom.digits) == 1 or len(n.atom.digits) >= 3 for n in self.numbers)

    @property
    def timed(self) -> bool:
        """Said as a time of day is."""
        return any(number.atom.sort == "time" for number in self.numbers)

    @property
    def counted(self) -> bool:
        """Like a quantity in a sentence: one number, round or of two digits, among other words ("I'll have 400")."""
        if len(self.numbers) > 1 or self.words < WORD:
            return False
        atom = self.numbers[0].atom
        if atom.spoken:
            return atom.sort == "scaled" and self.words >= 2 * WORD
        return self.digits.endswith("0") or (len(self.digits) < 3 and self.words >= 2 * WORD)

    @property
    def dated(self) -> bool:
        """Written or said as a month and a year."""
        digits = self.digits
        like = len(digits) == 4 and digits[:2] in _MONTHS and digits[2:] in _YEARS
        return like or any(number.atom.sort in ("dated", "calendar") for number in self.numbers)


class Private:
    """Turns with something of a card in them, kept sorted."""

    def __init__(self, conversation: Conversation, found: Sequence[Place]) -> None:
        self.cards: list[int] = []
        self.codes: list[int] = []
        self.said: dict[int, int] = {}
        """Digits by turn, of what was found in this look."""

        busy = {place.turn for place in found}
        for number in conversation.numbers:
            if number.turn in busy:
                self.said[number.turn] = self.said.get(number.turn, 0) + len(number.atom.digits)
        for place in found:
            self.add(place.turn, place.kind)
        for (turn, _), kind in conversation.masks:
            self.add(turn, kind)

    def add(self, turn: int, kind: str) -> None:
        """Note a mask of a kind in a turn."""
        if kind not in ("card", "card_code"):
            return
        for turns in (self.cards, self.codes) if kind == "card_code" else (self.cards,):
            turns.insert(bisect_left(turns, turn), turn)

    def last(self, turn: int) -> int:
        """The last private turn up to `turn`, far before when there is none."""
        at = bisect_right(self.cards, turn)
        return self.cards[at - 1] if at else -1000

    def next(self, turn: int) -> int:
        """The first private turn from `turn` on, far behind when there is none."""
        at = bisect_left(self.cards, turn)
        return self.cards[at] if at < len(self.cards) else 10**9

    def digits_before(self, turn: int, turns: int) -> int:
        """Digits found in this look in the private turns up to `turns` before `turn`."""
        first, behind = bisect_left(self.cards, turn - turns), bisect_left(self.cards, turn)
        return sum(self.said.get(card, 0) for card in set(self.cards[first:behind]))

    def code_within(self, low: int, high: int) -> bool:
        """Whether a code was said in turns low to high."""
        at = bisect_left(self.codes, low)
        return at < len(self.codes) and self.codes[at] <= high


def cut_clumps(conversation: Conversation, found: Sequence[Place]) -> Iterator[Clump]:
    taken: dict[int, list[Place]] = {}
    for place in sorted(found, key=lambda p: (p.turn, p.start)):
        taken.setdefault(place.turn, []).append(place)
    current: list[Number] = []
    for number in conversation.numbers:
        free = number.begin not in conversation.counted and not _covered(taken.get(number.turn, ()), number)
        usable = free and number.atom.sort in _DICTATED and number.atom.digits
        near = bool(current) and current[-1].turn == number.turn and number.load - current[-1].load <= _INSIDE
        near = near and (_priced(current[-1]) == _priced(number) or number.lead + number.trail <= 2 * WORD)
        if current and not (usable and near and not _masked(conversation, current[-1], number)):
            yield Clump(tuple(current))
            current = []
        if usable:
            current.append(number)
    if current:
        yield Clump(tuple(current))


def _priced(number: Number) -> bool:
    return number.atom.sort in ("pointed", "grouped")


def _covered(places: Sequence[Place], number: Number) -> bool:
    """Whether one of the sorted places, which lie apart, covers something of the number."""
    at = bisect_left(places, number.atom.end, key=lambda place: place.start)
    return at > 0 and places[at - 1].end > number.atom.start


def _masked(conversation: Conversation, one: Number, two: Number) -> bool:
    return conversation.masked_between(one.close, two.begin)
