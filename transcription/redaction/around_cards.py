"""Short numbers around a card that was found: its rest, its date, its code, echoes, corrections, however announced.

People answer "what's in the little strip?" or "which month does it run out?" in words no list has. Where a card is
being dictated, a short turn of digits is taken for part of it unless it counts something, tells the time or was asked
for as something else. Bias is towards masking: a wrong mask costs a reader a number, a leak costs a client a card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from transcription.redaction.clumps import Clump, Private, cut_clumps
from transcription.redaction.conversation import WORD, Announcement, Conversation, Position
from transcription.redaction.dictation import announced_before
from transcription.redaction.types import Place
from transcription.redaction.weights import Memory
from transcription.transcript import RedactionKind

_BEHIND: Final = 14
"""Turns behind a card in which its date and code are still to be expected."""

_BEFORE: Final = 8
"""Turns before the first recognised piece of a card over which its beginning is looked for."""

_ASKED: Final = 2
"""Turns back in which a question decides what an answer is."""

_ONGOING: Final = 3
"""Turns within which a dictation that began goes on."""

_FEW_WORDS: Final = 6 * WORD
"""Words beside the digits of a turn that is still an answer and no story."""

_ANSWER: Final = 4 * WORD
"""Words beside what may be a time, a price or no number at all, in a turn that is an answer none the less."""

_SOON: Final = 8
"""Turns before a card within which digits said one by one belong to it."""

_LONG: Final = 7
"""Digits that are no quantity anybody says, whatever stands around them."""

_LINK: Final = 8 * WORD
"""Words of a turn that lies within a dictation."""

_UNFINISHED: Final = range(8, 14)
"""Digits of a card of which a group of four is still to come."""

_GROUP: Final = 4
_WHOLE: Final = 19
_CARDS_KNOWN: Final = 20
"""Cards of a call whose parts are recognised when they are repeated."""

_CORRECTION: Final = 8 * WORD
_OTHERS: Final = ("other", "tail", "phone", "mail", "document")
_CARDS: Final = ("card", "card_weak", "expiry", "code", "code_weak", "one_time")
_CODES: Final = ("code", "code_weak", "one_time")


def find_around(
    conversation: Conversation, found: Sequence[Place], known: Sequence[str], memory: Memory
) -> list[Place]:
    """Places of short numbers around the cards and codes `found` or masked already.

    `known` are the digit strings of cards found in this look; what repeats or corrects a part of one is masked too.
    Numbers of orders and the like stay readable when they are repeated.
    """
    private = Private(conversation, found)
    if not private.cards:
        return []
    known = [digits for digits in known if len(digits) <= 2 * _WHOLE][:_CARDS_KNOWN]
    places: list[Place] = []
    clumps = [clump for clump in cut_clumps(conversation, found) if clump.digits not in memory.public]
    for clump in clumps:
        kind = _behind(conversation, clump, private, known, memory.used)
        if kind is not None:
            private.add(clump.turn, kind)
            private.said.setdefault(clump.turn, len(clump.digits))
            places.append(_place(clump, kind))
    done = {(place.turn, place.start) for place in places}
    for clump in reversed(clumps):
        if (clump.turn, clump.numbers[0].atom.start) not in done and _begins_card(conversation, clump, private):
            private.add(clump.turn, "card")
            places.append(_place(clump, "card"))
    return places


def _behind(
    conversation: Conversation,
    clump: Clump,
    private: Private,
    known: Sequence[str],
    answered: Mapping[Position, int],
) -> RedactionKind | None:
    """What a clump behind a card is, None when it is nothing of the card."""
    turn, digits = clump.turn, clump.digits
    last = private.last(turn)
    asked = _asked(conversation, clump)
    if asked == "tail" and turn - last <= 2 and conversation.speakers[last] == clump.numbers[0].speaker:
        asked = ""  # "... and it ends in 4321" closes a dictation
    if asked == "phone" and (at := _last_asked(conversation, clump).turn) < turn and at in private.cards:
        asked = ""  # "I dialled 4276 ..." was followed by the card
    if clump.pointed:
        plainly = asked in _CARDS and asked != "card_weak" and clump.words <= _ANSWER
        if not (plainly or (turn - last <= 2 and clump.words <= 2 * WORD)):
            return None
    if asked in _OTHERS or _alone_calendar(clump):
        return None
    if turn - last > _BEHIND:
        # A date or a code may be asked for before the number.
        if asked == "expiry" and clump.dated and private.next(turn) - turn <= _BEHIND:
            return "card"
        due = private.next(turn) - turn <= _BEHIND
        if due and clump.dated and clump.words <= 4 * WORD:
            return "card"
        brief = asked in _CARDS and 2 <= len(digits) <= 8 and clump.words <= _FEW_WORDS
        return None if not (due and brief) else "card_code" if asked in _CODES else "card"
    ongoing = turn - last <= _ONGOING
    if clump.timed and (asked not in _CARDS or clump.words > _ANSWER or _answered(conversation, clump, answered)):
        return None
    if clump.faint:
        return "card" if turn - last <= 2 and clump.words <= _ANSWER and _quiet(conversation, last, turn) else None
    if len(digits) == 2 and turn - last <= 2 and private.said.get(last, 0) <= 2 and clump.words <= 4 * WORD:
        return "card"  # the year to a month
    if clump.counted and (asked not in _CARDS or clump.numbers[0].atom.sort == "scaled"):
        return None
    if asked in _CODES and 3 <= len(digits) <= 8 and clump.words <= _FEW_WORDS:
        return "card_code"
    if asked in _CARDS and len(digits) >= 2 and clump.words <= _FEW_WORDS:
        return "card"
    if len(digits) >= _LONG:
        return "card"
    if len(digits) < _LONG and digits in known:
        return "card_code"  # said before, and not as part of a longer number
    if _repeats(digits, known) and clump.words <= 2 * _FEW_WORDS:
        return "card"
    read_back = turn - last == 1 and conversation.speakers[last] != clump.numbers[0].speaker
    if read_back and len(digits) >= 2 and len(clump.numbers) > 1 and clump.words <= _CORRECTION and not clump.timed:
        return "card"  # "the bit you said as eighty is really sixty"
    if clump.words > _FEW_WORDS:
        return None
    if clump.words >= 2 * WORD and not clump.single and not (clump.dated or asked):
        return None
    if ongoing and (len(digits) >= 3 or clump.dated):
        return _guess(clump, private, last)
    words = 3 * WORD if len(clump.numbers) > 1 else WORD
    if ongoing and turn - last <= 2 and clump.words <= words and _quiet(conversation, last, turn):
        return "card"
    code_due = not private.code_within(turn - _BEHIND, turn - 1)
    if code_due and 3 <= len(digits) <= 4 and not _round(clump):
        return _guess(clump, private, last)
    return "card" if clump.dated and _month_year(clump) else None


def _begins_card(conversation: Conversation, clump: Clump, private: Private) -> bool:
    """A clump before the first recognised piece of a card, with nothing but dictation between."""
    upto = private.next(clump.turn)
    if upto - clump.turn > _BEFORE or clump.words > _FEW_WORDS or len(clump.digits) < 2 or clump.dated or clump.timed:
        return False
    if clump.words >= 2 * WORD and not clump.single:
        return False
    if len(clump.numbers) == 1 and clump.numbers[0].atom.sort == "scaled" and clump.words >= 2 * WORD:
        return False  # "which card do we take the twelve thousand four hundred from?"
    if _asked(conversation, clump) in _OTHERS:
        return False
    asked_between = conversation.announced_between(clump.numbers[-1].close, (upto, 0))
    if not asked_between and _link(conversation, clump.turn + 1, upto) <= _LINK:
        return True
    # A code or a date may come first, asked for in words no list has: digits one by one and nothing else.
    spelled = len(clump.numbers) > 2 and all(len(n.atom.digits) == 1 for n in clump.numbers)
    bare = len(clump.digits) in (3, 4, 6) and clump.words <= WORD and clump.single and not clump.counted
    return (spelled or bare) and upto - clump.turn <= _SOON and clump.words <= 3 * WORD


def _link(conversation: Conversation, first: int, behind: int) -> int:
    """Load of the wordiest turn in [first, behind)."""
    loads = conversation.loads
    return max((loads[turn][-1] - loads[turn][0] for turn in range(first, behind)), default=0)


def _quiet(conversation: Conversation, last: int, turn: int) -> bool:
    return _link(conversation, last + 1, turn) <= 4 * WORD


def _asked(conversation: Conversation, clump: Clump) -> str:
    """The last topic announced before the clump, in its turn or the few before."""
    announced = announced_before(conversation, clump.numbers[0].begin, _ASKED)
    speaker = clump.numbers[0].speaker
    if clump.words > 2 * WORD:
        # Whoever asked and then tells of something else does not answer.
        announced = [a for a in announced if a.turn == clump.turn or conversation.speakers[a.turn] != speaker]
    topics = [a.topic.split(":")[0] for a in announced]
    if topics[-2:] == ["expiry", "tail"]:
        return "expiry"  # "When does it run out?" - "It ends oh nine"
    return topics[-1] if topics else ""


def _answered(conversation: Conversation, clump: Clump, answered: Mapping[Position, int]) -> bool:
    """Whether what was asked last was answered in an earlier turn."""
    last = _last_asked(conversation, clump)
    return answered.get((last.turn, last.start), clump.turn) < clump.turn


def _last_asked(conversation: Conversation, clump: Clump) -> Announcement:
    """The announcement before a clump that was asked for something."""
    return announced_before(conversation, clump.numbers[0].begin, _ASKED)[-1]


def _alone_calendar(clump: Clump) -> bool:
    return all(n.atom.sort == "calendar" for n in clump.numbers) and len(clump.numbers) < 2


def _month_year(clump: Clump) -> bool:
    return len(clump.digits) in (4, 5, 6)


def _round(clump: Clump) -> bool:
    """Like a quantity: one written number that ends in a nought."""
    return len(clump.numbers) == 1 and clump.digits.endswith("0")


def _repeats(digits: str, known: Sequence[str]) -> bool:
    """Whether the digits are part of a known card, or differ from a part in one digit."""
    size = len(digits)
    if not 3 <= size <= _WHOLE:
        return False
    return any(digits in card or (size > 3 and _differs_once(digits, card)) for card in known)


def _differs_once(digits: str, card: str) -> bool:
    return any(
        sum(a != b for a, b in zip(digits, card[n : n + len(digits)], strict=True)) <= 1
        for n in range(len(card) - len(digits) + 1)
    )


def _guess(clump: Clump, private: Private, last: int) -> RedactionKind:
    digits = clump.digits
    if clump.dated or len(digits) not in (3, 4):
        return "card"
    if len(digits) == 4 and private.digits_before(clump.turn, _BEFORE) in _UNFINISHED:
        return "card"
    if len(digits) == 4 and 1 <= int(digits[:2]) <= 12 and 24 <= int(digits[2:]) <= 40:
        return "card"
    return "card_code"


def _place(clump: Clump, kind: RedactionKind) -> Place:
    return Place(clump.turn, clump.numbers[0].atom.start, clump.numbers[-1].atom.end, kind)
