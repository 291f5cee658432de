"""A hit: a phrase of the pack found in a turn, with its place in the raw text, so that it can be quoted and played."""

from __future__ import annotations

from operator import itemgetter
from typing import Final, NamedTuple

from scoring.assessment import Evidence
from scoring.conversation import Conversation
from scoring.packs import Entry

_by_place: Final = itemgetter(3, 4, 5)  # a hit's start, end and what found it
_source_of: Final = itemgetter(5)


class Hit(NamedTuple):
    """A phrase found: characters `start`..`end` of merged turn `turn`, in its sentence number `sentence`."""

    entry: Entry
    turn: int
    sentence: int
    start: int
    end: int
    source: str
    precision: float
    speech_confidence: float | None

    @property
    def group(self) -> str:
        """What the hit counts as."""
        return self.entry.group

    @property
    def mark(self) -> str:
        """What found it, as evidence names it: a rule of the pack, or a model that names itself."""
        return self.source if self.source.startswith("model:") else f"rule:{self.source}"

    @property
    def confidence(self) -> float:
        """How sure the finding is, 0..1: the rule's precision, less where the speech engine was unsure."""
        return self.precision * speech_factor(self.speech_confidence)

    def evidence(self, conversation: Conversation) -> Evidence:
        """The hit as evidence."""
        return conversation.turns[self.turn].evidence(self.start, self.end, self.mark)


def speech_factor(confidence: float | None) -> float:
    """What a finding keeps of its confidence when its words were recognised with `confidence` (None: certain).

    A phrase of several words survives one misheard word, so doubt counts half.
    """
    return 1.0 if confidence is None else 0.5 + 0.5 * confidence


def without_overlaps(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits of one entry the longest; all in order of place, then entry."""
    if len(hits) < 2:
        return hits
    if len(set(map(_source_of, hits))) == len(hits):  # each of another entry
        return sorted(hits, key=_by_place)
    kept: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda h: (h.start, h.start - h.end, -h.precision)):
        mine = kept.setdefault(hit.source, [])
        if mine and hit.start < mine[-1].end:
            if hit.end - hit.start > mine[-1].end - mine[-1].start:
                mine[-1] = hit
            continue
        mine.append(hit)
    return sorted((hit for mine in kept.values() for hit in mine), key=_by_place)
