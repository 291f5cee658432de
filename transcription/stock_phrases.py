"""Phrases speech engines write where nobody speaks: captions and farewells of the videos they learned from."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Final

from transcription.speech import primary_language

LANGUAGES: Final = ("en", "ru", "ko", "zh")
"""Languages with a list. An engine invents in the call's language and, failing that, in English."""


def is_stock_phrase(text: str, language: str | None) -> bool:
    """True when the whole of `text` is such a phrase in the call's language or in English."""
    said = plain(text)
    if not said:
        return False
    own = primary_language(language)
    return any(
        _phrases(code).fullmatch(_spaced(said, code)) for code in dict.fromkeys((own, "en")) if code in LANGUAGES
    )


def plain(text: str) -> str:
    """Small letters, digits and single spaces; apostrophes vanish: "Don't" is "dont"."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace("'", "").replace("’", "")
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _spaced(said: str, language: str) -> str:
    return said.replace(" ", "") if language == "zh" else said


@lru_cache(maxsize=len(LANGUAGES))
def _phrases(language: str) -> re.Pattern[str]:
    import yaml

    file = resources.files("transcription").joinpath("stock_phrases.yaml")
    lists = yaml.safe_load(file.read_text(encoding="utf-8"))[language]
    return re.compile("|".join(f"(?:{phrase})" for kind in ("credits", "farewells") for phrase in lists[kind]))
