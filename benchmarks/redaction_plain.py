"""Numbers of the redaction benchmark that must stay readable: prices, orders, dates, quantities, models."""

from __future__ import annotations

import random

from benchmarks.redaction_speech import HUNDREDS_RU, MONTHS, ONES, TENS, say_digits


def say_plain(rng: random.Random, language: str, what: str) -> str:
    """A number that must stay readable: price, order, date, time, qty, percent, year, ext, model, apt, last4."""
    number = {
        "price": rng.choice([rng.randint(2, 99) * 10, rng.randint(10, 400) * 50, rng.randint(10, 90) * 1000]),
        "qty": rng.choice([rng.randint(2, 40), rng.randint(1, 30) * 50]),
        "percent": rng.randint(3, 40),
        "year": rng.randint(1998, 2026),
        "apt": rng.randint(1, 240),
    }.get(what, 0)
    if what == "price":
        return _price(rng, language, number)
    if what == "order":
        length = rng.choice([5, 6, 6, 7, 8, 8, 10, 12, 16])
        digits = str(rng.randint(1, 9)) + "".join(rng.choice("0123456789") for _ in range(length - 1))
        prefix = rng.choice(["", "", "", "A", "NW-"])
        if rng.random() < 0.25 and not prefix:
            groups = [digits[n : n + 4] for n in range(0, length, 4)]
            words = say_digits(rng, language, groups, "single")
            return ("" if language == "zh" else " ").join(bit.text for group in words for bit in group)
        return prefix + digits
    if what in ("ext", "last4"):
        digits = "".join(rng.choice("123456789") for _ in range(4 if what == "last4" else rng.choice([3, 4])))
        if rng.random() < 0.4:
            words = say_digits(rng, language, [digits], "single")[0]
            return ("" if language == "zh" else " ").join(bit.text for bit in words)
        return digits
    if what == "model":
        return rng.choice(["XR 500", "G7", "Pro 12", "2100 S", "A320", "iX-35", "T 4000"])
    if what == "date":
        return _date(rng, language)
    if what == "time":
        hour, minute = rng.randint(8, 19), rng.choice(["00", "15", "30"])
        return {"en": f"{hour}:{minute}", "ru": f"{hour}:{minute}", "ko": f"{hour}시", "zh": f"{hour}点"}[language]
    if what == "percent":
        return (
            f"{number}%"
            if rng.random() < 0.6
            else {"en": f"{number} percent", "ru": f"{number} процентов"}.get(language, f"{number}%")
        )
    return str(number)


def _price(rng: random.Random, language: str, number: int) -> str:
    if language == "en":
        spoken = f"{ONES['en'][number // 1000 % 10]} thousand {ONES['en'][number // 100 % 10]} hundred dollars"
        return rng.choice([f"${number:,}", f"{number:,} dollars", f"{number}.50", spoken])
    if language == "ru":
        spoken = f"{rng.choice(TENS['ru'])} {ONES['ru'][rng.randint(5, 9)]} тысяч {rng.choice(HUNDREDS_RU)} рублей"
        return rng.choice([f"{number} рублей", f"{number:,}".replace(",", " ") + " рублей", spoken])
    if language == "ko":
        return rng.choice([f"{number * 1000:,}원", f"{rng.choice('이삼사오')}십{rng.choice('일이삼사')}만 오천 원"])
    return rng.choice([f"{number}元", f"{rng.choice('三四五六')}千{rng.choice('二三四五')}百块", f"{number}块"])


def _date(rng: random.Random, language: str) -> str:
    day, month = rng.randint(1, 28), rng.randint(1, 12)
    if language == "en":
        return rng.choice([f"{MONTHS['en'][month - 1]} {day}", f"{day}/{month:02d}/2026", f"the {day}th"])
    if language == "ru":
        return rng.choice([f"{day} {MONTHS['ru'][month - 1]}", f"{day:02d}.{month:02d}.2026"])
    return f"{month}월 {day}일" if language == "ko" else f"{month}月{day}号"
