"""Names and addresses are hidden in four languages, with their case endings and titles; everyday words stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.identity import hide_identity, hide_identity_in_text, names_of
from transcription.redaction import mute_spans
from transcription.transcript import Transcript, Turn, Word


@pytest.mark.parametrize(
    ("language", "text", "hidden"),
    [
        ("en", "My name is Marta Quist and I would like to order.", "My name is [name] and I would like to order."),
        ("en", "good morning this is daniel from green bridge", "good morning this is [name] from green bridge"),
        ("en", "this is daniel miller and I've a question", "this is [name] and I've a question"),
        ("en", "am I speaking with Mrs. Abernathy?", "am I speaking with Mrs. [name]?"),
        ("en", "Thanks, Oliver.", "Thanks, [name]."),
        ("en", "Send it to 12 Oak Street, apartment 4, please.", "Send it to [address], please."),
        ("en", "it is twelve oak street", "it is [address]"),
        ("en", "The postcode, SW1A 1AA.", "The postcode, [address]."),
        ("ru", "Меня зовут Иван Петров, компания.", "Меня зовут [name], компания."),
        ("ru", "меня зовут иван петров", "меня зовут [name]"),
        ("ru", "Передайте это Сергею и Марии Ивановне.", "Передайте это [name] и [name]."),
        ("ru", "Доставка: улица Ленина, дом 5, квартира 12.", "Доставка: [address]."),
        ("ko", "그린의 김민수입니다. 박지훈 과장님 계신가요?", "그린의 [name]입니다. [name] 과장님 계신가요?"),
        ("ko", "제 이름은 이서연이고요", "제 이름은 [name]이고요"),
        ("ko", "서울시 강남구 테헤란로 152, 101동 1203호로 보내 주세요", "[address]로 보내 주세요"),
        ("zh", "您好，我叫陈建国。请问是李女士吗？", "您好，我叫[name]。请问是[name]女士吗？"),
        ("zh", "送到北京市朝阳区建国路88号3号楼1203室。", "[address]。"),
    ],
)
def test_names_and_addresses_are_hidden(language: str, text: str, hidden: str) -> None:
    assert hide_identity_in_text(text, language) == hidden


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Call me back tomorrow, I will mark it. Is it good?"),
        ("en", "How much are thirty desks? We have five offices and twenty people."),
        ("en", "What kind of car do you drive? It has four wheel drive."),
        ("ru", "Надежда есть, вера тоже. Площадь большая, в две тысячи двадцать четвёртом году."),
        ("ko", "고객님 주문이 정말입니다. 이메일로 보내 주세요. 전원을 켜 보세요."),
        ("zh", "金额是三百，任何时候都可以。周末发货，付款方便。"),
    ],
)
def test_everyday_words_stay(language: str, text: str) -> None:
    assert hide_identity_in_text(text, language) == text


def test_a_turn_without_capitals_is_read_as_such_beside_turns_that_have_them() -> None:
    texts = ("hello this is daniel miller am I speaking with oliver", "Yes, I told Oliver Quist.")
    turns = tuple(Turn("rep", text, float(number), number + 1.0) for number, text in enumerate(texts))
    hidden = hide_identity(Transcript(turns=turns, language="en")).transcript
    assert [turn.text for turn in hidden.turns] == [
        "hello this is [name] am I speaking with [name]",
        "Yes, I told [name].",
    ]


def test_what_is_known_beforehand_is_hidden_even_where_it_is_an_everyday_word() -> None:
    def hide(text: str) -> str:
        return hide_identity_in_text(
            text, "en", people=["Will Price"], companies=["Blue Office Supplies Ltd", "Nordlys AB"]
        )

    assert hide("Is this Will Price of Blue Office Supplies?") == "Is this [name] of [name]?"
    assert hide("will you tell me the price of the blue one") == "will you tell me the price of the blue one"
    assert hide("we at nordlys like it") == "we at [name] like it"


def test_a_name_said_once_with_its_introduction_is_hidden_in_every_turn() -> None:
    told = Transcript(
        turns=(Turn("client", "My name is Zebulon Quist."), Turn("rep", "And zebulon, how do you spell Quist?")),
        language="en",
    )
    hidden = hide_identity(told)
    assert [turn.text for turn in hidden.transcript.turns] == [
        "My name is [name].",
        "And [name], how do you spell [name]?",
    ]
    assert "Zebulon Quist" in names_of(hidden)


def test_words_keep_their_times_and_the_sound_is_silent_at_the_hidden_ones() -> None:
    words = tuple(
        Word(text, n * 0.5, n * 0.5 + 0.4, 0.9) for n, text in enumerate(["this", "is", "Daniel", "speaking"])
    )
    hidden = hide_identity(
        Transcript(turns=(Turn("rep", "this is Daniel speaking", 0.0, 2.0, words=words),), language="en")
    )
    assert [(word.text, word.start) for word in hidden.transcript.turns[0].words][2] == ("[name]", 1.0)
    ((_channel, span),) = mute_spans(hidden.transcript)
    assert span.start < 1.0
    assert span.end > 1.4


def test_hiding_twice_changes_nothing_and_other_masks_stay() -> None:
    text = "My name is Marta, my card is [card], write to [email] or 12 Oak Street."
    once = hide_identity_in_text(text, "en")
    assert once == "My name is [name], my card is [card], write to [email] or [address]."
    assert hide_identity_in_text(once, "en") == once


@given(st.text(max_size=120), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_and_any_names_are_read(text: str, people: list[str]) -> None:
    once = hide_identity_in_text(text, None, people, people)
    assert hide_identity_in_text(once, None, people, people) is not None
