"""The word lists of `words/*.yaml`, read once and merged: their scripts differ, so one table serves mixed calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

LANGUAGES: Final = ("en", "ru", "ko", "zh")
_FOLDER: Final = Path(__file__).with_name("words")

_MISSPELLED: Final = 5
"""Letters a Russian number word needs before one of them may be missing."""

_REAL_WORDS: Final = frozenset({"срок", "вести", "соок", "сто", "девят", "оин", "триса", "деять"})
"""Number words with a letter missing that mean something else, or too little."""


@dataclass(frozen=True, slots=True)
class MailWords:
    """How people say the signs of an e-mail address."""

    at: frozenset[str]
    dot: frozenset[str]
    link: frozenset[str]
    stop: frozenset[str]
    hosts: frozenset[str]
    ends: frozenset[str]
    places: frozenset[str]
    """Words before an "at" that leads to a place on the web: "look at", "find it at"."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All word lists; words are folded as `fold` does."""

    announce: tuple[tuple[str, re.Pattern[str]], ...]
    """(topic, expression): card, card_weak, code, code_weak, expiry, phone, number, document:NAME, other, tail,
    mail."""

    units: re.Pattern[str]
    counters: tuple[str, ...]
    """Korean counters, longest first."""

    measure: frozenset[str]
    """Chinese characters that make the number before them a count."""

    measure_one: frozenset[str]
    """Chinese characters that make a single number character before them part of a word."""

    before: frozenset[str]
    few: frozenset[str]
    one: frozenset[str]
    """Words behind which "one" counts nothing: "this one"."""

    ordinal: frozenset[str]
    """Words that make the number behind them the place of something in a row: 第一组."""

    pauses: frozenset[str]
    """Words with which "one" asks for a moment and neither counts nor dictates."""

    before_year: frozenset[str]
    time_before: frozenset[str]
    """Words, or two of them, before a time of day."""

    time_after: frozenset[str]
    time_links: frozenset[str]
    """Words between two times of one choice: "or", "until"."""

    time_spans: frozenset[str]
    """Words between the two ends of a span of time."""

    choices: frozenset[str]
    """Words between values to choose from: "or"."""

    days: frozenset[str]
    """Days of the week."""

    soft: frozenset[str]
    digits: dict[str, str]
    near: dict[str, str]
    between: dict[str, str]
    teens: dict[str, int]
    tens: dict[str, int]
    hundreds: dict[str, int]
    hundred: frozenset[str]
    thousand: frozenset[str]
    repeats: dict[str, int]
    plurals: dict[str, str]
    months: dict[str, int]
    letters: dict[str, str]
    native: dict[str, str]
    korean: dict[str, str]
    chinese: dict[str, str]
    scales: frozenset[str]
    endings: frozenset[str]
    mail: MailWords


def fold(word: str) -> str:
    """A word as the lists spell it: lower case, Russian ё as е."""
    return word.lower().replace("ё", "е")


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The merged word lists."""
    data = {name: yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) for name in LANGUAGES}
    digits = {word: str(value) for word, value in _table(data, "digits").items()}
    tens, teens, hundreds = _table(data, "tens"), _table(data, "teens"), _table(data, "hundreds")
    between = {word: str(value) for word, value in _table(data, "between").items()}
    known = {*digits, *tens, *teens, *hundreds}
    russian = {fold(word) for key in ("digits", "tens", "teens", "hundreds") for word in data["ru"][key]}
    for word in sorted(russian):
        for shorter in _one_letter_less(word):
            if shorter in known or shorter in _REAL_WORDS:
                continue
            if word in digits:
                between.setdefault(shorter, digits[word])
            else:
                (tens if word in tens else teens if word in teens else hundreds).setdefault(
                    shorter, tens.get(word) or teens.get(word) or hundreds.get(word) or 0
                )
    words = [word for name in ("en", "ru") for word in _listed(data, name, "units")]
    return Lexicon(
        announce=tuple(_announcements(data)),
        units=re.compile("(?:" + "|".join(fold(word) for word in words) + ")"),
        counters=tuple(sorted(_listed(data, "ko", "units"), key=lambda word: (-len(word), word))),
        measure=frozenset(_listed(data, "zh", "units")),
        measure_one=frozenset(_listed(data, "zh", "units_of_one")),
        before=_set(data, "before"),
        few=_set(data, "few"),
        one=_set(data, "one"),
        ordinal=_set(data, "ordinal"),
        pauses=_set(data, "pauses"),
        before_year=_set(data, "before_year"),
        time_before=_set(data, "time_before"),
        time_after=_set(data, "time_after"),
        time_links=_set(data, "time_links"),
        time_spans=_set(data, "time_spans"),
        choices=_set(data, "choices"),
        days=_set(data, "days"),
        soft=frozenset(fold(word) for name in LANGUAGES for word in _listed(data, name, "soft")),
        digits=digits,
        near={word: str(value) for word, value in _table(data, "near").items()},
        between=between,
        teens=teens,
        tens=tens,
        hundreds=hundreds,
        hundred=_set(data, "hundred"),
        thousand=_set(data, "thousand"),
        repeats=_table(data, "repeats"),
        plurals={word: str(value) for word, value in _table(data, "plurals").items()},
        months=_table(data, "months"),
        letters={word: str(value) for word, value in _raw(data, "letters").items()},
        native={word: str(value) for word, value in data["ko"]["native"].items()},
        korean={word: str(value) for word, value in data["ko"]["syllables"].items()},
        chinese={word: str(value) for word, value in data["zh"]["syllables"].items()},
        scales=frozenset(data["ko"]["scales"] + data["zh"]["scales"]),
        endings=frozenset(_listed(data, "ko", "endings")),
        mail=MailWords(**{key: _mail(data, key) for key in ("at", "dot", "link", "stop", "hosts", "ends", "places")}),
    )


def _announcements(data: dict[str, Any]) -> list[tuple[str, re.Pattern[str]]]:
    """One expression per class over all languages, so that a text is searched a few times, not hundreds of times."""
    gathered: dict[str, list[str]] = {}
    for name in LANGUAGES:
        for key, expressions in data[name]["announce"].items():
            named = {f"document:{part}": e for part, e in expressions.items()} if isinstance(expressions, dict) else {}
            for label, parts in (named or {key: expressions}).items():
                joined = "|".join(parts)
                bounded = rf"(?<!\w)(?:{joined})(?!\w)" if data[name]["boundary"] else f"(?:{joined})"
                gathered.setdefault(label, []).append(bounded)
    return [(label, re.compile("|".join(parts))) for label, parts in gathered.items()]


def _raw(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {fold(word): value for name in LANGUAGES for word, value in (data[name].get(key) or {}).items()}


def _table(data: dict[str, Any], key: str) -> dict[str, int]:
    return {word: int(value) for word, value in _raw(data, key).items()}


def _listed(data: dict[str, Any], name: str, key: str) -> list[str]:
    return [word for line in data[name].get(key) or [] for word in line.split()]


def _set(data: dict[str, Any], key: str) -> frozenset[str]:
    return frozenset(fold(word) for name in LANGUAGES for word in data[name].get(key) or [])


def _mail(data: dict[str, Any], key: str) -> frozenset[str]:
    return frozenset(fold(word) for name in LANGUAGES for word in data[name]["mail"].get(key) or [])


def _one_letter_less(word: str) -> set[str]:
    return {word[:n] + word[n + 1 :] for n in range(len(word))} if len(word) >= _MISSPELLED - 1 else set()
