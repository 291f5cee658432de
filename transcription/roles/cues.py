"""The cue lists: phrases that only a rep or only a client is likely to say, per language, each with its log-odds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parent / "cues"

_APOSTROPHES: Final = re.compile(r"['’ʼ`´]")
_NOT_WORDS: Final = re.compile(r"[^\w]+|_+")
_UNSPACED: Final = frozenset({"zh"})
_LOOSE_SPACES: Final = frozenset({"ko"})


@dataclass(frozen=True, slots=True)
class Cue:
    """One kind of thing to say. `weight` is the log-odds that a voice saying it is the rep; below zero the client."""

    id: str
    weight: float
    pattern: re.Pattern[str]


@lru_cache(maxsize=8)
def load_cues(language: str | None) -> tuple[Cue, ...]:
    """The cues of a language, in the file's order; none for a language without a list."""
    data = _read(language)
    if data is None or language is None:
        return ()
    return tuple(Cue(item["id"], float(item["weight"]), _compile(item["any"], language)) for item in data["cues"])


@dataclass(frozen=True, slots=True)
class HandoverPhrases:
    """What is said when one rep hands the call to another: the announcement, and the greeting of the new one."""

    announces: re.Pattern[str]
    greets: re.Pattern[str]


@lru_cache(maxsize=8)
def load_handover(language: str | None) -> HandoverPhrases | None:
    """The phrases of a handover in a language, or None without a list."""
    data = _read(language)
    if data is None or language is None or "handover" not in data:
        return None
    phrases = data["handover"]
    return HandoverPhrases(_compile(phrases["announces"], language), _compile(phrases["greets"], language))


def plain_text(text: str, language: str | None) -> str:
    """Text as the patterns see it: lower case, no punctuation, ё as е, apostrophes dropped; Chinese in simplified
    characters without spaces."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    text = _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", text)).strip()
    if language not in _UNSPACED:
        return text
    return "".join(_simplified(character) for character in text if character != " ")


@lru_cache(maxsize=16384)
def _simplified(character: str) -> str:
    found = str(_converter().convert(character)) if "\u3400" <= character <= "\u9fff" else character
    return found if len(found) == 1 else character


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _read(language: str | None) -> dict[str, Any] | None:
    path = FOLDER / f"{language}.yaml"
    if language is None or not language.isalpha() or not path.is_file():
        return None
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def _compile(patterns: list[str], language: str) -> re.Pattern[str]:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    if language in _UNSPACED or language in _LOOSE_SPACES:
        return re.compile(joined)
    # A whole word at both ends; a pattern that ends with a space has the beginning of its next word behind it.
    return re.compile(rf"(?<!\w)(?:{joined})(?:(?<=\s)|(?!\w))")
