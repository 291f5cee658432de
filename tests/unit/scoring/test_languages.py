"""What a phrase finds in each language: word forms, endings, free spaces, and the raw text behind each hit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scoring.conversation import prepare
from scoring.languages import language_of
from scoring.matching import Matcher
from scoring.packs import read_pack
from transcription.transcript import Transcript, Turn

DAY = date(2026, 11, 17)  # a Tuesday


def found(folder: Path, language: str, phrase: str, text: str) -> list[str]:
    """The raw text that a phrase finds in a client's turn."""
    pack = folder / language
    pack.mkdir()
    (pack / "pack.yaml").write_text(
        f"language: {language}\nversion: '1'\nthresholds: {{fuzzy: 88, fuzzy_shared_stems: 0.6}}\n"
        "slots: {money: '<digits> [만|천] 원|<digits> 元'}\nwords: {negations: 不 не, not_names: a}\n",
        encoding="utf-8",
    )
    lines = "    match: [a, b, c, d, e]\n    miss: [a, b, c, d, e]\n"
    (pack / "some.yaml").write_text(
        f"entries:\n  - id: one\n    group: g\n    role: client\n    guarded: true\n    phrases: ['{phrase}']\n{lines}",
        encoding="utf-8",
    )
    conversation = prepare(Transcript((Turn("client", text),), language=language))
    return [text[hit.start : hit.end] for hit in Matcher(read_pack(pack)).find(conversation)]


@pytest.mark.parametrize(
    ("language", "phrase", "text", "quotes"),
    [
        ("ru", "дорого|дорогой", "Ну, это дороговато... дорогая штука", ["дорогая"]),
        ("ru", "подумать", "Мы еще подумаем", ["подумаем"]),
        ("ru", "нет денег", "Щас нет, э-э, денег", ["нет, э-э, денег"]),
        ("ru", "еще подумать", "Ещё подумаем!", ["Ещё подумаем"]),
        ("ko", "비싸", "좀 비쌉니다", ["비쌉"]),
        ("ko", "비싸", "너무비싼데요", ["비싼"]),
        ("ko", "생각하 보", "생각해 볼게요", ["생각해 볼"]),
        ("ko", "할인하 주", "할인 해주세요", ["할인 해주"]),
        ("ko", "=네", "네 알겠습니다", ["네"]),
        ("ko", "=네", "동네 가게예요", []),
        ("ko", "<money>", "3만원이요", ["3만원"]),
        ("zh", "太贵|有点贵", "這個太貴了", ["太貴"]),
        ("zh", "考虑 [一下]", "我再考虑一下吧", ["考虑一下"]),
        ("zh", "发 .. 邮箱", "你发到我的邮箱", ["发到我的邮箱"]),
        ("zh", "贵", "不贵啊", []),
        ("zh", "<money>", "一共１２５０元", ["１２５０元"]),
    ],
)
def test_a_phrase_finds_its_forms(tmp_path: Path, language: str, phrase: str, text: str, quotes: list[str]) -> None:
    assert found(tmp_path, language, phrase, text) == quotes


@pytest.mark.parametrize(
    ("language", "text", "count", "opens"),
    [
        ("ru", "Какие задачи вы сейчас решаете?", 1, True),
        ("ru", "Сколько человек у вас работает?", 1, False),
        ("ru", "расскажите подробнее о вашей компании", 1, True),
        ("ru", "работаете ли вы с кем-то сейчас", 1, False),
        ("ru", "Мы работаем как обычно.", 0, False),
        ("ru", "хорошо скажите а как вы сейчас принимаете заказы и сколько у вас сотрудников", 2, True),
        ("ru", "хорошо а с кем вы сейчас работаете", 1, False),
        ("ru", "для чего вам это нужно", 1, True),
        ("ru", "а вы сами закупаете или через подрядчика", 1, False),
        ("ru", "у вас есть сейчас поставщик", 1, False),
        ("ru", "вам удобно сейчас говорить", 1, False),
        ("ru", "разве вам не нужны клиенты", 1, False),
        ("ru", "подскажите адрес доставки", 1, False),
        ("ru", "чем сейчас пользуетесь", 1, True),
        ("ru", "вас беспокоит компания вода сервис", 0, False),
        ("ru", "видите ли цена уже со скидкой", 0, False),
        ("ru", "как раз ухожу созвонимся как нибудь потом", 0, False),
        ("ru", "подскажите пожалуйста", 0, False),
        ("ru", "вы вчера смотрели у нас эту модель", 0, False),
        ("ru", "вы уже пользовались такими системами", 1, False),
        ("ru", "У вас есть выбор.", 0, False),
        ("ru", "у вас будет своя скидка и вы получите ее сразу", 0, False),
        ("ko", "지금 어떤 제품을 사용하고 계세요?", 1, True),
        ("ko", "성함이 어떻게 되세요?", 1, False),
        ("ko", "혹시 예산은 생각해 보셨나요", 1, False),
        ("ko", "그러니까 저희가 보내 드릴게요", 0, False),
        ("zh", "您现在用的是什么系统？", 1, True),
        ("zh", "您怎么称呼？", 1, False),
        ("zh", "您那边方便吗", 1, False),
        ("zh", "我们是做家具的", 0, False),
    ],
)
def test_questions(language: str, text: str, count: int, opens: bool) -> None:
    reading = language_of(language)
    asked = [
        sentence.tokens[first:end]
        for sentence in reading.split(text)
        for first, end in reading.questions(sentence, punctuated=text.endswith(("?", "？", ".")))
    ]
    assert len(asked) == count
    if asked:
        assert reading.is_open(asked[0]) is opens


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("ru", "отправлю сегодня", DAY),
        ("ru", "позвоню после обеда", DAY),
        ("ru", "до послезавтра", date(2026, 11, 19)),
        ("ru", "к пятнице", date(2026, 11, 20)),
        ("ru", "в следующий вторник", date(2026, 11, 24)),
        ("ru", "через две недели", date(2026, 12, 1)),
        ("ru", "пятнадцатого марта", date(2027, 3, 15)),
        ("ru", "5 декабря", date(2026, 12, 5)),
        ("ru", "до конца недели", date(2026, 11, 20)),
        ("ru", "на следующей неделе", date(2026, 11, 27)),
        ("ru", "когда-нибудь потом", None),
        ("ko", "내일 오전에", date(2026, 11, 18)),
        ("ko", "금요일까지", date(2026, 11, 20)),
        ("ko", "다음 주 화요일", date(2026, 11, 24)),
        ("ko", "3일 뒤에", date(2026, 11, 20)),
        ("ko", "이틀 안에", date(2026, 11, 19)),
        ("ko", "12월 5일", date(2026, 12, 5)),
        ("ko", "십이월 이십오일", date(2026, 12, 25)),
        ("ko", "다음 주에", date(2026, 11, 27)),
        ("ko", "나중에", None),
        ("zh", "今天下午", DAY),
        ("zh", "明天", date(2026, 11, 18)),
        ("zh", "周五之前", date(2026, 11, 20)),
        ("zh", "下周二", date(2026, 11, 24)),
        ("zh", "三天后", date(2026, 11, 20)),
        ("zh", "十二月五号", date(2026, 12, 5)),
        ("zh", "下週", date(2026, 11, 27)),
        ("zh", "以后再说", None),
    ],
)
def test_dates_are_seen_from_the_day_of_the_call(language: str, text: str, day: date | None) -> None:
    reading = language_of(language)
    assert reading.resolve_date([token.surface for token in reading.tokens(text)], DAY) == day
