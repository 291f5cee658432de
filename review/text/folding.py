"""Names that people type, as they are compared: the same name written in another way is found again."""

from __future__ import annotations

import unicodedata


def fold_name(name: str) -> str:
    """The name in NFKC, case folded, ё as е, inner spaces single; empty when nothing is left."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).replace("ё", "е")
    return " ".join(folded.split())
