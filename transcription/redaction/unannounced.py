"""Numbers that give themselves away with nothing announced: a card by its digits, a mobile, a Chinese identity."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from transcription.redaction.checks import is_chinese_id, is_phone, passes_luhn
from transcription.redaction.conversation import WORD, Conversation
from transcription.redaction.dictation import Segment

_CODE: Final = 4
_DICTATED: Final = 6
_LONGEST_CARD: Final = 19
"""Digits of a UnionPay card."""

_HEARD: Final = 16
"""Numbers before one in which it may be an echo."""

_SOME: Final = 6
"""Digits said plainly beside some that are written like a price."""

_PRINTED: Final = 6
"""Groups of four in a row that are no card: a card has five at most."""

_PIECES: Final = 4
_TIMES: Final = 3
_SOME_WORDS: Final = 4
_TOLD: Final = 3
"""Times a word stands between two numbers of a turn that are told of one after another."""

_WORDS_EACH: Final = 1.5
"""Words beside the numbers of a dictation nobody announced: some at its ends, and few for each number."""

_TRUNK: Final = (9, 10, 11)
"""Digits of a number with its area, as it is dialled in the country."""

_SENT: Final = 6
"""Digits of a code that is sent to a phone."""

_BESIDE_CODE: Final = 4 * WORD
"""Words beside such a code in the turn that answers."""

_LONG: Final = 12
"""Digits from which a dictated number is a card unless it was announced as something else."""


def gives_away(said: Sequence[str], segment: Segment, regions: Sequence[str]) -> tuple[float, str]:
    """Numbers that give themselves away: a card by its check digit and shape, a mobile, a Chinese identity."""
    sizes = [len(n.atom.digits) for n in segment.numbers]
    dictated = max(sizes) <= _DICTATED or len(sizes) == 1
    for digits in said:
        if is_chinese_id(digits):
            return 1.0, "document:zh_id"
        if passes_luhn(digits) and dictated and begins_like_card(digits):
            return 0.7, "card"
        if len(digits) in (15, 16) and begins_like_card(digits) and sizes[:4] == [4, 4, 4, 4]:
            return 0.6, "card"
    # Prices named one after another ("19000", "18500") may make a phone's digits, but not in a phone's groups.
    grouped = len(sizes) == 1 or max(sizes) <= 4 or said[0].startswith("0")
    if dictated and grouped and any(is_phone(digits, regions, mobile=True) for digits in said):
        return 0.55, "phone"
    # Prices and counts never begin with a nought, and few orders do.
    trunk = said[0][0] == "0" and len(said[0]) in _TRUNK and said[0][1] != "0"
    if dictated and trunk and is_phone(said[0], regions):
        return 0.55, "phone"
    return 0.0, ""


def long_run(segment: Segment) -> tuple[float, str]:
    """Twelve and more digits dictated in a row: nobody counts so far, and only an order's number has as many.

    What the other person repeats right away counts once.
    """
    spoken: list[str] = []
    last = None
    for number in segment.numbers:
        other = last is not None and last.speaker != number.speaker
        echo = other and number.atom.digits in "".join(spoken[-_HEARD:])
        if not echo:
            spoken.append(number.atom.digits)
        last = number
    sorts = {number.atom.sort for number in segment.numbers}
    years = all(len(digits) == 4 and digits[:2] in ("19", "20") for digits in spoken)
    lots = len(spoken) > 1 and any(len(digits) >= 5 and digits.endswith("00") for digits in spoken)
    lots = lots or _haggled(segment)
    total = sum(len(digits) for digits in spoken)
    atoms = [number.atom for number in segment.numbers if number.atom.sort != "dated"]
    if len(atoms) >= _PRINTED and all(one.behind == two.first for one, two in itertools.pairwise(atoms)):
        sizes = {len(atom.digits) for atom in atoms}
        if sizes == {4}:
            return 0.0, ""  # longer than any card and printed in one piece
    if total < _LONG or years or lots or "calendar" in sorts or in_sentences(segment) or _hours(segment):
        return 0.0, ""
    # Prices are written like digits an engine grouped (4,730 or 47.30), but they are round and not many.
    priced = [n.atom.digits for n in segment.numbers if n.atom.sort in ("grouped", "pointed")]
    odd = sum(digits[-1] not in "059" for digits in priced)
    plain = sum(len(n.atom.digits) for n in segment.numbers if n.atom.sort in ("plain", "loose"))
    if priced and plain < _SOME and (len(priced) < _PIECES or odd * 2 < len(priced)):
        return 0.0, ""
    return 0.6, "card"


def in_sentences(segment: Segment) -> bool:
    """Few numbers among many words, which are told of and not dictated: "the first is 349, the second 412"."""
    words = {number.turn: number.lead + number.trail for number in segment.numbers}
    pairs = itertools.pairwise(segment.numbers)
    parted = sum(one.turn == two.turn and two.load - one.load >= WORD for one, two in pairs)
    if parted >= _TOLD:
        return True
    return sum(words.values()) > (_SOME_WORDS + _WORDS_EACH * len(segment.numbers)) * WORD


def _hours(segment: Segment) -> bool:
    """Hours and minutes by turns, in steps of five minutes: "8 30, 10 15, 11 45"."""
    spoken = [number.atom.digits for number in segment.numbers]
    pairs = list(zip(spoken[::2], spoken[1::2], strict=False))
    if len(spoken) % 2 or len(pairs) < _TIMES:
        return False
    return all(len(h) <= 2 and int(h) < 24 and len(m) == 2 and int(m) < 60 and m[-1] in "05" for h, m in pairs)


def _haggled(segment: Segment) -> bool:
    """Round numbers among words: prices that two people name one after another."""
    sums = [n.atom.digits for n in segment.numbers if not n.atom.spoken and len(n.atom.digits) in (3, 4, 5)]
    words = {number.turn: number.lead + number.trail for number in segment.numbers}
    most = len(sums) >= 3 and len(sums) == len(segment.numbers)
    return most and sum(words.values()) >= 3 * WORD and sum(s.endswith("0") for s in sums) > len(sums) / 2


def offers(segment: Segment) -> bool:
    """Mostly round sums of three to five digits, each in one piece: what two people offer to pay, and no card."""
    sums = [n.atom for n in segment.numbers if len(n.atom.digits) in (3, 4, 5)]
    round_ones = [atom for atom in sums if atom.digits.endswith("0") or atom.sort == "scaled"]
    return len(sums) >= 3 and len(round_ones) > len(segment.numbers) / 2


def sure_card(segment: Segment) -> bool:
    """Dictated in pieces, as long as cards are, begins as they do, and the check digit is right.

    One order's number in ten may pass for one; that is the price of "the account number on the front".
    """
    sizes = [len(number.atom.digits) for number in segment.numbers]
    pieces = len(sizes) > 3 and max(sizes) <= _DICTATED
    said = segment.by_speaker()[0]
    return pieces and len(said) in (15, 16) and begins_like_card(said) and passes_luhn(said)


def begins_like_card(digits: str) -> bool:
    """Begins as cards do: 3 to 6, or 2200 to 2720 (Mir, Mastercard), and not as a row of years."""
    return digits[0] in "3456" or "2200" <= digits[:4] <= "2720"


def bare_code(conversation: Conversation, segment: Segment) -> tuple[float, str]:
    """Six digits and next to nothing else, in answer to somebody: a code that was sent, whatever it was called.

    People ask for it as "the thing on your screen". Six digits are what nearly all senders of codes use.
    """
    first, digits = segment.numbers[0], segment.by_speaker()[0]
    sizes = {len(number.atom.digits) for number in segment.numbers}
    answer = first.turn > 0 and conversation.speakers[first.turn - 1] != first.speaker
    plain = all(number.atom.sort in ("plain", "loose") for number in segment.numbers)
    dictated = len(sizes) == 1 and plain and not digits.endswith("00")
    bare = all(number.lead + number.trail <= _BESIDE_CODE for number in segment.numbers)
    whole = len(digits) == _SENT and conversation.digits[first.turn] in (digits, digits + digits)
    return (0.55, "one_time") if answer and dictated and bare and whole else (0.0, "")


def card_beside_more(segment: Segment) -> tuple[float, str]:
    """A whole card by its check digit with its date or code beside it ("4242 4242 4242 4242, 12/27, 123")."""
    atoms = [number.atom for number in segment.numbers]
    for first in range(len(atoms)):
        if first and atoms[first - 1].sort != "dated":
            continue
        digits = ""
        for last in range(first, len(atoms)):
            if atoms[last].sort not in ("plain", "loose") or len(digits) > _LONGEST_CARD:
                break
            digits += atoms[last].digits
            rest = atoms[last + 1 : last + 2 + _CODE]
            near = not rest or rest[0].sort == "dated" or sum(len(atom.digits) for atom in rest) <= _CODE
            alone = first == last or all(len(atom.digits) <= _DICTATED for atom in atoms[first : last + 1])
            if (
                len(digits) in (15, 16, _LONGEST_CARD)
                and near
                and alone
                and begins_like_card(digits)
                and passes_luhn(digits)
            ):
                return 0.7, "card"
    return 0.0, ""
