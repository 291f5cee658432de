"""A text put together from written words read before is the text read with care."""

from __future__ import annotations

import pytest

from scoring.languages import Sentence, language_of
from scoring.languages.joined import Joined
from scoring.languages.words import Words
from scoring.needs import keys_of
from scoring.packs import load_pack

WORDS = {
    "en": (
        "I was, I was saying so.",
        "my uh my name is Ann",
        "Mr. Lee? No no.",
        "the e mail (e-mail) on the 5th",
        "5 5% [MONEY]",
    ),
    "ru": ("да да, я я понял.", "и то и то тоже", "5 тыс. руб. в месяц? Да.", "э вот [PERSON_NAME] 12:30"),
}
KOREAN = (
    "비 비싸네요.",
    "음. 네 그 3만원이요?",
    "제가 제가 [NAME]님 ... 네.네",
    ". 네",
    "저희가, 저희가 생각해 볼게요!",
)


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in WORDS.items() for text in texts])
def test_words(code: str, text: str) -> None:
    language = language_of(code)
    assert isinstance(language, Words)
    for _ in range(2):
        plain = language._split_plain(text)
        assert plain is None or plain == language._split_with_care(text)


@pytest.mark.parametrize("text", KOREAN)
def test_korean(text: str) -> None:
    language = language_of("ko")
    assert isinstance(language, Joined)
    for _ in range(2):
        plain = language._split_plain(text)  # type: ignore[attr-defined]
        assert plain is None or tuple(plain) == Joined.split(language, text)


def test_a_korean_syllable_is_looked_for_with_and_without_its_final_consonant() -> None:
    language = language_of("ko")
    sentence: Sentence = language.split("내일 봅")[0]
    assert {"봅", "보~", "일 봅", "일 보~", "이~ 봅", "이~ 보~"} <= keys_of((sentence,), language)
    phrase = load_pack("ko").phrase("내일 보")
    assert frozenset(("일 보~",)) in phrase.required
