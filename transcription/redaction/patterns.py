"""Numbers whose written form alone gives them away: identity numbers and international phones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from transcription.redaction.types import Place
from transcription.transcript import RedactionKind, Turn

_EDGE: Final = r"(?<![\w-])"
_PATTERNS: Final[tuple[tuple[RedactionKind, re.Pattern[str]], ...]] = (
    # Korean resident registration number: birth date, then 1 to 8 for century and sex.
    ("document", re.compile(_EDGE + r"\d{2}(?:0[1-9]|1[0-2])[0-3]\d-[1-8]\d{6}(?!\d)", re.ASCII)),
    # United States social security number.
    ("document", re.compile(_EDGE + r"(?!000|666)[0-8]\d{2}-\d{2}-\d{4}(?![\d-])", re.ASCII)),
    # United Kingdom national insurance number.
    ("document", re.compile(_EDGE + r"[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Za-z\d])", re.ASCII)),
    # United Kingdom driving licence.
    ("document", re.compile(_EDGE + r"[A-Z][A-Z9]{4} ?\d{6} ?[A-Z9]{2}\d ?[A-Z]{2}(?![A-Za-z\d])", re.ASCII)),
    # Russian insurance number of an individual (СНИЛС).
    ("document", re.compile(_EDGE + r"\d{3}-\d{3}-\d{3}[ -]\d{2}(?![\d-])", re.ASCII)),
    # Chinese resident identity number that ends in X.
    (
        "document",
        re.compile(r"(?<![0-9A-Za-z])[1-6]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d\d{3}[Xx](?![0-9A-Za-z])"),
    ),
    ("phone", re.compile(r"(?<![\w+])\+\d(?:[ ()-]{0,2}\d){8,14}(?!\d)", re.ASCII)),
)


def find_patterns(turns: Sequence[Turn]) -> list[Place]:
    """Places in written form, earlier patterns first where two overlap."""
    found: list[Place] = []
    for index, turn in enumerate(turns):
        taken: list[tuple[int, int]] = []
        for kind, pattern in _PATTERNS:
            for match in pattern.finditer(turn.text):
                if all(match.end() <= start or match.start() >= end for start, end in taken):
                    taken.append(match.span())
                    found.append(Place(index, match.start(), match.end(), kind))
    return found
