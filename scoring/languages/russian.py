"""Russian: words matched by their Snowball stem, ё read as е, colloquial short forms written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import snowballstemmer

from scoring.languages.base import Sentence, Token, folded
from scoring.languages.russian_dates import russian_date
from scoring.languages.russian_questions import russian_is_open, russian_questions
from scoring.languages.words import Words
from scoring.wordlists import word_set

_FILLERS: Final = word_set("э ээ эээ эм эмм мм ммм гм хм ну вот ммда")
_SHORT: Final = {
    "щас": "сейчас",
    "ща": "сейчас",
    "сечас": "сейчас",
    "че": "что",
    "чо": "что",
    "шо": "что",
    "окей": "ок",
    "окэй": "ок",
    "океюшки": "ок",
    "здрасьте": "здравствуйте",
    "здрасте": "здравствуйте",
    "здраствуйте": "здравствуйте",
    "здравствуй": "здравствуйте",
    "скока": "сколько",
    "тока": "только",
    "пожалста": "пожалуйста",
    "пжалста": "пожалуйста",
    "спасиб": "спасибо",
    "руб": "рубль",
    "тыс": "тысяча",
    "тыщ": "тысяча",
    "тыща": "тысяча",
    "тыщи": "тысяча",
    "млн": "миллион",
    "емейл": "почта",
    "имейл": "почта",
    "мейл": "почта",
    "мэйл": "почта",
    "емэйл": "почта",
    "email": "почта",
    "смс": "сообщение",
    "смска": "сообщение",
    "вотсап": "ватсап",
    "вацап": "ватсап",
    "whatsapp": "ватсап",
    "телега": "телеграм",
    "телегу": "телеграм",
    "telegram": "телеграм",
    "неинтересно": "не интересно",
    "ненадо": "не надо",
    "ненужно": "не нужно",
    "вообщем": "в общем",
    "потомучто": "потому что",
}


@lru_cache(maxsize=1)
def _snowball() -> Any:
    return snowballstemmer.stemmer("russian")


@lru_cache(maxsize=65536)
def stem_russian(surface: str) -> str:
    """The Snowball stem of a normalised Russian word; the same on every machine."""
    return str(_snowball().stemWord(surface))


@lru_cache(maxsize=65536)
def _words(raw: str) -> tuple[tuple[str, str], ...]:
    surface = folded(raw).replace("ё", "е")
    if surface in _FILLERS:
        return ()
    return tuple((stem_russian(part), part) for part in _SHORT.get(surface, surface).split())


class Russian(Words):
    """See `Language`."""

    code = "ru"
    common = frozenset(
        stem_russian(word)
        for word in word_set(
            "я мы вы ты он она они оно это то так там тут как что и а но да нет не ни в на с со к по за из у о от до "
            "для же бы ли вам вас вами нам нас мне меня у если или есть быть был было будет уже еще все просто можно "
            "хорошо только когда который этот тот свой наш ваш мой"
        )
    )
    joining = frozenset(("и", "а", "но", "потом", "затем"))

    abbreviations = word_set("руб тыс млн млрд г ул т п см им кв шт доб тел др пр")
    may_repeat = word_set("да нет пока ага угу")
    currency = MappingProxyType({"$": "доллар", "€": "евро", "£": "фунт", "¥": "юань", "₽": "рубль", "₩": "вона"})
    percent = "процент"
    saying = ("как", "бы")
    saying_means_after = word_set("а и так вот это но же знаю понять думаю скажите подскажите то подумать")
    saying_means_before = word_set("нам мне вам вы мы ты я он она они вас нас это так то там ни не")

    def words(self, raw: str) -> tuple[tuple[str, str], ...]:
        return _words(raw)

    def stem(self, word: str) -> str:
        tokens = self.tokens(word)
        return tokens[0].stem if tokens else folded(word).replace("ё", "е")

    def questions(self, sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
        return russian_questions(sentence, punctuated=punctuated)

    def is_open(self, tokens: Sequence[Token]) -> bool:
        return russian_is_open(tokens)

    def resolve_date(self, words: Sequence[str], day: date) -> date | None:
        return russian_date(words, day)
