"""The words names are told by, read once from names.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class NameWords:
    """Folded given names of languages with spaces, those that are words as well, and surnames of those without."""

    given: frozenset[str]
    stems: frozenset[str]  # of Russian given names, for their endings
    also_words: frozenset[str]
    korean_surnames: str
    korean_words: frozenset[str]
    chinese_surnames: str
    chinese_words: frozenset[str]
    small: frozenset[str]  # words that follow "my name is" and are no names
    legal: frozenset[str]  # Ltd, GmbH and what else every company's name may end with
    endings: frozenset[str]  # of Russian names

    def is_small(self, word: str) -> bool:
        """Whether a folded word cannot be a name."""
        return len(word) < 2 or word in self.small or word in self.legal

    def is_form_of(self, word: str, of: str) -> bool:
        """Whether a folded word is the stem `of` with a Russian ending."""
        return word.startswith(of) and word[len(of) :] in self.endings


@cache
def name_words() -> NameWords:
    """The words of names.yaml."""
    data: Any = yaml.safe_load((files("transcription.identity") / "names.yaml").read_text(encoding="utf-8"))
    russian = {fold(name) for name in data["ru"]["given"].split()}
    also = {fold(name) for language in ("en", "ru") for name in data[language]["also_words"].split()}
    return NameWords(
        given=frozenset(fold(name) for name in data["en"]["given"].split()),
        stems=frozenset(stem(name) for name in russian - also),
        also_words=frozenset(also),
        korean_surnames=data["ko"]["surnames"],
        korean_words=frozenset(data["ko"]["not_names"].split()),
        chinese_surnames=data["zh"]["surnames"],
        chinese_words=frozenset(data["zh"]["not_names"].split()),
        small=frozenset(fold(word) for language in ("en", "ru") for word in data[language]["small"].split()),
        legal=frozenset(fold(word) for language in ("en", "ru") for word in data[language]["legal"].split()),
        endings=frozenset(["", *data["ru"]["endings"].split()]),
    )


def fold(word: str) -> str:
    """A word as it is compared: small letters, ё as е."""
    return word.casefold().replace("ё", "е")


def stem(name: str) -> str:
    """A folded Russian name without its ending; names of other languages come back almost as they are."""
    for ending in ("ия", "ья", "ий", "ей", "ай", "а", "я", "й", "ь", "о", "е"):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name
