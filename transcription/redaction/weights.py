"""How near and how plainly a segment's number was announced, per topic, 0..1 and a little more right behind it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from transcription.redaction.conversation import WORD, Announcement, Conversation, Position
from transcription.redaction.dictation import SHORT, Segment
from transcription.transcript import RedactionKind

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

_CODE_TOPICS: Final = ("code", "code_weak", "one_time")
_LONG: Final = 8
_PUT_RIGHT: Final = 3
_COMPARED: Final = 2
"""Turns behind an order's number in which another of its length is held against it."""

_STALE: Final = 0.4
_SUPERSEDED: Final = 0.75
FEW: Final = 2 * WORD
_STRENGTH: Final = {"card_weak": 0.8, "code_weak": 0.75, "number": 0.75}


@dataclass(slots=True)
class Memory:
    """What the call has said so far: the turn of the last card, and whether its number was whole."""

    card_turn: int = -1000
    last_kind: RedactionKind | None = None
    last_turn: int = -1000
    last_digits: int = 0
    used: dict[Position, int] = field(default_factory=dict)
    """Announcements that a number has answered already, and the turn in which it ended."""

    public: set[str] = field(default_factory=set)
    """Digits said as an order's number and the like."""

    public_turn: int = -1000
    public_sizes: set[int] = field(default_factory=set)
    """Where the last of them was said, and how many digits it has."""

    def compares(self, segment: Segment) -> bool:
        """Whether the segment holds its own against such a number: "the sticker says 9949...", "mine says 4138..."."""
        near = 0 <= segment.begin[0] - self.public_turn <= _COMPARED and not segment.announced
        return near and segment.length in self.public_sizes

    def is_public(self, segment: Segment) -> bool:
        """Whether the segment repeats a number that is nobody's secret."""
        said = segment.by_speaker()
        return any(digits in self.public or _corrects(digits, self.public) for digits in said)

    def answer(self, segment: Segment, topic: str) -> None:
        """Note that a segment answered what announced its topic."""
        for announcement in segment.announced:
            if announcement.topic == topic and segment.length >= SHORT.get(topic, 0):
                self.used.setdefault((announcement.turn, announcement.start), segment.close[0])


def _corrects(digits: str, public: set[str]) -> bool:
    """Whether a long number is a public one with a digit or two put right: "no, mine ends in 51"."""
    if len(digits) < _LONG:
        return False
    return any(
        len(other) == len(digits) and sum(a != b for a, b in zip(digits, other, strict=True)) <= _PUT_RIGHT
        for other in public
    )


def weigh(conversation: Conversation, segment: Segment, memory: Memory) -> dict[str, float]:
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
    bare = first.lead + first.trail <= FEW
    return 1.0 if bare and first.turn - answered <= 3 else _STALE


def _answered_at_once(conversation: Conversation, asked: Announcement, announced: Sequence[Announcement]) -> bool:
    """Its own number stands before the next announcement of that turn: "the total is 120 dollars, card number?"."""
    after = next((a for a in announced if a.turn == asked.turn and a.start > asked.start and a.topic != "other"), None)
    if after is None:
        return False
    atoms = conversation.atoms[asked.turn]
    first = bisect_left(atoms, asked.end, key=lambda atom: atom.start)
    return first < len(atoms) and atoms[first].start < after.start


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
