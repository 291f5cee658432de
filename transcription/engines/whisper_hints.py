"""Names to listen for (products, the client): which of them an unsure word may have been, and whether hearing it again
with them in mind was better. A window without doubt is never heard with hints: they would be heard where nobody said
them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from transcription.engines.whisper_hearing import Hearing
from transcription.engines.whisper_words import HeardWord

UNSURE: Final = 0.5
"""A word under this confidence is in doubt (the threshold under which criteria answer "cannot judge")."""

NEAR: Final = 0.6
NEAR_SYLLABIC: Final = 0.5
"""Likeness 0..1 of letters (Indel) from which an unsure stretch may be a misheard name: "cold coach" and "Callcoach"
have 0.78; of 400 pairs of words of sales calls the mean is 0.23 and one in a hundred reaches 0.5. A name of two
characters with one misheard has 0.5."""

MOST_HINTS: Final = 8
MOST_HINT_TOKENS: Final = 48
"""Of the 223 tokens that may go before a window: a long list is heard everywhere."""

_SHORTEST: Final = 3
_SHORTEST_SYLLABIC: Final = 2
_MOST_JOINED: Final = 3


def hints_for(words: Sequence[HeardWord], hotwords: Sequence[str]) -> tuple[str, ...]:
    """The names that unsure words may have been, likeliest first; none when nothing is in doubt or nothing is near."""
    from rapidfuzz.distance import Indel

    doubts = [n for n, word in enumerate(words) if word.confidence < UNSURE]
    if not doubts:
        return ()
    letters = [_letters(word.text) for word in words]
    found: dict[str, float] = {}
    for name in hotwords:
        wanted = _letters(name)
        if len(wanted) < (_SHORTEST_SYLLABIC if _syllabic(wanted) else _SHORTEST):
            continue
        stretches = _stretches(letters, doubts, wanted)
        if wanted in stretches:
            continue  # it was heard; that the model is unsure of it is for the reader to see
        best = max(Indel.normalized_similarity(stretch, wanted) for stretch in stretches)
        if best >= (NEAR_SYLLABIC if _syllabic(wanted) else NEAR):
            found[name.strip()] = best
    return tuple(sorted(found, key=lambda name: (-found[name], name))[:MOST_HINTS])


def hint_tokens(hints: Sequence[str], tokens: Callable[[str], list[int]]) -> list[int]:
    """The hints as the text that goes before a window, whole names only, never more than MOST_HINT_TOKENS."""
    said: list[str] = []
    for hint in hints:
        if len(tokens(", ".join([*said, hint]))) > MOST_HINT_TOKENS:
            break
        said.append(hint)
    return tokens(", ".join(said)) if said else []


def better_with_hints(first: Hearing, second: Hearing, looping: float) -> bool:
    """True when the second hearing, with hints, is to be kept: the doubt is less, and all that was sure is still there.

    `looping` is the compression ratio above which a text goes round in circles.
    """
    if not second.words or second.confidence <= first.confidence or second.compression_ratio > looping:
        return False
    again = iter([_letters(word.text) for word in second.words])
    return all(_letters(word.text) in again for word in first.words if word.confidence >= UNSURE)


def _stretches(letters: Sequence[str], doubts: Sequence[int], wanted: str) -> set[str]:
    """One to three neighbouring words with a doubt among them, or characters where words are single ones."""
    most = max(_MOST_JOINED, len(wanted) + 1) if _syllabic(wanted) else _MOST_JOINED
    found = set()
    for doubt in doubts:
        for count in range(1, most + 1):
            for first in range(max(0, doubt - count + 1), min(doubt, len(letters) - count) + 1):
                found.add("".join(letters[first : first + count]))
    return found


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold().replace("ё", "е") if c.isalnum())


def _syllabic(text: str) -> bool:
    """Written in Han, Hangul or Kana: two characters are a word."""
    return any("\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in text)
