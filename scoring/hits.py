"""A hit: a phrase of the pack found in a turn, with its place in the raw text, so that it can be quoted and played."""

from __future__ import annotations

from typing import NamedTuple

from scoring.assessment import Evidence
from scoring.conversation import Conversation
from scoring.packs import Entry


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
