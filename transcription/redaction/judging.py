"""What a dictated number is: how well its digits fit each kind, times how near and how plainly it was announced.

A fit is 0..1 (a little more with a check digit or a valid number range), a weight 0..1 by distance. The best product
wins; it is private from ENOUGH on. Figures were set on the first set of scenes of `benchmarks/redaction.py` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.redaction.conversation import WORD, Conversation
from transcription.redaction.dictation import Segment, announced_before
from transcription.redaction.fitting import DOCUMENT_LENGTHS, fit
from transcription.redaction.listing import is_listing
from transcription.redaction.unannounced import (
    bare_code,
    card_beside_more,
    gives_away,
    in_sentences,
    long_run,
    sure_card,
)
from transcription.redaction.weights import FEW, Memory, weigh
from transcription.transcript import RedactionKind

ENOUGH: Final = 0.5
_CLEAR: Final = 0.75
_NEAR_OTHER: Final = 2
_PIECE: Final = 8
_VAGUE: Final = ("card_weak", "number")
"""Topics that sums and figures are spoken of with as well: "pay", "charge", "the numbers"."""

_NAMED: Final = ("other", "tail", "phone", "mail", *(f"document:{name}" for name in DOCUMENT_LENGTHS))
"""Topics that say whose number an answer is."""

_BRIEF: Final = ("code", "code_weak", "one_time", "expiry")


_TOPICS: Final[dict[str, tuple[str, ...]]] = {
    "card": ("card", "card_weak", "expiry"),
    "card_code": ("code", "code_weak", "one_time"),
    "phone": ("phone",),
    "document": tuple(f"document:{name}" for name in DOCUMENT_LENGTHS),
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
    weights = weigh(conversation, segment, memory)
    plain = all(n.atom.sort in ("plain", "loose") for n in segment.numbers)
    best: tuple[float, str] = (0.0, "")
    listing = is_listing(conversation, segment) and not sure_card(segment)
    told = listing or in_sentences(segment)
    for topic, weight in sorted(weights.items()):
        if (listing and topic in _VAGUE) or (told and topic == "number"):
            continue
        fitting = fit(topic, said, segment, regions) * (
            _wordiness(segment) if topic in _BRIEF or len(said[0]) < _PIECE else 1.0
        )
        best = max(best, (weight * fitting, topic))
    unannounced = max(gives_away(said, segment, regions) if plain else (0.0, ""), card_beside_more(segment))
    if listing or (best[1] in ("other", "tail") and best[0] >= _CLEAR):
        # An order's number may look like a card's or a phone's by chance, so only the announcement counts.
        unannounced = (0.0, "")
    if listing:
        pass
    elif not memory.is_public(segment) and sure_card(segment) and not _in_one_breath(segment):
        best, unannounced = (0.0, ""), (0.8, "card")
    elif not memory.is_public(segment) and not _just_other(segment) and not memory.compares(segment):
        dictated = long_run(segment)
        unannounced = max(unannounced, dictated)
        if dictated[0] and best[1] in ("other", "tail"):
            best = (0.0, "")
    if not listing and not memory.is_public(segment) and not any(topic in _NAMED for topic in weights):
        unannounced = max(unannounced, bare_code(conversation, segment))
    score, topic = max(best, unannounced)
    if score >= ENOUGH and topic in ("other", "tail"):
        memory.answer(segment, topic)
        if topic == "other":
            memory.public.update(said)
            memory.public_turn, memory.public_sizes = segment.close[0], {len(digits) for digits in said}
        return None
    kind = _kind(topic, len(said[0])) if score >= ENOUGH else _rest_of(segment, memory, weights, said)
    if kind is None and segment.announced and segment.announced[-1].topic == "expiry":
        memory.answer(segment, "expiry")  # answered, though no card is known yet
    if kind is not None:
        memory.answer(segment, topic)
        whole = topic == "expiry" or kind == "card_code"
        memory.last_kind, memory.last_turn = None if whole else kind, segment.close[0]
        memory.last_digits = len(said[0]) // (1 + _twice(said[0]))
        if kind == "card":
            memory.card_turn = segment.close[0]
    return kind


def _twice(digits: str) -> bool:
    """The same digits repeated: "897 417" - "897 417?"."""
    half = len(digits) // 2
    return half > 2 and digits[:half] == digits[half:]


def _in_one_breath(segment: Segment) -> bool:
    """Announced as an order or the like in the very turn of its number."""
    return any(a.topic in ("other", "tail") and a.turn == segment.begin[0] for a in segment.announced)


def _just_other(segment: Segment) -> bool:
    """Announced as an order or the like in its own turn or the two before, with nothing else announced since."""
    last = segment.announced[-1] if segment.announced else None
    return last is not None and last.topic in ("other", "tail") and segment.begin[0] - last.turn <= _NEAR_OTHER


def _kind(topic: str, length: int) -> RedactionKind | None:
    if topic == "number":
        return "card" if length >= 13 else "phone"
    if topic.startswith("document"):
        return "document"
    if topic in ("card", "card_weak", "expiry"):
        return "card"
    if topic in ("code", "code_weak", "one_time"):
        return "card_code"
    return "phone" if topic == "phone" else None


def _wordiness(segment: Segment) -> float:
    """Less than 1 for few digits in a long sentence, which is rarely the answer to "the code on the back?"."""
    words = (segment.numbers[0].lead + segment.numbers[-1].trail) / WORD
    return 1.0 if words <= 4 else 0.7 if words <= 6 else 0.45


def _rest_of(segment: Segment, memory: Memory, weights: dict[str, float], said: Sequence[str]) -> RedactionKind | None:
    """A late piece of a number whose beginning was masked a moment ago, when nothing else was announced since."""
    if memory.last_kind not in ("card", "phone", "document") or segment.begin[0] - memory.last_turn > 4:
        return None
    first = segment.numbers[0]
    least = 3 if memory.last_kind == "card" else 1
    if "other" in weights or "tail" in weights or not least <= len(said[0]) <= 12 or first.lead + first.trail > FEW:
        return None
    short = {"card": 15, "phone": 10, "document": 9}[memory.last_kind]
    return memory.last_kind if memory.last_digits < short else None
