"""English: words matched by their Snowball stem.

A contraction gives several tokens with one span ("I'll" -> i will). Sounds of hesitation and stammered repeats are left
out, so that "my uh my name is" still matches "my name is".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from types import MappingProxyType

from scoring.languages.base import Sentence, Token
from scoring.languages.english_dates import english_date
from scoring.languages.english_questions import english_is_open, english_questions
from scoring.languages.english_words import english_words, stem_word
from scoring.languages.words import Words
from scoring.wordlists import word_set


class English(Words):
    """See `Language`."""

    code = "en"
    common = word_set(
        "i you it is am are be the a an to of in on at for and or but we that this do not have so my your me what "
        "with will would can could just if was there they he she us our get got go no yes as by from"
    )
    joining = frozenset(("and", "then", "so", "but"))
    abbreviations = word_set("mr mrs ms dr st vs inc ltd approx etc")
    may_repeat = frozenset(("bye", "no"))
    currency = MappingProxyType({"$": "dollar", "€": "euro", "£": "pound", "¥": "yuan", "₽": "ruble", "₩": "won"})
    percent = "percent"
    saying = ("you", "know")
    saying_means_after = word_set(
        "do does did if as let letting that what how who whom why where when would will can could to may might should "
        "because than since so before once until whether everything anything something all think make sure not "
        "one people anybody somebody everybody person things way thing best all"
    )
    saying_means_before = word_set(
        "what how that if when where who whom why which whether about of it this any anything anybody somebody "
        "something someone anyone the a your my our his her their him them us me better all nothing everything and or "
        "more already more before by then"
    )
    after_number = frozenset(("st", "nd", "rd", "th"))
    compounds = MappingProxyType({"mail": ("e", "email")})

    def words(self, raw: str) -> tuple[tuple[str, str], ...]:
        return english_words(raw)

    def stem(self, word: str) -> str:
        return stem_word(word)

    def questions(self, sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
        return english_questions(sentence, punctuated=punctuated)

    def is_open(self, tokens: Sequence[Token]) -> bool:
        return english_is_open(tokens)

    def resolve_date(self, words: Sequence[str], day: date) -> date | None:
        return english_date(words, day)
