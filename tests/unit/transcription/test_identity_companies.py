"""Companies known beforehand are hidden as they are said; an everyday word of the same letters stays."""

from __future__ import annotations

import pytest

from transcription.identity import hide_identity, hide_identity_in_text, names_of
from transcription.transcript import Transcript, Turn


@pytest.mark.parametrize(
    ("language", "company", "text", "hidden"),
    [
        ("en", "Green Bridge", "We at green bridge, and GreenBridge's desks.", "We at [name], and [name]'s desks."),
        ("en", "Green Bridge", "A green desk by the bridge.", "A green desk by the bridge."),
        ("en", "Nordlys AB", "we at nordlys like it", "we at [name] like it"),
        ("en", "Nordlys AB", "We at nordlys like it. Nordlys, good day.", "We at [name] like it. [name], good day."),
        ("en", "Smith & Sons Ltd", "Smith and Sons, good day.", "[name], good day."),
        ("en", "SmartHome", "This is SmartHome.", "This is [name]."),
        ("en", "1 Source", "You reached 1 Source.", "You reached [name]."),
        ("ru", "ООО «Зелёный мост»", "Вас беспокоит Зелёный мост.", "Вас беспокоит [name]."),
        ("ru", "Зелёный мост", "от Зеленого моста, с Зелёным мостом", "от [name], с [name]"),
        ("ru", "Зелёный мост", "это мост, он зелёный", "это мост, он зелёный"),
        ("ru", "Нордхем", "это нордхем, из нордхема, в нордхеме", "это [name], из [name], в [name]"),
        ("ru", "Теремок", "Мы из Теремка, о Теремке.", "Мы из [name], о [name]."),
        ("ru", "Огонёк", "Мы с Огоньком.", "Мы с [name]."),
        ("ko", "(주)그린브리지", "그린브리지입니다. 그린 브리지에서요.", "[name]입니다. [name]에서요."),
        ("ko", "한빛", "한빛은 가구를, 한빛에서요. 거대한빛이", "[name]은 가구를, [name]에서요. 거대한빛이"),
        ("ko", "Nordlys", "Nordlys입니다.", "[name]입니다."),
        ("zh", "绿桥科技有限公司", "您好，这里是绿桥科技，绿 桥 科 技。", "您好，这里是[name]，[name]。"),
        ("zh", "Nordlys", "这里是Nordlys公司", "这里是[name]公司"),
    ],
)
def test_a_company_is_hidden_in_its_forms(language: str, company: str, text: str, hidden: str) -> None:
    assert hide_identity_in_text(text, language, companies=[company]) == hidden


@pytest.mark.parametrize(
    ("language", "company", "text", "hidden"),
    [
        ("en", "Point", "At this point I work for Point.", "At this point I work for [name]."),
        ("en", "Point", "Point, good morning.", "[name], good morning."),
        ("en", "Point", "my name is rita from point at this point", "my name is [name] from [name] at this point"),
        ("en", "Home", "I work from home. It is the company home.", "I work from home. It is the company [name]."),
        ("en", "Next", "Next, what is next? I bought it at Next.", "Next, what is next? I bought it at [name]."),
        ("en", "Ace", "an ace. We are Ace.", "an ace. We are [name]."),
        ("ru", "Мир", "Во всём мире лучше в «Мире». Мы из Мира.", "Во всём мире лучше в «[name]». Мы из [name]."),
        ("ru", "Точка", "и точка. компания точка", "и точка. компания [name]"),
        ("ru", "Дом", "Дома лучше. Дома хорошо.", "Дома лучше. Дома хорошо."),
        ("ko", "하나", "사과 하나 주세요. 하나은행입니다.", "사과 하나 주세요. [name]은행입니다."),
        ("zh", "光明", "前途光明。我是光明公司的。", "前途光明。我是[name]公司的。"),
    ],
)
def test_an_everyday_word_is_hidden_only_where_it_is_the_company(
    language: str, company: str, text: str, hidden: str
) -> None:
    assert hide_identity_in_text(text, language, companies=[company]) == hidden


def test_a_company_that_introduces_itself_teaches_nobodys_name() -> None:
    said = Transcript(
        turns=(Turn("rep", "Hello, this is Point. I am Zebulon."), Turn("client", "At this point, Zebulon, no.")),
        language="en",
    )
    hidden = hide_identity(said, companies=["Point"])
    assert [turn.text for turn in hidden.transcript.turns] == [
        "Hello, this is [name]. I am [name].",
        "At this point, [name], no.",
    ]
    assert names_of(hidden, ["Point"]) == ("Zebulon",), "or quotes would hide every point"


def test_you_at_the_beginning_of_a_russian_sentence_is_no_name() -> None:
    assert hide_identity_in_text("Вас слушают. Это Вася.", "ru") == "Вас слушают. Это [name]."
