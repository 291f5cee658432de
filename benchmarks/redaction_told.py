"""Whole dialogues of the ninth and tenth sets: written out, with places for digits that are said in a given style.

`<c 4:8 w>` is digits 4 to 8 of card c in words. Kinds: c card, x expiry, v code, o one-time code, p phone, d document;
`<! 4>` are digits wrongly heard, `<t w>` a card's last four (nobody's secret), `<#8>` a number that is nobody's secret.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Final

from benchmarks.redaction_dialogues import Dialogue, Label
from benchmarks.redaction_speech import HUNDREDS_RU, ONES, TEENS, TENS, THOUSANDS_RU, say_digits
from benchmarks.redaction_values import luhn_digit, make_phone

_SLOT: Final = re.compile(r"<([cxvopdt#!])([ab]?)(?: (\d+):(\d+))?(?: ?(\d+))? *([a-zA-Z.,-]?)>")
_KINDS: Final = {"c": "card", "x": "card", "v": "card_code", "o": "card_code", "p": "phone", "d": "document"}
_FOND: Final = [
    "нолик",
    "единичка",
    "двоечка",
    "троечка",
    "четвёрочка",
    "пятёрочка",
    "шестёрочка",
    "семёрочка",
    "восьмёрочка",
    "девяточка",
]
_ISSUERS: Final[dict[str, list[tuple[str, int]]]] = {
    "en": [("4", 16), ("53", 16), ("37", 15)],
    "ru": [("4", 16), ("55", 16), ("2200", 16), ("2202", 16)],
    "ko": [("4", 16), ("51", 16), ("94", 16)],
    "zh": [("4", 16), ("622", 19), ("6217", 19)],
}


def read_scenes(path: Path) -> list[tuple[str, str]]:
    """(language, dialogue) of a file: dialogues parted by blank lines, languages by a line "== xx"."""
    language, scenes = "", []
    for part in re.split(r"\n(?:\s*\n)+", re.sub(r"(?m)^(== \w+)$", r"\n\1\n", path.read_text(encoding="utf-8"))):
        if part.strip().startswith("== "):
            language = part.strip()[3:]
        elif part.strip():
            scenes.append((language, part.strip()))
    return scenes


def tell(scene: str, language: str, rng: random.Random) -> Dialogue:
    """The dialogue with fresh digits in its places."""
    dialogue = Dialogue(language)
    values: dict[str, str] = {}
    for line in scene.split("\n"):
        text, at, body = "", 0, line[2:].strip()
        for slot in _SLOT.finditer(body):
            text += body[at : slot.start()]
            at = slot.end()
            kind, name, first, behind, count, style = slot.groups()
            if kind == "#":
                text += _say(rng, language, _digits(rng, int(count)), style)
                continue
            if kind == "t":
                known = values.get("c" + name) or values.setdefault("t", _digits(rng, 4))
                text += _say(rng, language, known[-4:], style)
                continue
            key = ("c" if kind == "!" else kind) + name
            if key not in values:
                values[key] = _value(rng, language, key[0])
                dialogue.kinds.append(_KINDS[key[0]])
            entity = [k for k in values if k != "t"].index(key)
            digits = _digits(rng, int(count)) if kind == "!" else values[key]
            digits = digits[int(first) : int(behind)] if first is not None else digits
            if not digits:
                continue  # a shorter card has no such group
            said = _date(digits, style) if kind == "x" and style in ("-", ".") else _say(rng, language, digits, style)
            if said:
                place = (len(dialogue.turns), len(text), len(text) + len(said))
                dialogue.labels.append(Label(*place, entity, _KINDS[key[0]]))
                text += said
        dialogue.turns.append((line[0], text + body[at:]))
    return dialogue


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("123456789") for _ in range(count))


def _value(rng: random.Random, language: str, kind: str) -> str:
    if kind == "c":
        start, length = rng.choice(_ISSUERS[language])
        body = start + "".join(rng.choice("0123456789") for _ in range(length - 1 - len(start)))
        return body + luhn_digit(body)
    if kind == "x":
        return f"{rng.randint(1, 12):02d}{rng.randint(26, 32)}"
    if kind == "p":
        return "".join(make_phone(rng, language))
    return _digits(rng, {"v": 3, "o": 6, "d": 10}[kind])


def _date(digits: str, style: str) -> str:
    return f"{digits[:2]}{'/' if style == '-' else '.'}{digits[2:]}"


def _say(rng: random.Random, language: str, digits: str, style: str) -> str:
    """Digits in a style: n written, s spaced, w words, W words parted by commas, d doubled, p pairs, t and h whole
    numbers, f fond names, y as on Chinese lines, m mixed."""
    if style in ("", "n"):
        return digits
    if style in ("s", ","):
        return (" " if style == "s" else ", ").join(digits)
    gap = "" if language in ("ko", "zh") else " "
    if style == "m":
        return (gap or " ").join(digit if rng.random() < 0.5 else _say(rng, language, digit, "w") for digit in digits)
    if style == "f":
        return " ".join(_FOND[int(digit)] for digit in digits)
    if style == "y":
        return digits.translate(str.maketrans("0123456789", "洞幺两三四五六七八九"))
    if style in ("t", "h") and language == "ru":
        return " ".join(_whole(part) for part in ([digits] if style == "t" else [digits[:1], digits[1:]]) if part)
    if style == "p" and language in TEENS:
        return " ".join(_pair(language, digits[n : n + 2]) for n in range(0, len(digits), 2))
    group = say_digits(rng, language, [digits], {"d": "double"}.get(style, "single"))[0]
    parted = {"W": ", " if language in ("en", "ru") else " "}.get(style, gap)
    words = [bit.text for bit in group]
    return parted.join(words if len(words) > 1 or style != "W" else list(words[0]))


def _pair(language: str, pair: str) -> str:
    if pair[0] == "1" and len(pair) == 2:
        return TEENS[language][int(pair[1])]
    if len(pair) < 2 or pair[0] == "0":
        return " ".join(ONES[language][int(digit)] for digit in pair)
    tens = TENS[language][int(pair[0]) - 2]
    return tens if pair[1] == "0" else f"{tens} {ONES[language][int(pair[1])]}"


def _whole(group: str) -> str:
    """A Russian group of up to four digits as one number, noughts before it one by one."""
    bare = group.lstrip("0")
    words = ["ноль"] * (len(group) - len(bare))
    if len(bare) == 4:
        words.append(THOUSANDS_RU.get(int(bare[0]), f"{ONES['ru'][int(bare[0])]} тысяч"))
        bare = bare[1:].lstrip("0")
    if len(bare) == 3:
        words.append(HUNDREDS_RU[int(bare[0]) - 1])
        bare = bare[1:].lstrip("0")
    return " ".join([*words, _pair("ru", bare)] if bare else words)
