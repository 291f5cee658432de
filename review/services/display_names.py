"""Names that came from outside, made fit to be shown and stored. They are never used as paths."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 300  # characters
_ENDING: Final = 16  # of a long file name, so much of the end is kept: it says what the file is
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def display_text(text: str, *, longest: int = LONGEST) -> str:
    """The text on one line, without control characters and marks that turn the writing direction; cut to `longest`."""
    kept = "".join(" " if character.isspace() else character for character in text if not _is_dropped(character))
    return " ".join(kept.split())[:longest].rstrip()


def display_file_name(name: str) -> str:
    """The last part of a path of any system, cleaned; `recording` when nothing is left. At most 300 characters."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    cleaned = display_text(last, longest=100_000)
    if len(cleaned) > LONGEST:
        cleaned = cleaned[: LONGEST - _ENDING - 1] + "…" + cleaned[-_ENDING:]
    return cleaned if cleaned.strip(". ") else "recording"


def has_control(text: str) -> bool:
    """Whether the text holds characters no id or code may hold."""
    return any(_is_dropped(character) or character in "\r\n\t\u2028\u2029" for character in text)


def _is_dropped(character: str) -> bool:
    # Cs: halves of characters, which Python makes of undecodable file names and no database can store.
    if character in _BIDI or unicodedata.category(character) == "Cs":
        return True
    return unicodedata.category(character) == "Cc" and not character.isspace()
