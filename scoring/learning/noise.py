"""Speech-like errors put into text on purpose: to train models on what weak speech engines write, and to measure them.

A drawn word is misheard (a like-sounding word or spelling), replaced by a frequent word, lost, or run together with the
next, in about the shares in which recognisers substitute, delete and insert. In Chinese the unit is the character, in
Korean the word, misheard in one syllable. The same text, share and seed give the same errors everywhere.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Final

from scoring.learning.text_grams import script_of
from scoring.learning.utterances import Utterance

# Shares of the errors: misheard, another word, lost; what remains is run together with the next word.
_MISHEARD: Final = 0.45
_ANOTHER: Final = 0.25
_LOST: Final = 0.20

# Words that sound alike to a recogniser, each of a line for any other of it.
_ALIKE: Final = tuple(
    line.split()
    for line in (
        "a the uh", "to two too the", "for four far", "your you're you are", "there their they're the", "its it's is",
        "can can't could", "do don't to", "will well we'll", "would wood could", "won't want wont", "i'll all ill",
        "is as his", "in and an", "on in an", "are our or", "no know now", "not now that", "buy by bye", "price prize",
        "offer often over", "deal dear real", "low law lower", "new knew you", "right write ride", "would've would",
        "this these the", "that's that", "than then", "hear here", "sale sell", "much match", "want one", "have of",
        "да до та", "не ни на", "нет не", "вас вам вы", "что чтобы то", "как так", "цена сцена", "это эта этот",
        "мне меня мы", "по под", "если есть", "вот вод", "он она оно", "будет будут", "можно нужно", "надо нада",
    )
)  # fmt: skip
_FREQUENT: Final = {
    "en": [
        "the",
        "and",
        "to",
        "a",
        "of",
        "it",
        "in",
        "is",
        "that",
        "you",
        "for",
        "on",
        "so",
        "uh",
        "we",
        "be",
        "at",
        "with",
        "have",
        "was",
    ],
    "ru": [
        "и",
        "в",
        "не",
        "на",
        "я",
        "что",
        "с",
        "а",
        "то",
        "это",
        "как",
        "вы",
        "мы",
        "у",
        "да",
        "по",
        "ну",
        "вот",
        "так",
        "он",
    ],
    "ko": ["네", "그", "이", "저", "제가", "그래서", "그런데", "이제", "좀", "그게", "예", "아", "어", "음", "근데"],
    "zh": list("的是了我不在有这个那就你他们好吗啊嗯一么"),
}
_SOUNDS: Final = (
    ("b", "p"), ("d", "t"), ("g", "k"), ("v", "f"), ("z", "s"), ("m", "n"), ("l", "r"), ("th", "d"), ("ch", "sh"),
    ("a", "e"), ("e", "i"), ("o", "u"), ("i", "ee"), ("ou", "o"), ("ea", "e"), ("ck", "k"), ("wh", "w"),
    ("б", "п"), ("д", "т"), ("г", "к"), ("в", "ф"), ("з", "с"), ("ж", "ш"), ("м", "н"), ("л", "р"), ("о", "а"),
    ("е", "и"), ("ы", "и"), ("я", "а"), ("ю", "у"), ("ч", "щ"),
)  # fmt: skip
_WORD: Final = re.compile(r"\S+")
_SIGNS: Final = ".,!?;:…\"'()[]«»“”。，！？；：、"
_HANGUL_FIRST: Final = 0xAC00
_HANGUL_LAST: Final = 0xD7A3
_VOWELS: Final = 21
_FINALS: Final = 28


def noisy(text: str, rate: float, seed: int, language: str = "") -> str:
    """The text with about `rate` (0..1) of its words wrong, as a weak recogniser would have written it.

    Raises ValueError for a rate outside 0..1.
    """
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"A share of wrong words lies between 0 and 1, not {rate}.")
    if not rate:
        return text
    dice = random.Random(f"{seed}|{text}")  # noqa: S311 - errors for training, not secrets
    script = script_of(text, language)
    if script == "zh":
        return _noisy_characters(text, rate, dice)
    words = _WORD.findall(text)
    frequent = _FREQUENT[script or ("ru" if re.search(r"[а-яё]", text.lower()) else "en")]
    found: list[str] = []
    joined = False
    for word in words:
        if joined:
            found[-1] += word
            joined = False
            continue
        if dice.random() >= rate:
            found.append(word)
            continue
        kind = dice.random()
        if kind < _MISHEARD:
            found.append(_misheard(word, dice))
        elif kind < _MISHEARD + _ANOTHER:
            found.append(dice.choice(frequent))
        elif kind >= _MISHEARD + _ANOTHER + _LOST:
            found.append(word)
            joined = True
    return " ".join(found)


def noisy_utterance(utterance: Utterance, rate: float, seed: int) -> Utterance:
    """The turn and those before it with errors; each text has its own, the same wherever that text stands."""
    return replace(
        utterance,
        text=noisy(utterance.text, rate, seed, utterance.language),
        previous=tuple(noisy(said, rate, seed, utterance.language) for said in utterance.previous),
    )


def _noisy_characters(text: str, rate: float, dice: random.Random) -> str:
    frequent = _FREQUENT["zh"]
    found: list[str] = []
    for sign in text:
        if not sign.isalnum() or dice.random() >= rate:
            found.append(sign)
        elif dice.random() >= _LOST:
            found.append(dice.choice(frequent))
    return "".join(found)


def _misheard(word: str, dice: random.Random) -> str:
    """A like-sounding word in the same dress (signs around it stay)."""
    core = word.strip(_SIGNS)
    start = word.find(core)
    before, after = word[:start], word[start + len(core) :]
    lower = core.lower()
    alike = [other for line in _ALIKE if lower in line for other in line if other != lower]
    if alike:
        return before + dice.choice(alike) + after
    hangul = [n for n, sign in enumerate(core) if _HANGUL_FIRST <= ord(sign) <= _HANGUL_LAST]
    if hangul:
        place = dice.choice(hangul)
        return before + core[:place] + _other_syllable(core[place], dice) + core[place + 1 :] + after
    if core.isdigit():
        place = dice.randrange(len(core))
        return before + core[:place] + dice.choice("0123456789") + core[place + 1 :] + after
    return before + _other_sounds(lower, dice) + after


def _other_sounds(word: str, dice: random.Random) -> str:
    """One or two sounds of the word changed for their neighbours; a word with none of them loses its end."""
    for _ in range(dice.choice((1, 2))):
        options = [
            (place, one, other)
            for pair in _SOUNDS
            for one, other in (pair, pair[::-1])
            for place in (word.find(one),)
            if place >= 0
        ]
        if not options:
            return word[:-1] if len(word) > 1 else word
        place, one, other = dice.choice(options)
        word = word[:place] + other + word[place + len(one) :]
    return word


def _other_syllable(sign: str, dice: random.Random) -> str:
    """A Korean syllable with another vowel or without its final."""
    first, rest = divmod(ord(sign) - _HANGUL_FIRST, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    if final and dice.random() < 0.5:
        final = 0
    else:
        vowel = (vowel + dice.randrange(1, _VOWELS)) % _VOWELS
    return chr(_HANGUL_FIRST + (first * _VOWELS + vowel) * _FINALS + final)
