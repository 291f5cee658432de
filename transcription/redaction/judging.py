"""What a dictated number is: how well its digits fit each kind, times how near and how plainly it was announced.

A fit is 0..1 (a little more with a check digit or a valid number range), a weight 0..1 by distance. The best product
wins; it is private from ENOUGH on. Figures were set on the first set of scenes of `benchmarks/redaction.py` only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from transcription.redaction.checks import is_chinese_id, is_phone, passes_luhn
from transcription.redaction.conversation import WORD, Announcement, Conversation, Position
from transcription.redaction.dictation import Segment, announced_before
from transcription.transcript import RedactionKind

ENOUGH: Final = 0.5
_BY_TURNS: Final = (0.95, 0.95, 0.85, 0.72, 0.58, 0.42, 0.3)
"""Weight of an announcement so many substantial turns back."""

_AFTER: Final = 6 * WORD
"""How far behind a number its announcement may stand: "... is my card number"."""

_BEHIND: Final = 0.85

_CARD_MEMORY: Final = 14
"""Turns after a card during which a code or an expiry date is its own."""

_DIRECT: Final = 1.5
_DIRECTLY: Final = 2
"""Words between an announcement and its number in one turn ("invoice 5546..."), which outweighs all before."""

_CLOSE: Final = 1.05
"""Weight of what was announced in the same turn, right before."""

_CODE_TOPICS: Final = ("code", "code_weak")
_CLEAR: Final = 0.75
_PIECE: Final = 8
_BRIEF: Final = ("code", "code_weak", "expiry")
_STALE: Final = 0.4
_SUPERSEDED: Final = 0.75
_FEW: Final = 2 * WORD

_CODE: Final = 4
_DICTATED: Final = 6
_STRENGTH: Final = {"card_weak": 0.8, "code_weak": 0.75, "number": 0.75}

_DOCUMENT_LENGTHS: Final = {
    "passport": (8, 9, 10),
    "ssn": (9,),
    "ni": (6,),
    "id": (6, 7, 8, 9, 10, 12),
    "snils": (11,),
    "inn": (10, 12),
    "rrn": (13,),
    "zh_id": (17, 18),
}


@dataclass(slots=True)
class Memory:
    """What the call has said so far: the turn of the last card, and whether its number was whole."""

    card_turn: int = -1000
    last_kind: RedactionKind | None = None
    last_turn: int = -1000
    last_digits: int = 0
    used: dict[Position, int] = field(default_factory=dict)
    """Announcements that a number has answered already, and the turn in which it ended."""


_TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "card": ("card", "card_weak", "expiry"),
    "card_code": ("code", "code_weak"),
    "phone": ("phone",),
    "document": tuple(f"document:{name}" for name in _DOCUMENT_LENGTHS),
}


def remember_masks(conversation: Conversation) -> Memory:
    """A memory in which what is masked already has answered its announcements, as when it was found."""
    memory = Memory()
    for (turn, start), kind in conversation.masks:
        announced = announced_before(conversation, (turn, start))
        nearest = next((a.topic for a in reversed(announced) if a.topic in _TOPICS.get(kind, ())), None)
        for announcement in announced:
            if announcement.topic == nearest:
                memory.used.setdefault((announcement.turn, announcement.start), turn)
    return memory


def judge(conversation: Conversation, segment: Segment, memory: Memory, regions: Sequence[str]) -> RedactionKind | None:
    """The kind of a segment, None when it is nobody's secret."""
    said = segment.by_speaker()
    weights = _weights(conversation, segment, memory)
    plain = all(n.atom.sort in ("plain", "loose") for n in segment.numbers)
    best: tuple[float, str] = (0.0, "")
    for topic, weight in sorted(weights.items()):
        fit = _fit(topic, said, segment, regions) * (
            _wordiness(segment) if topic in _BRIEF or len(said[0]) < _PIECE else 1.0
        )
        best = max(best, (weight * fit, topic))
    unannounced = max(_unannounced(said, segment, regions) if plain else (0.0, ""), _card_beside_more(segment))
    if best[1] in ("other", "tail") and best[0] >= _CLEAR:
        # An order's number may look like a card's or a phone's by chance, so only the announcement counts.
        unannounced = (0.0, "")
    score, topic = max(best, unannounced)
    if score >= ENOUGH and topic in ("other", "tail"):
        return None
    kind = _kind(topic, len(said[0])) if score >= ENOUGH else _rest_of(segment, memory, weights, said)
    if kind is not None:
        for announcement in segment.announced:
            if announcement.topic == topic and (announcement.turn, announcement.start) not in memory.used:
                memory.used[(announcement.turn, announcement.start)] = segment.close[0]
        whole = topic == "expiry" or kind == "card_code"
        memory.last_kind, memory.last_turn = None if whole else kind, segment.close[0]
        memory.last_digits = len(said[0])
        if kind == "card":
            memory.card_turn = segment.close[0]
    return kind


def _kind(topic: str, length: int) -> RedactionKind | None:
    if topic == "number":
        return "card" if length >= 13 else "phone"
    if topic.startswith("document"):
        return "document"
    if topic in ("card", "card_weak", "expiry"):
        return "card"
    if topic in ("code", "code_weak"):
        return "card_code"
    return "phone" if topic == "phone" else None


def _weights(conversation: Conversation, segment: Segment, memory: Memory) -> dict[str, float]:
    """The strongest weight of each topic around the segment."""
    first = segment.numbers[0]
    card_near = segment.begin[0] - memory.card_turn <= _CARD_MEMORY
    weights: dict[str, float] = {}
    loads, tokens = conversation.loads, conversation.tokens
    spoken_about_card = any(a.topic in ("card", "card_weak") for a in segment.announced)
    for announcement in segment.announced:
        topic = announcement.topic
        if topic in ("expiry", "code_weak") and not (card_near or spoken_about_card):
            continue
        if topic == "other" and _answered_at_once(conversation, announcement, segment.announced):
            continue
        if announcement.turn == first.turn:
            words = (first.load - _load_at(conversation, announcement.turn, announcement.end)) / WORD
            weight = _DIRECT if words <= _DIRECTLY else max(0.6, 1.0 - 0.02 * words)
        else:
            back = first.turns - conversation.substantial[announcement.turn]
            weight = _BY_TURNS[min(max(back, 0), len(_BY_TURNS) - 1)]
        weight *= _STRENGTH.get(topic, 1.0) * _freshness(announcement, segment, memory)
        weights[topic] = max(weights.get(topic, 0.0), weight)
    last = segment.numbers[-1]
    behind = (last.turn + 1, 0)
    after: dict[str, float] = {}
    for announcement in conversation.announced_between(last.close, behind):
        if announcement.topic in ("expiry", "code", "code_weak", "tail"):
            continue
        end_load = loads[last.turn][min(last.atom.behind, len(tokens[last.turn]))]
        if _load_at(conversation, announcement.turn, announcement.start) - end_load <= _AFTER:
            after[announcement.topic] = _BEHIND
    _prefer_nearest(segment, weights)
    if after:
        # "The code is 123, call me at ...": a code right behind its announcement stays one, whatever comes after it.
        kept = _CODE_TOPICS if len(segment.by_speaker()[0]) in (3, 4) else ()
        weights = {
            topic: weight * (1.0 if topic in kept and weight >= _CLOSE else _SUPERSEDED)
            for topic, weight in weights.items()
        }
    return {**weights, **{topic: max(weight, weights.get(topic, 0.0)) for topic, weight in after.items()}}


def _freshness(announcement: Announcement, segment: Segment, memory: Memory) -> float:
    """Less than 1 for an announcement that was answered before, unless the answer is repeated or goes on."""
    answered = memory.used.get((announcement.turn, announcement.start))
    if answered is None:
        return 1.0
    first = segment.numbers[0]
    bare = first.lead + first.trail <= _FEW
    return 1.0 if bare and first.turn - answered <= 3 else _STALE


def _answered_at_once(conversation: Conversation, asked: Announcement, announced: Sequence[Announcement]) -> bool:
    """Its own number stands before the next announcement of that turn: "the total is 120 dollars, card number?"."""
    after = next((a for a in announced if a.turn == asked.turn and a.start > asked.start and a.topic != "other"), None)
    if after is None:
        return False
    atoms = conversation.atoms[asked.turn]
    first = bisect_left(atoms, asked.end, key=lambda atom: atom.start)
    return first < len(atoms) and atoms[first].start < after.start


def _wordiness(segment: Segment) -> float:
    """Less than 1 for few digits in a long sentence, which is rarely the answer to "the code on the back?"."""
    words = (segment.numbers[0].lead + segment.numbers[-1].trail) / WORD
    return 1.0 if words <= 4 else 0.7 if words <= 6 else 0.45


def _prefer_nearest(segment: Segment, weights: dict[str, float]) -> None:
    """What was announced last outweighs what was announced before it."""
    if not segment.announced:
        return
    nearest = segment.announced[-1]
    recent = {a.topic for a in segment.announced if a.turn == nearest.turn}
    for topic in weights:
        if topic == nearest.topic:
            weights[topic] *= 1.1
        elif topic not in recent and any(a.topic == topic for a in segment.announced):
            weights[topic] *= _SUPERSEDED


def _load_at(conversation: Conversation, turn: int, character: int) -> int:
    tokens, loads = conversation.tokens[turn], conversation.loads[turn]
    low, high = 0, len(tokens)
    while low < high:
        middle = (low + high) // 2
        if tokens[middle].start < character:
            low = middle + 1
        else:
            high = middle
    return loads[low]


def _fit(topic: str, said: Sequence[str], segment: Segment, regions: Sequence[str]) -> float:
    length = len(said[0])
    sorts = {n.atom.sort for n in segment.numbers}
    if "calendar" in sorts and topic != "expiry":
        return 0.0
    if topic in ("card", "card_weak"):
        if "dated" in sorts and length <= 6:
            return 0.0
        return _card_fit(said, topic)
    if topic == "expiry":
        return _expiry_fit(said[0], sorts, segment)
    if topic in ("code", "code_weak"):
        return {3: 1.0, 4: 0.9, 2: 0.6, 5: 0.6, 6: 0.75, 7: 0.6}.get(length, 0.0)
    if topic == "phone":
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
    wanted = _DOCUMENT_LENGTHS.get(name, (9,))
    away = min(abs(length - each) for each in wanted)
    if length < 4:
        return 0.0
    return (1.05, 0.95, 0.85)[away] if away <= 2 else 0.75 if length > max(wanted) else 0.56


def _unannounced(said: Sequence[str], segment: Segment, regions: Sequence[str]) -> tuple[float, str]:
    """Numbers that give themselves away: a card by its check digit and shape, a mobile, a Chinese identity."""
    sizes = [len(n.atom.digits) for n in segment.numbers]
    dictated = max(sizes) <= _DICTATED or len(sizes) == 1
    for digits in said:
        if is_chinese_id(digits):
            return 1.0, "document:zh_id"
        if passes_luhn(digits) and dictated and _issued(digits):
            return 0.7, "card"
        if len(digits) in (15, 16) and _issued(digits) and sizes[:4] == [4, 4, 4, 4]:
            return 0.6, "card"
    # Prices named one after another ("19000", "18500") may make a phone's digits, but not in a phone's groups.
    grouped = len(sizes) == 1 or max(sizes) <= 4 or said[0].startswith("0")
    if dictated and grouped and any(is_phone(digits, regions, mobile=True) for digits in said):
        return 0.55, "phone"
    return 0.0, ""


def _issued(digits: str) -> bool:
    """Begins as cards do: 3 to 6, or 2200 to 2720 (Mir, Mastercard), and not as a row of years."""
    return digits[0] in "3456" or "2200" <= digits[:4] <= "2720"


def _card_beside_more(segment: Segment) -> tuple[float, str]:
    """A whole card by its check digit with its date or code beside it ("4242 4242 4242 4242, 12/27, 123")."""
    atoms = [number.atom for number in segment.numbers]
    for first in range(len(atoms)):
        if first and atoms[first - 1].sort != "dated":
            continue
        digits = ""
        for last in range(first, len(atoms)):
            if atoms[last].sort not in ("plain", "loose") or len(digits) > 16:
                break
            digits += atoms[last].digits
            rest = atoms[last + 1 : last + 2 + _CODE]
            near = not rest or rest[0].sort == "dated" or sum(len(atom.digits) for atom in rest) <= _CODE
            alone = first == last or all(len(atom.digits) <= _DICTATED for atom in atoms[first : last + 1])
            if len(digits) in (15, 16) and near and alone and _issued(digits) and passes_luhn(digits):
                return 0.7, "card"
    return 0.0, ""


def _rest_of(segment: Segment, memory: Memory, weights: dict[str, float], said: Sequence[str]) -> RedactionKind | None:
    """A late piece of a number whose beginning was masked a moment ago, when nothing else was announced since."""
    if memory.last_kind not in ("card", "phone", "document") or segment.begin[0] - memory.last_turn > 4:
        return None
    first = segment.numbers[0]
    if "other" in weights or "tail" in weights or not 3 <= len(said[0]) <= 12 or first.lead + first.trail > _FEW:
        return None
    short = {"card": 15, "phone": 10, "document": 9}[memory.last_kind]
    return memory.last_kind if memory.last_digits < short else None
