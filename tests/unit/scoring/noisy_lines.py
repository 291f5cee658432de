"""Lines as a speech engine writes them: no marks, a filler, a word said twice, a small word lost, a word misheard.

Each kind of noise is deterministic: what is changed follows from the line alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Final

FILLERS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("uh", "um", "you know"),
    "ru": ("э", "ну", "как бы"),
    "ko": ("어", "음", "그"),
    "zh": ("嗯", "那个", "呃"),
}
SMALL: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset("a an the so well just really and to of".split()),  # noqa: SIM905 - a list of words reads better
    "ru": frozenset("ну вот же а и то уже просто".split()),  # noqa: SIM905
    "ko": frozenset("좀 그냥 네 아 그럼".split()),  # noqa: SIM905
    "zh": frozenset("啊呢吧嘛呀哦"),
}
MARKS: Final = re.compile(r"[.,!?;:…—。，？！、；：“”\"«»()]")


def without_marks(line: str, _language: str) -> str:
    """No punctuation, no capitals."""
    return " ".join(MARKS.sub(" ", line).split()).lower()


def with_filler(line: str, language: str) -> str:
    """A filler between two words."""
    words, glue = _words(line, language)
    filler = FILLERS[language][_draw(line, len(FILLERS[language]))]
    at = 1 + _draw(line + "f", max(1, len(words) - 1))
    return glue.join([*words[:at], filler, *words[at:]])


def with_stammer(line: str, language: str) -> str:
    """A word said twice; where there are no words, two characters."""
    words, glue = _words(line, language)
    at = _draw(line + "s", len(words))
    return glue.join([*words[: at + 1], words[at], *words[at + 1 :]])


def without_small_word(line: str, language: str) -> str:
    """The first word lost that carries no sense of its own, as engines lose them."""
    words, glue = _words(line, language)
    for at, word in enumerate(words):
        if MARKS.sub("", word).lower() in SMALL[language]:
            return glue.join([*words[:at], *words[at + 1 :]])
    return line


KINDS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "without_marks": without_marks,
    "with_filler": with_filler,
    "with_stammer": with_stammer,
    "without_small_word": without_small_word,
}


def _words(line: str, language: str) -> tuple[list[str], str]:
    if language == "zh":
        return [line[at : at + 2] for at in range(0, len(line), 2)] or [line], ""
    return line.split() or [line], " "


def _draw(text: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % count
