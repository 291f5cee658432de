"""Joins numbers that are one dictated value: over fillers, corrections, echoes and turns of both people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from transcription.redaction.checks import passes_luhn
from transcription.redaction.conversation import WORD, Announcement, Conversation, Number, Position

_GAP_INSIDE: Final = 5 * WORD
_GAP_PLAIN: Final = 1 * WORD
_EDGE: Final = 5 * WORD
"""Words that may follow the last digits of a turn, and lead to those of the next, within one dictation."""

_GAP_ACROSS: Final = 12 * WORD
_GAP_UNANNOUNCED: Final = 9 * WORD
_LOOK_BACK: Final = 7
_LETTERED: Final = 4
_TWICE: Final = 18
"""Digits from which two equal halves are one value said twice (4242 4242 4242 4242 is a card)."""

_TAILS: Final = 20
_ECHO: Final = 2
_FULL: Final = {"card": 16, "card_weak": 16, "phone": 10, "document": 9}
"""Digits from which a value is whole unless the same person goes straight on."""

SHORT: Final = {"expiry": 4, "code": 3, "code_weak": 3, "one_time": 6}
"""Digits of values that are whole then, so that the same person's next number is another one."""

_PIECES: Final = 8
"""Digits of an unannounced number from which somebody is dictating."""

_WHOLE: Final = {"card": 13, "card_weak": 13, "phone": 9, "document": 8}
"""Digits from which a value may be whole, so that a new announcement begins another."""

_CARD: Final = frozenset({"card", "card_weak"})
_DICTATED_FOR: Final = frozenset({"card", "card_weak", "code", "code_weak", "one_time", "phone"})
"""Topics whose digits an engine may write as a price or a time (42:76, 39.39)."""

_TAIL: Final = 40
"""Numbers at the end of a dictation in which a repeat is looked for."""

_AMID: Final = 3
"""Digits before a number in its turn that make it dictated, though it was counted a moment ago."""

_COUNTED: Final = 4
"""Digits from which somebody counts them."""

_AMOUNTS: Final = frozenset({"scaled", "grouped", "pointed"})
_PASSING: Final = {1: 3, 2: 4, 3: 6}
"""Words that make so many digits of a turn a figure in a sentence."""

_REST: Final = frozenset({"card", "card_weak", "code", "code_weak", "tail", "mail", "number"})
"""What may be said in the middle of a long number without starting another one ("and the last four digits?")."""


@dataclass(slots=True)
class Segment:
    """Numbers that belong together, and the announcements that may say what they are (nearest last)."""

    numbers: list[Number]
    announced: Sequence[Announcement]
    lengths: dict[tuple[str, str | None], int] = field(default_factory=dict)
    """Digits each person has said so far."""

    def add(self, number: Number) -> None:
        """Add the next number."""
        self.numbers.append(number)
        self.lengths[number.speaker] = self.lengths.get(number.speaker, 0) + len(number.atom.digits)

    @property
    def length(self) -> int:
        """Digits said by whoever said most."""
        return max(self.lengths.values(), default=0)

    @property
    def begin(self) -> Position:
        """Where its first number begins."""
        return self.numbers[0].begin

    @property
    def close(self) -> Position:
        """Where its last number ends."""
        return self.numbers[-1].close

    def by_speaker(self) -> list[str]:
        """The digits each person said, the longest first; a value said twice over counts once."""
        said: dict[tuple[str, str | None], list[str]] = {}
        for number in self.numbers:
            said.setdefault(number.speaker, []).append(number.atom.digits)
        joined = (_once("".join(parts)) for parts in said.values())
        return sorted(joined, key=lambda digits: (-len(digits), digits))


def _once(digits: str) -> str:
    half = len(digits) // 2
    return digits[:half] if len(digits) >= _TWICE and digits[:half] == digits[half:] else digits


def cut_segments(
    conversation: Conversation, answered: Mapping[Position, int] = MappingProxyType({})
) -> Iterator[Segment]:
    """Segments in order; counts, prices, models and glued codes belong to none and end the one before them.

    `answered` are announcements of short values that were answered: they announce nothing more. It may grow while the
    segments are taken.
    """
    current: Segment | None = None
    broken = False
    letter: Number | None = None
    counted: dict[str, int] = {}
    for number in conversation.numbers:
        sort = number.atom.sort
        if sort in ("letter", "prompt", "faint"):
            letter = number if sort == "letter" else letter
            continue
        announced = announced_before(conversation, number.begin)
        topic = announced[-1].topic if announced else ""
        asked = announced and announced[-1].turn >= number.turn - 1
        document = topic.startswith("document")
        beside = letter is not None and letter.turn == number.turn and letter.atom.behind == number.atom.first
        model = beside and len(number.atom.digits) <= _LETTERED and not document
        coded = sort == "code" and (not document or len(number.atom.digits) < _LETTERED)
        dated = sort == "calendar" and topic != "expiry"
        dated = dated or (sort == "time" and not (asked and topic in ("expiry", "code")))
        # "since 2004?" - "2004, yes": a count that is repeated is a count.
        echo = number.turn - counted.get(number.atom.digits, -_ECHO - 1) <= _ECHO and len(number.atom.digits) > 1
        amid = current is not None and current.numbers[-1].turn == number.turn and current.length >= _AMID
        echo = echo and topic not in SHORT and not amid
        priced = sort == "pointed" and not ((topic in _DICTATED_FOR and asked) or _alone(number))
        if sort == "quantity" or coded or dated or model or echo or priced:
            counted[number.atom.digits] = number.turn
            if not dated and sort not in ("time", "pointed"):
                conversation.counted.add(number.begin)
            # A count in what the other person says meanwhile ("one moment") breaks no dictation.
            last = current.numbers[-1] if current is not None else None
            broken = broken or last is None or last.turn == number.turn or last.speaker == number.speaker
            continue
        if number.begin in conversation.tallied or _counts_digits(conversation, current, number):
            conversation.tallied.add(number.begin)
            conversation.counted.add(number.begin)
            continue
        if current is not None and not broken and _belongs(conversation, current, number):
            current.add(number)
            continue
        if current is not None:
            yield current
        current, broken = Segment([], _unanswered(announced, answered, number, current)), False
        current.add(number)
    if current is not None:
        yield current


def _counts_digits(conversation: Conversation, segment: Segment | None, number: Number) -> bool:
    """Who listens counts what was said so far: "six" behind six digits, "that's twelve"."""
    if segment is None:
        return False
    last, digits = segment.numbers[-1], number.atom.digits
    if last.speaker == number.speaker or conversation.digits[number.turn] != digits or len(digits) > 2:
        return False
    return int(digits) >= _COUNTED and int(digits) == segment.lengths.get(last.speaker, 0)


def _alone(number: Number) -> bool:
    """With next to no words beside it."""
    return number.lead + number.trail <= WORD


def announced_before(conversation: Conversation, position: Position, turns: int = _LOOK_BACK) -> Sequence[Announcement]:
    """Announcements of the last few turns before a position, the nearest last.

    An order, a price or an ending that its own number followed announces nothing more.
    """
    announced = conversation.announced_between((position[0] - turns, 0), position)
    return [a for a in announced if conversation.settled.get((a.turn, a.start), position) >= position]


def _unanswered(
    announced: Sequence[Announcement], answered: Mapping[Position, int], number: Number, before: Segment | None
) -> Sequence[Announcement]:
    repeated = before is not None and any(number.atom.digits == n.atom.digits for n in before.numbers)
    if repeated:
        return announced
    return [a for a in announced if a.topic not in SHORT or (a.turn, a.start) not in answered]


def _belongs(conversation: Conversation, segment: Segment, number: Number) -> bool:
    last = segment.numbers[-1]
    between = conversation.announced_between(last.close, number.begin)
    topic = segment.announced[-1].topic if segment.announced else None
    if between and not _goes_on(segment, topic, between):
        return False
    if conversation.masked_between(last.close, number.begin):
        return False
    gap = number.load - last.load
    if topic == "other" and last.turn != number.turn and not _same_order(conversation, segment, last, number):
        return False
    if topic == "expiry" and not _begins_date(segment):
        topic = None  # what was asked is not what is being said
    if last.turn != number.turn and (_amount(last) or _amount(number)):
        return False
    if last.turn != number.turn and _in_passing(conversation, number):
        return False
    if last.turn != number.turn and last.atom.sort == "dated" and number.atom.sort != "dated":
        return False  # a date is whole, and what comes next answers another question
    if last.turn != number.turn and last.speaker == number.speaker and _whole_card(segment):
        return False
    if last.turn == number.turn:
        return gap <= (_GAP_PLAIN if topic in ("other", *SHORT) else _GAP_INSIDE)
    echo = last.speaker != number.speaker and not number.lead and number.atom.sort != "scaled"
    if topic == "tail" or (topic in SHORT and segment.length >= SHORT[topic] and not echo):
        return False
    if number.atom.sort == "calendar" and segment.length >= SHORT["expiry"]:
        return False
    full = _FULL.get((topic or "").split(":")[0], 100)
    if number.lead and segment.length >= full:
        return False
    if last.trail > _EDGE or number.lead > _EDGE:
        return False
    if topic is None and last.speaker != number.speaker and number.turn - last.turn > 2:
        return False
    return gap <= (_GAP_UNANNOUNCED if topic is None else _GAP_ACROSS)


def _whole_card(segment: Segment) -> bool:
    """Nothing is missing by the check digit, so that what comes in a later turn is another number."""
    digits = segment.by_speaker()[0]
    return len(digits) in (15, 16) and passes_luhn(digits)


def _same_order(conversation: Conversation, segment: Segment, last: Number, number: Number) -> bool:
    """The other person repeats the number, or the same one goes straight on with it."""
    if last.speaker != number.speaker:
        said = "".join(n.atom.digits for n in segment.numbers[-_TAIL:] if n.speaker == last.speaker)
        return conversation.digits[number.turn] in said
    return number.lead <= WORD


def _begins_date(segment: Segment) -> bool:
    """Whether the digits so far could be a month and a year."""
    digits = "".join(number.atom.digits for number in segment.numbers[:7])
    return len(digits) < 2 or len(digits) > 6 or digits[0] in "01" or digits[:2] == "20" or len(digits) == 3


def _amount(number: Number) -> bool:
    """Said or written as an amount in a sentence: "you'd pay two thousand now"."""
    return number.atom.sort in _AMOUNTS and number.lead + number.trail >= _AMID * WORD


def _in_passing(conversation: Conversation, number: Number) -> bool:
    """A figure or two in a turn of other words: "so that's two payments", "the three digits there?"."""
    digits = len(conversation.digits[number.turn])
    return digits in _PASSING and number.lead + number.trail >= _PASSING[digits] * WORD


def _goes_on(segment: Segment, topic: str | None, between: Sequence[Announcement]) -> bool:
    """Whether what is announced between leaves the value going on."""
    if topic is None:
        # "... and the last four?" asks for the rest of what is being dictated.
        return _PIECES <= segment.length < _FULL["card"] and all(a.topic == "tail" for a in between)
    if all(a.topic == topic for a in between):
        return True
    whole = _WHOLE.get((topic or "").split(":")[0], 0)
    if topic in _CARD and segment.length < _TAILS and all(a.topic == "tail" for a in between):
        return True
    rest = _REST if topic in _CARD else _REST - _CARD
    return segment.length < whole and all(a.topic in rest or a.topic == topic for a in between)
