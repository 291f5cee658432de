"""Private values for the redaction benchmark: cards, phones and documents, in the groups people read them in."""

from __future__ import annotations

import random
from typing import Any, Final


def luhn_digit(body: str) -> str:
    """The check digit that makes `body` a card number (ISO/IEC 7812-1)."""
    total = sum(int(d) if n % 2 else sum(divmod(int(d) * 2, 10)) for n, d in enumerate(reversed(body)))
    return str(-total % 10)


def _random(rng: random.Random, length: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(length))


def make_card(rng: random.Random) -> list[str]:
    """A card number in the groups printed on the card."""
    start, sizes = rng.choice(
        [("4", [4, 4, 4, 4])] * 4
        + [("5", [4, 4, 4, 4])] * 3
        + [("2200", [4, 4, 4, 4]), ("37", [4, 6, 5]), ("62", [4, 4, 4, 4, 3]), ("4", [4, 3, 3, 3])]
    )
    body = start + _random(rng, sum(sizes) - len(start) - 1)
    return _cut_up(body + luhn_digit(body), sizes)


def _cut_up(digits: str, sizes: list[int]) -> list[str]:
    groups: list[str] = []
    for size in sizes:
        groups.append(digits[:size])
        digits = digits[size:]
    return groups


def make_phone(rng: random.Random, language: str) -> list[str]:
    """A phone number in the groups people of the language say."""
    if language == "en":
        area = rng.choice(["212", "415", "646", "303"])
        return rng.choice(
            [
                [area, str(rng.randint(200, 999)), _random(rng, 4)],
                ["07" + _random(rng, 3), _random(rng, 3), _random(rng, 3)],
            ]
        )
    if language == "ru":
        number = [
            f"9{rng.choice('0123567')}{rng.choice('0123456789')}",
            _random(rng, 3),
            _random(rng, 2),
            _random(rng, 2),
        ]
        return rng.choice([["8", *number], ["8", *number], number])
    if language == "ko":
        return rng.choice(
            [["010", _random(rng, 4), _random(rng, 4)], ["02", str(rng.randint(200, 999)), _random(rng, 4)]]
        )
    return [f"1{rng.choice('3578')}{rng.choice('0123456789')}", _random(rng, 4), _random(rng, 4)]


def _zh_id(rng: random.Random) -> list[str]:
    body = rng.choice(["110101", "310115", "440305"]) + f"{rng.randint(1955, 2004)}{rng.randint(1, 12):02d}"
    body += f"{rng.randint(1, 28):02d}" + _random(rng, 3)
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    groups = _cut_up(body, [6, 4, 4, 3])
    return [*groups, "X"] if check == "X" else [*groups[:3], groups[3] + check]


DOCUMENTS: Final[dict[str, Any]] = {
    "passport": lambda rng: _cut_up(_random(rng, 9), [3, 3, 3]),
    "ssn": lambda rng: [str(rng.randint(100, 665)), str(rng.randint(10, 99)), _random(rng, 4)],
    "ni": lambda rng: [
        rng.choice(["AB", "JK", "PW", "SE"]),
        _random(rng, 2),
        _random(rng, 2),
        _random(rng, 2),
        rng.choice("ABCD"),
    ],
    "snils": lambda rng: _cut_up(_random(rng, 11), [3, 3, 3, 2]),
    "inn": lambda rng: _cut_up(_random(rng, 12), [4, 4, 4]),
    "rrn": lambda rng: [
        f"{rng.randint(50, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
        rng.choice("12") + _random(rng, 6),
    ],
    "ko_passport": lambda rng: [rng.choice("MS"), _random(rng, 4), _random(rng, 4)],
    "zh_id": _zh_id,
    "zh_passport": lambda rng: [rng.choice("EG"), _random(rng, 4), _random(rng, 4)],
}


def make_ru_passport(rng: random.Random) -> list[str]:
    """Series and number of a Russian passport."""
    return [f"{rng.choice(['45', '40', '63'])}", _random(rng, 2), _random(rng, 3), _random(rng, 3)]
