"""What recorded announcements say, read from announcements.yaml, and how often a text says such things."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from transcription.speech import primary_language
from transcription.stock_phrases import plain

KINDS: Final = ("machine", "notice", "voicemail", "likely", "person")
LANGUAGES: Final = ("en", "ru", "ko", "zh")

LIKENESS: Final = 86.0
"""How alike (0..100, RapidFuzz) a stretch of the text must be to a phrase: in twenty letters about three misheard."""

LOOSE_FROM: Final = {"zh": 7, "ko": 8}
LOOSE_ELSEWHERE: Final = 12
"""Letters from which a phrase is compared loosely; shorter ones must be there as they are."""


@dataclass(frozen=True, slots=True)
class Cues:
    """How many different cues of each kind a text holds."""

    machine: int = 0
    notice: int = 0
    voicemail: int = 0
    likely: int = 0
    person: int = 0

    @property
    def recording(self) -> int:
        """Cues that speak for a recording, if only a little."""
        return self.machine + self.notice + self.voicemail + self.likely


@dataclass(frozen=True, slots=True)
class _List:
    phrases: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


def count_cues(text: str, language: str | None) -> Cues:
    """The cues in a text; none for a language without a list."""
    code = primary_language(language)
    if code not in LANGUAGES:
        return Cues()
    said = _plain(text, code)
    return Cues(**{kind: _count(said, found, code) for kind, found in _lists(code).items()})


def _count(said: str, cues: _List, language: str) -> int:
    from rapidfuzz.fuzz import partial_ratio

    least = LOOSE_FROM.get(language, LOOSE_ELSEWHERE)
    found = sum(bool(pattern.search(said)) for pattern in cues.patterns)
    for phrase in cues.phrases:
        if phrase in said or (least <= len(phrase) <= len(said) and partial_ratio(phrase, said, score_cutoff=LIKENESS)):
            found += 1
    return found


def _plain(text: str, language: str) -> str:
    said = plain(text)
    return said.replace(" ", "") if language == "zh" else said


@lru_cache(maxsize=len(LANGUAGES))
def _lists(language: str) -> dict[str, _List]:
    import yaml

    file = resources.files("transcription.sounds").joinpath("announcements.yaml")
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))[language]
    return {
        kind: _List(
            tuple(_plain(phrase, language) for phrase in data[kind]["phrases"]),
            tuple(re.compile(pattern) for pattern in data[kind]["patterns"]),
        )
        for kind in KINDS
    }
