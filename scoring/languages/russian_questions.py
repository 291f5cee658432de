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
# "Что-то", "как-нибудь", "как раз", "как и договаривались": no question words.
_VAGUE_AFTER: Final = word_set("то нибудь либо угодно")
_NO_ASKING_AFTER_HOW: Final = word_set(
    "раз и только вариант правило обычно всегда бы скажете хотите надумаете решите говорил говорила ни"
)
_IDIOMS_WITH_LI: Final = word_set("видите вряд едва то мало знаете понимаете если")
_WONDERING: Final = word_set("разве неужели")
_ASKED_AT_EDGE: Final = _ASKED | word_set(
    "думаете скажете за случилось изменилось еще предлагаете планируете решили выбрали могу отличается отличаются "
    "дальше"
)
_PREPOSITIONS: Final = word_set("с у для в на по за через от из о об до к под")
_REQUESTS: Final = word_set("подскажите уточните")
_MAY_I: Final = word_set(
    "узнать уточнить спросить задать поговорить услышать записать пару вас я мне у с ли вам ваш ваше ваши"
)
_TO_YOU: Final = {
    "вам": word_set("удобно интересно актуально понятно видно слышно подходит знакомо комфортно неудобно"),
    "вас": word_set("устраивает интересует смущает"),
    "есть": word_set("вопросы возможность минута"),
    "удобно": word_set("вам сейчас говорить будет ли"),
    "могу": word_set("я ли"),
}
# Verbs of lasting action, which tell of what you do and promise nothing: "работаете", "пользуетесь".
_YOU_DO: Final = ("аете", "яете", "уете", "аетесь", "яетесь", "уетесь")
_YOU_DID: Final = word_set("думали рассматривали пробовали пользовались слышали смотрели сталкивались работали")
_BEFORE_NOW: Final = word_set("уже раньше ранее когда")
_YOU_DO_TOO: Final = word_set("хотите платите ищете берете ведете возите держите строите")
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
    elif _begins(tokens, first, at_edge=True, stopped=True):
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


def _begins(tokens: Sequence[Token], index: int, *, at_edge: bool, stopped: bool = False) -> bool:
    """Whether a question begins here; one `stopped` by a full stop needs a question word."""
    if index >= len(tokens):
        return False
    word = tokens[index].surface
    before = tokens[index - 1].surface if index else ""
    following = [token.surface for token in tokens[index + 1 : index + 6]]
    if following[:1] == ["ли"]:
        return word not in _IDIOMS_WITH_LI
    if word in _TELL:
        return len(following) >= 2
    if not following:
        return False
    if word in _WONDERING or (word in _REQUESTS and following != ["пожалуйста"]):
        return True
    if at_edge and not stopped and _asks_without_word(word, before, following):
        return True
    if word not in _QUESTION_WORDS or before in _NO_QUESTION_BEFORE or following[0] in _VAGUE_AFTER:
        return False
    if following[0] == "хотите" and word == "сколько":
        return False
    if word == "как" and following[0] in _NO_ASKING_AFTER_HOW:
        return False
    addressed = any(item in _ADDRESSED or _you_do(item) for item in following)
    if word in _WHAT:
        # "Что" joins clauses far more often than it asks.
        asked = before in _ASKING and (addressed or any(item in _ASKED for item in following))
        return asked or (at_edge and (addressed or following[0] in _ASKED_AT_EDGE))
    return addressed if not at_edge else addressed or len(following) >= 2


def _asks_without_word(word: str, before: str, following: Sequence[str]) -> bool:
    """Whether what begins a clause asks without a question word: "вам удобно", "у вас есть", "а вы закупаете"."""
    if word in _PREPOSITIONS and following[0] in _QUESTION_WORDS:
        return following[1:2] != [] and following[1] not in _VAGUE_AFTER
    if word == "можно":
        return following[0] in _MAY_I
    if word == "у":
        there = following[2:3] if following[1:2] in (["уже"], ["сейчас"]) else following[1:2]
        return following[0] == "вас" and there == ["есть"]
    if word == "есть" and following[:2] == ["у", "вас"]:
        return True
    if word == "вы":
        return (following[0] in _BEFORE_NOW and any(item in _YOU_DID for item in following[1:3])) or (
            before == "а" and any(_you_do(item) for item in following[:4])
        )
    return following[0] in _TO_YOU.get(word, ())


def _you_do(word: str) -> bool:
    return word.endswith(_YOU_DO) or word in _YOU_DO_TOO
