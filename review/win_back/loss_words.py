"""What kind of loss reason the CRM gives, by the rule packs' words for it; the reason of a lead has no language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from scoring.packs import languages_with_packs, load_pack

DUPLICATES: Final = ("duplicate", "double entry", "дубл", "중복", "重复", "重複")
"""How the reason "this lead is there twice" begins in the four languages of the packs."""


def says_nothing(text: str | None, languages: Iterable[str]) -> bool:
    """Whether a reason is empty or "other"; a reason that also names a competitor says something."""
    if not (text or "").strip():
        return True
    return is_kind(text, "other", languages) and not is_kind(text, "competitor", languages)


def is_duplicate(text: str | None) -> bool:
    """Whether the reason says that the same lead is there under another number."""
    folded = (text or "").casefold()
    return any(word in folded for word in DUPLICATES)


def is_kind(text: str | None, kind: str, languages: Iterable[str]) -> bool:
    """Whether the reason is of a kind (`unreachable`, `other`, `competitor`) in one of the languages, or in any."""
    wanted = sorted({name for name in languages if name in languages_with_packs()}) or sorted(languages_with_packs())
    return any(_holds(text or "", kind, language) for language in wanted)


@lru_cache(maxsize=4096)
def _holds(text: str, kind: str, name: str) -> bool:
    pack = load_pack(name)
    language = pack.vocabulary.language
    return language.holds(language.tokens(text.replace("_", " ").replace("-", " ")), pack.words[f"reason_{kind}"])
