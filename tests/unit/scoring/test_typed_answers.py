"""The moves found in an answer somebody typed: the same finder as for calls, in four languages."""

from __future__ import annotations

import pytest

from scoring.assessment import MOVES, OBJECTION_TYPES
from scoring.typed_answers import moves_in

GOOD = {
    "en": (
        "That is too expensive for us.",
        "I understand, price matters. What exactly are you comparing it with? It includes delivery and a five year "
        "guarantee, so you save on repairs. Does that answer your concern? Shall we meet on Tuesday at ten?",
        {"acknowledge", "clarify", "answer", "check", "next_step"},
    ),
    "ru": (
        "Это слишком дорого",
        "Понимаю вас. А с чем вы сравниваете? В стоимость входит доставка и гарантия три года. "
        "Давайте я пришлю расчёт завтра в десять?",
        {"acknowledge", "clarify", "answer", "next_step"},
    ),
    "ko": (
        "너무 비싸요",
        "네, 부담되실 수 있죠. 어떤 점이 부담되세요? 배송과 설치가 포함된 가격입니다. "
        "내일 10시에 견적서를 보내드릴까요?",
        {"acknowledge", "clarify", "answer", "next_step"},
    ),
    "zh": (
        "太贵了",
        "我理解您的顾虑。您是跟哪家比较呢？这个价格包含安装和三年质保。明天上午十点我给您打电话可以吗？",
        {"acknowledge", "clarify", "answer", "next_step"},
    ),
}


@pytest.mark.parametrize("language", sorted(GOOD))
def test_moves_are_found_with_their_words(language: str) -> None:
    objection, answer, wanted = GOOD[language]
    found = moves_in(answer, objection=objection, kind="price", language=language)
    assert found is not None
    assert wanted <= {move.name for move in found}
    assert [move.name for move in found] == [name for name in MOVES if name in {move.name for move in found}]
    assert all(move.quote in answer for move in found)
    assert "listen" not in {move.name for move in found}, "nobody can be heard to wait in writing"


@pytest.mark.parametrize("language", sorted(GOOD))
def test_a_bare_yes_holds_none(language: str) -> None:
    yes = {"en": "Okay.", "ru": "Хорошо.", "ko": "네.", "zh": "好的。"}[language]
    assert moves_in(yes, objection=GOOD[language][0], kind="price", language=language) == ()


def test_an_answer_in_another_language_is_read_in_its_own() -> None:
    found = moves_in(GOOD["en"][1], objection=GOOD["ru"][0], kind="price", language="ru")
    assert found is not None
    assert GOOD["en"][2] <= {move.name for move in found}


def test_what_cannot_be_read() -> None:
    assert moves_in("Ja, verstehe.", objection="Zu teuer", kind="price", language="de") is None
    assert moves_in("Ja, verstehe.", objection="Zu teuer", kind="price", language=None) is None
    assert moves_in("  ", objection="Too much", kind="price", language="en") == ()
    with pytest.raises(ValueError, match="weather"):
        moves_in("I see", objection="Too much", kind="weather", language="en")


@pytest.mark.parametrize("kind", OBJECTION_TYPES)
def test_the_type_is_what_the_person_says_it_is(kind: str) -> None:
    answer = "I understand. What lies behind it?"
    for objection in ("", "Well, hm.", "That is too expensive for us."):
        found = moves_in(answer, objection=objection, kind=kind, language="en")
        assert found is not None
        assert "acknowledge" in {move.name for move in found}


def test_the_same_answer_gives_the_same_moves_and_odd_ones_none_of_a_fault() -> None:
    objection, answer, _ = GOOD["en"]
    assert moves_in(answer, objection=objection, kind="price", language="en") == moves_in(
        answer, objection=objection, kind="price", language="en"
    )
    for odd in ("?" * 500, "\u200b", "…", "a" * 10_000, "I see. " * 900, "\n\n\t"):
        assert moves_in(odd, objection=objection, kind="price", language="en") is not None
