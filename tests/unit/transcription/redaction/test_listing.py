"""Lists of prices, sizes, hours and years and addresses of sites stay readable; dictations beside them are masked."""

from __future__ import annotations

import pytest

from transcription.redaction import redact
from transcription.transcript import Role, Transcript, Turn


def masked(language: str, *lines: str) -> list[str]:
    roles: dict[str, Role] = {"R": "rep", "C": "client"}
    turns = tuple(Turn(roles[line[0]], line[2:].strip()) for line in lines)
    return [turn.text for turn in redact(Transcript(turns, language=language)).transcript.turns]


READABLE = [
    ("en", "R: We're on Amazon at amazon dot com."),
    ("en", "C: Try 19, 29, 39, 49, 59 or 69."),
    ("ko", "R: 10시, 11시, 12시, 13시, 14시 가능합니다."),
    ("zh", "R: 价格有一百九十九，二百九十九，三百九十九，四百九十九。"),
    ("en", "R: It costs twenty nine ninety nine, thirty nine ninety nine or forty nine ninety nine."),
    ("en", "R: We have plans of 199, 299, 399, 499 and 1,299 dollars."),
    ("en", "C: Rooms 401 402 403 404 and 405 please."),
    ("ru", "R: У нас есть тарифы за девятьсот, тысячу двести, тысячу пятьсот, две тысячи."),
    ("en", "R: We sell houses from 200, 250, 300 and 350 thousand."),
    ("en", "R: It is a thousand one hundred, two thousand three hundred, three thousand five hundred."),
    ("en", "C: I moved in nineteen ninety nine, two thousand and one, twenty ten, twenty twenty two."),
    (
        "en",
        "R: We made fifty calls Monday, forty three Tuesday, sixty Wednesday, fifty one Thursday, ten Saturday.",
    ),
    ("en", "C: The score was 3 2, 4 1, 5 0, 2 2, 1 1, 0 3, 2 4."),
    ("en", "R: We open at 9, 10, 11, 12, 13, 14, 15, 16."),
    ("en", "R: Ready? ten nine eight seven six five four three two one zero."),
    ("en", "R: ten, nine, eight, seven, six, five, four, three, two, one, zero, go."),
    ("ru", "R: Есть размеры сто двадцать на сто сорок, сто сорок на сто шестьдесят, сто шестьдесят на двести."),
    ("ko", "R: 사이즈는 230 235 240 245 250 있어요."),
    ("zh", "R: 我们有 199、299、399、499 和 1299 的套餐。"),
    ("zh", "R: 尺码有三十六、三十七、三十八、三十九、四十、四十一、四十二。"),
    ("ko", "R: 요금제는 19000, 29000, 39000, 49000 이렇게 있어요."),
    ("ru", "R: Можем в десять тридцать, в одиннадцать сорок, в двенадцать двадцать, в тринадцать сорок."),
    ("en", "R: I can call back at ten thirty, or at eleven fifteen, or at two forty five."),
    ("ru", "C: Я паспорт получал в две тысячи десятом году."),
    ("en", "R: You can look at booking dot com."),
    ("en", "R: You can find it at callcoach.com."),
    ("en", "C: I work at apple dot com."),
    ("en", "R: Follow us at callcoach dot com."),
    ("en", "C: I bought it at amazon dot com."),
    ("en", "C: I saw it at ikea dot co dot uk."),
    ("ru", "C: У нас собака яндекс показывает."),
    ("en", "R: Sizes are 36 37 38 39 40 41 42."),
    ("en", "R: The packages are 1500, 2500, 3500, 4500."),
    ("en", "R: 49 99 59 99 69 99 or 79 99, your choice."),
    ("en", "R: We grew from 1000 to 2000 to 4000 to 8000."),
    ("en", "R: Order the models 1010 1020 1030 1040."),
    ("ru", "R: Цены такие: 4990, 5990, 6990, 7990."),
    ("ru", "R: Получается четыре девятьсот, пять девятьсот, шесть девятьсот и семь девятьсот."),
    ("en", "R: January 120, February 135, March 150, April 160, May 170."),
    (
        "en",
        "R: It's twelve fifty a week, twenty five a fortnight, fifty a month, or five hundred and ten a year.",
    ),
    ("en", "R: one two three, one two three, testing, one two three, one two three."),
    ("en", "C: I can do 2, 3, 4, 5, 6, 7, 8, 9, 10 or 11."),
]

MASKED = [
    ("en", ("C: 4532 or sorry 4532 1015 1112 1366",), ("1015", "1112", "1366")),
    ("en", ("C: the address is b as in boy, o, b, at yahoo dot com",), ("boy", "yahoo")),
    (
        "en",
        ("C: 4532 1015 1112 1366",),
        (
            "4532",
            "1015",
            "1112",
            "1366",
        ),
    ),
    (
        "en",
        ("C: four five three two one oh one five one one one two one three six six",),
        (
            "four",
            "six",
        ),
    ),
    (
        "ko",
        (
            "R: 카드 번호 말씀해 주세요.",
            "C: 사천오백삼십이 천십오 천백십이 천삼백육십육이요.",
        ),
        (
            "사천",
            "천십오",
            "천백",
            "천삼백",
        ),
    ),
    (
        "zh",
        (
            "R: 请报一下卡号。",
            "C: 四千五百三十二 一千零一十五 一千一百一十二 一千三百六十六",
        ),
        (
            "四千",
            "一千",
        ),
    ),
    (
        "en",
        (
            "C: 4532 1015",
            "R: How's the weather there?",
            "C: It's fine.",
            "C: 1112 1366",
        ),
        (
            "4532",
            "1015",
            "1112",
            "1366",
        ),
    ),
    (
        "en",
        (
            "C: 4532 1015",
            "R: how's the weather?",
            "C: It's fine",
            "R: good",
            "C: 1112 1366",
        ),
        (
            "4532",
            "1015",
            "1112",
            "1366",
        ),
    ),
    (
        "en",
        (
            "R: Card number?",
            "C: 4532 1015 1112 1366, that expires 11 of 28.",
        ),
        (
            "11",
            "28",
        ),
    ),
    (
        "en",
        (
            "R: Card number?",
            "C: 4532 1015 1112 1366",
            "R: Good thru?",
            "C: 09 slash 27",
        ),
        (
            "09",
            "27",
        ),
    ),
    (
        "ru",
        (
            "R: Номер карты?",
            "C: 4532 1015 1112 1366",
            "R: Срок действия?",
            "C: ноль девятый двадцать седьмого",
        ),
        (
            "девятый",
            "седьмого",
        ),
    ),
    (
        "ru",
        (
            "R: Номер карты?",
            "C: 4532 1015 1112 1366. Срок действия ноль девятый двадцать седьмого",
        ),
        (
            "девятый",
            "седьмого",
        ),
    ),
    (
        "en",
        (
            "R: What's your e-mail?",
            "C: j for juliet, s for sierra, m, i, t, h, at sign, hotmail, dot, co dot uk",
        ),
        (
            "juliet",
            "sierra",
            "hotmail",
            "uk",
            " m,",
        ),
    ),
    (
        "en",
        ("C: It's john dot smith forty two at gmail dot com.",),
        (
            "john",
            "smith",
            "forty",
            "gmail",
            "com",
        ),
    ),
    (
        "en",
        (
            "R: Your e-mail?",
            "C: anna underscore b at",
            "R: at what?",
            "C: proton mail dot me",
        ),
        (
            "anna",
            "underscore",
            "proton",
            "dot me",
        ),
    ),
    (
        "ru",
        (
            "R: Ваша почта?",
            "C: мария дефис иванова, собака, гмейл ком",
        ),
        (
            "мария",
            "иванова",
            "гмейл",
            "ком",
        ),
    ),
    (
        "en",
        (
            "R: Your driving licence number please?",
            "C: M O R G A six five seven oh five four S M nine I J",
        ),
        (
            "M O R",
            "six",
            "nine",
            "I J",
        ),
    ),
    (
        "en",
        (
            "R: Driver's license?",
            "C: D as in David, one two three, four five six seven",
        ),
        (
            "one",
            "seven",
        ),
    ),
    (
        "en",
        (
            "R: Your driving licence?",
            "C: MORGA 657054 SM9IJ",
        ),
        (
            "MORGA",
            "657054",
            "SM9IJ",
        ),
    ),
    (
        "en",
        ("C: You can reach me at john at apple dot com.",),
        (
            "john",
            "apple",
        ),
    ),
    (
        "en",
        ("C: Send it to mary at booking dot com please.",),
        (
            "mary",
            "booking",
        ),
    ),
    (
        "en",
        ("C: My email is info at callcoach dot com",),
        (
            "info",
            "callcoach",
        ),
    ),
]


@pytest.mark.parametrize(("language", "line"), READABLE)
def test_a_list_of_values_and_the_address_of_a_site_stay_readable(language: str, line: str) -> None:
    assert masked(language, line) == [line[3:]]


@pytest.mark.parametrize(("language", "lines", "private"), MASKED)
def test_a_private_value_is_masked_in_all_its_parts(
    language: str, lines: tuple[str, ...], private: tuple[str, ...]
) -> None:
    text = " | ".join(masked(language, *lines))
    assert [part for part in private if part in text] == []
