"""What redaction hands on: places found, the originals that were masked, and the masked transcript with both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from transcription.transcript import REDACTION_KINDS, RedactionKind, Transcript, Word

MASKS: Final[dict[str, str]] = {kind: f"[{kind}]" for kind in REDACTION_KINDS}
"""What stands in the text for each kind: "[card]", "[card_code]", "[phone]", "[email]", "[document]"."""


@dataclass(frozen=True, slots=True)
class Place:
    """Private characters in a turn's text: `text[start:end]`."""

    turn: int
    start: int
    end: int
    kind: RedactionKind


@dataclass(frozen=True, slots=True)
class Original:
    """What one mask hides: its words and where to put them back. `start` and `end` are seconds, None when unknown.

    `turn` is -1, -2, ... for the first, second, ... removed piece of the transcript.
    `offset` is the mask's place in the masked turn's text; `words` replace `word_count` words of the masked turn
    from `first_word` on. When two masks lie in one word of the engine's, the first carries that word.
    """

    turn: int
    kind: RedactionKind
    start: float | None
    end: float | None
    text: str
    words: tuple[Word, ...] = ()
    offset: int = 0
    first_word: int = 0
    word_count: int = 0

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads back exactly; it holds the private words, so store it sealed."""
        return {
            "turn": self.turn,
            "kind": self.kind,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "words": [[w.text, w.start, w.end, w.confidence] for w in self.words],
            "offset": self.offset,
            "first_word": self.first_word,
            "word_count": self.word_count,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Original:
        """Read what `to_json` wrote. Raises KeyError or TypeError on anything else."""
        return cls(**{**data, "words": tuple(Word(*word) for word in data["words"])})


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked transcript (its `redactions` say where) and the originals for those who may see them."""

    transcript: Transcript
    originals: tuple[Original, ...] = ()
