"""Russian questions: by the mark, else by question words before "вы", by "ли", and by "расскажите"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from scoring.languages.base import Sentence, Token
from scoring.wordlists import word_set

_LEAD_IN: Final = word_set(
    "и а но да нет хорошо так понятно ясно отлично ок ага угу тогда скажите подскажите пожалуйста слушайте смотрите "
    "спасибо еще также кстати значит давайте простите извините"
)
_HOW: Final = word_set("как почему зачем отчего")
_WHICH: Final = word_set("какой какая какое какие какого какому каким какими каких какую какую каком чей чья чье чьи")
_WHAT: Final = word_set("что чего чему чем")
_FACT: Final = word_set("сколько когда где куда откуда кто кого кому кем насколько")
_QUESTION_WORDS: Final = _HOW | _WHICH | _WHAT | _FACT
_ADDRESSED: Final = word_set(
    "вы вас вам вами ваш ваша ваше ваши вашего вашей вашему вашим ваших вашу вашем тебя тебе ты"
)
_TELL: Final = word_set("расскажите расскажи опишите поделитесь объясните поясните")
# "Как вас зовут", "как давно": one fact answers them.
_CLOSING_AFTER_HOW: Final = word_set(
    "вас тебя зовут зовется обращаться часто давно долго далеко быстро скоро много слышно дела могу называется"
)
# After these "что" asks even in the middle of speech without marks: "понятно а что для вас важнее".
_ASKING: Final = word_set("а и скажите подскажите")
_ASKED: Final = word_set(
    "важно важнее главное нужно мешает устраивает нравится смущает беспокоит останавливает хотелось требуется входит"
)
_NO_QUESTION_BEFORE: Final = word_set(
    "то том тем того так потому чтобы после перед если такой такая такие всегда знаю знаем понимаю понимаем поняла "
    "понял расскажу покажу объясню посмотрим уточню узнаю сказал сказала говорил говорила"
)
_LEAST_GAP: Final = 4
_LONGEST: Final = 22


def russian_questions(sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
    """Token ranges of the questions in a sentence."""
    tokens = sentence.tokens
    first = _after_lead_in(tokens)
    if sentence.asks:
        yield first, len(tokens)
    elif not punctuated or not sentence.ended:
        starts: list[int] = []
        for index in range(len(tokens)):
            if starts and index - starts[-1] < _LEAST_GAP:
                continue
            if _begins(tokens, index, at_edge=index == first):
                starts.append(index)
        for place, index in enumerate(starts):
            yield index, starts[place + 1] if place + 1 < len(starts) else min(len(tokens), index + _LONGEST)
    elif _begins(tokens, first, at_edge=True):
        yield first, len(tokens)


def russian_is_open(tokens: Sequence[Token]) -> bool:
    """Whether a question invites more than yes, no or one fact."""
    words = [token.surface for token in tokens[:8]]
    if any(word in _TELL for word in words[:3]):
        return True
    for index, word in enumerate(words):
        following = words[index + 1 : index + 3]
        if word == "ли" or word in _FACT:
            return False
        if word == "как":
            return not any(item in _CLOSING_AFTER_HOW for item in following)
        if word in _HOW or word in _WHICH:
            return not (following and following[0] in ("номер", "адрес", "день", "время", "сумма", "бюджет", "город"))
        if word in _WHAT:
            return "если" not in following
    return False


def _after_lead_in(tokens: Sequence[Token]) -> int:
    index = 0
    while index < len(tokens) - 2 and tokens[index].surface in _LEAD_IN:
        index += 1
    return index


def _begins(tokens: Sequence[Token], index: int, *, at_edge: bool) -> bool:
    if index >= len(tokens):
        return False
    word = tokens[index].surface
    before = tokens[index - 1].surface if index else ""
    following = [token.surface for token in tokens[index + 1 : index + 6]]
    if following[:1] == ["ли"]:
        return True
    if word in _TELL:
        return len(following) >= 2
    if word not in _QUESTION_WORDS or before in _NO_QUESTION_BEFORE or not following:
        return False
    addressed = any(item in _ADDRESSED for item in following)
    if word in _WHAT:
        # "Что" joins clauses far more often than it asks.
        asked = before in _ASKING and (addressed or any(item in _ASKED for item in following))
        return asked or (addressed and at_edge)
    return addressed if not at_edge else addressed or len(following) >= 2
