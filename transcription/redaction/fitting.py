"""How well a segment's digits fit each kind of private number, 0..1 and a little more with a check digit or a range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.redaction.checks import is_phone, passes_luhn
from transcription.redaction.dictation import Segment
from transcription.redaction.unannounced import offers

DOCUMENT_LENGTHS: Final = {
    "passport": (8, 9, 10),
    "ssn": (9,),
    "ni": (6,),
    "id": (6, 7, 8, 9, 10, 12),
    "snils": (11,),
    "inn": (10, 12),
    "rrn": (13,),
    "zh_id": (17, 18),
}


_CARD: Final = 15
"""Digits from which groups of four are a card's."""


def fit(topic: str, said: Sequence[str], segment: Segment, regions: Sequence[str]) -> float:
    length = len(said[0])
    sorts = {n.atom.sort for n in segment.numbers}
    if "calendar" in sorts and topic != "expiry":
        return 0.0
    if topic in ("card", "card_weak"):
        if "dated" in sorts and length <= 6:
            return 0.0
        return 0.0 if topic == "card_weak" and offers(segment) else _card_fit(said, topic)
    if topic == "expiry":
        return _expiry_fit(said[0], sorts, segment)
    if topic in ("code", "code_weak"):
        return {3: 1.0, 4: 0.9, 2: 0.6, 5: 0.6, 6: 0.75, 7: 0.6}.get(length, 0.0)
    if topic == "one_time":
        return {4: 1.0, 5: 1.0, 6: 1.0, 7: 0.9, 8: 0.9, 3: 0.6}.get(length, 0.0)
    if topic in ("phone", "number") and "dated" in sorts:
        return 0.0
    if topic == "phone":
        if length >= _CARD and {len(n.atom.digits) for n in segment.numbers} == {4}:
            return 0.0  # in a card's groups, and longer than any phone
        if any(is_phone(digits, regions) for digits in said):
            return 1.1
        by_length = {10: 1.0, 11: 1.0, 12: 0.9, 9: 0.9, 8: 0.85, 7: 0.85, 13: 0.8, 6: 0.65}
        return by_length.get(length, 0.65 if length > 13 else 0.0)
    if topic.startswith("document:"):
        return _document_fit(topic.split(":")[1], length)
    if topic == "number":
        # "The number is ...": long enough for a phone or a card, and nothing says that it is an order's.
        return _card_fit(said, "card") if length >= 13 else 0.9 if length >= 9 else 0.0
    if topic == "other":
        return 0.95 if length < 13 else 0.85
    if topic == "tail":
        return 1.0 if length <= 4 else 0.0
    return 0.0


def _card_fit(said: Sequence[str], topic: str) -> float:
    length = len(said[0])
    if any(passes_luhn(digits) for digits in said):
        return 1.5
    if length in (15, 16, 17):
        return 1.0
    if length in (13, 14, 18, 19):
        return 0.95
    if length >= 20:
        return 0.9
    if length == 12:
        return 0.85
    if topic == "card_weak":
        return 0.3
    return 0.7 if length >= 8 else 0.56 if length >= 4 else 0.0


def _expiry_fit(digits: str, sorts: set[str], segment: Segment) -> float:
    if "calendar" in sorts:
        return 1.0 if len(segment.numbers) > 1 else 0.0
    if "dated" in sorts:
        return 1.0
    month_first = len(digits) in (4, 6) and 1 <= int(digits[:2]) <= 12
    return 1.0 if month_first else {3: 0.85, 4: 0.8, 6: 0.7, 8: 0.7, 2: 0.55, 5: 0.6, 7: 0.6}.get(len(digits), 0.0)


def _document_fit(name: str, length: int) -> float:
    wanted = DOCUMENT_LENGTHS.get(name, (9,))
    away = min(abs(length - each) for each in wanted)
    if length < 4:
        return 0.54 if length == 3 else 0.0
    return (1.05, 0.95, 0.85)[away] if away <= 2 else 0.75 if length > max(wanted) else 0.56
