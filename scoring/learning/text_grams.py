"""N-grams of a turn as 64-bit numbers, made by numpy at once and remembered, so that many models share one reading.

A word's or a gram's number is a polynomial of its characters' codes modulo 2**64; two of some 100,000 grams share a
number with a chance of about one in a thousand million. Names are cut from the text itself when somebody asks why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*|[?!]+|…|\.\.+")
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_WORD_BASE: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_REMEMBERED: Final = 20_000

CHARACTER_RANGES: Final = {"ko": (1, 4), "zh": (1, 3)}
WORD_SCRIPTS_RANGE: Final = (2, 5)


@dataclass(frozen=True)
class Grams:
    """Different grams of one text in order of their number, how often each occurs, and where it first does.

    `starts` and `ends` are characters of the text as it was read (see `read_text`).
    """

    hashes: Hashes
    counts: NDArray[np.float64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def script_of(text: str, language: str) -> str:
    """ "ko", "zh" or "" (words between spaces): from the tag, else from the text's own signs."""
    short = language.replace("_", "-").split("-")[0].lower()
    if short:
        return short if short in CHARACTER_RANGES else ""
    if _HANGUL.search(text):
        return "ko"
    return "zh" if _HAN.search(text) else ""


@lru_cache(maxsize=_REMEMBERED)
def read_text(text: str) -> str:
    """The text as grams see it: small letters, straight apostrophes, one space between words, figures as 0."""
    folded = " ".join(text.lower().replace("’", "'").replace("ё", "е").split())
    return re.sub(r"\d", "0", folded)


@lru_cache(maxsize=_REMEMBERED)
def word_grams(text: str, longest: int) -> Grams:
    """Words (and question and exclamation marks) 1..longest in a row."""
    read = read_text(text)
    spans = [match.span() for match in _TOKEN.finditer(read)]
    if not spans:
        return _NOTHING
    words = np.array([_number(read[start:end]) for start, end in spans], np.uint64)
    starts, ends = np.array(spans, np.int64).T
    hashes, firsts, lasts = [words * np.uint64(3) + np.uint64(1)], [starts], [ends]
    joined = words.copy()
    for size in range(2, longest + 1):
        if len(words) < size:
            break
        joined = joined[: len(words) - size + 1] * _WORD_BASE + words[size - 1 :]
        hashes.append(joined * np.uint64(3) + np.uint64(size))
        firsts.append(starts[: len(joined)])
        lasts.append(ends[size - 1 :])
    return _counted(np.concatenate(hashes), np.concatenate(firsts), np.concatenate(lasts))


@lru_cache(maxsize=_REMEMBERED)
def character_grams(text: str, shortest: int, longest: int, within_words: bool) -> Grams:
    """Runs of shortest..longest characters; `within_words` leaves out those with a space inside (edges may be one)."""
    read = f" {read_text(text)} "
    codes = np.array([ord(sign) for sign in read], np.uint64)
    if len(codes) <= 2:
        return _NOTHING
    spaces = np.concatenate([[0], np.cumsum(codes == 32)])
    hashes, firsts, lasts = [], [], []
    joined = codes.copy()
    for size in range(1, longest + 1):
        if len(codes) < size:
            break
        if size > 1:
            joined = joined[: len(codes) - size + 1] * _BASE + codes[size - 1 :]
        if size < shortest:
            continue
        starts = np.arange(len(joined), dtype=np.int64)
        if within_words and size > 2:
            keep = spaces[starts + size - 1] == spaces[starts + 1]
        else:
            keep = codes[starts] != 32 if size == 1 else np.ones(len(starts), bool)
        hashes.append((joined * np.uint64(7) + np.uint64(size))[keep])
        firsts.append(starts[keep])
        lasts.append(starts[keep] + size)
    if not hashes:
        return _NOTHING
    first, last = np.concatenate(firsts) - 1, np.concatenate(lasts) - 1
    return _counted(np.concatenate(hashes), first, last)


@lru_cache(maxsize=_REMEMBERED)
def named_grams(names: tuple[str, ...]) -> Grams:
    """Named signs as grams; `starts` are their places in the names given."""
    if not names:
        return _NOTHING
    hashes = np.array([_number(name) for name in names], np.uint64)
    places = np.arange(len(names), dtype=np.int64)
    return _counted(hashes, places, places + 1)


def salted(hashes: Hashes, salt: str) -> Hashes:
    """The same grams as said by someone else: other numbers, one to one."""
    marked: Hashes = np.bitwise_xor(hashes, np.uint64(_number(salt)))
    return marked


def name_of(text: str, start: int, end: int) -> str:
    """The gram at a place of the text as it was read; spaces at its edges shown as `_`."""
    padded = f" {read_text(text)} "[start + 1 : end + 1]
    return padded.replace(" ", "_") if padded != padded.strip() else padded


def _counted(hashes: Hashes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Grams:
    unique, first, counts = np.unique(hashes, return_index=True, return_counts=True)
    return Grams(unique, counts.astype(np.float64), starts[first], ends[first])


@lru_cache(maxsize=_REMEMBERED)
def _number(word: str) -> int:
    number = len(word)
    for sign in word:
        number = (number * 0x100000001B3 + ord(sign)) & 0xFFFFFFFFFFFFFFFF
    return (number ^ (number >> 29)) & 0xFFFFFFFFFFFFFFFF


_NOTHING: Final = Grams(np.zeros(0, np.uint64), np.zeros(0, np.float64), np.zeros(0, np.int64), np.zeros(0, np.int64))
