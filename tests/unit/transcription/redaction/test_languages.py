"""What is masked and what stays readable, per language, as people say it on the phone."""

from __future__ import annotations

import pytest

from transcription.redaction import redact, redact_text
from transcription.transcript import Role, Transcript, Turn


def masked(language: str, *lines: str) -> list[str]:
    """The masked texts of a dialogue; each line begins with R: or C:."""
    roles: dict[str, Role] = {"R": "rep", "C": "client"}
    turns = tuple(Turn(roles[line[0]], line[2:].strip()) for line in lines)
    return [turn.text for turn in redact(Transcript(turns, language=language)).transcript.turns]


CARDS = [
    (
        "en",
        "Can I have your card number?",
        "Sure, forty-two twenty-two double four oh one one two three four five six seven eight.",
    ),
    ("en", "Card number, please.", "It's 4276 1234 5678 9013."),
    (
        "en",
        "And the long number on the front?",
        "four two seven six, uh, one two three four five six seven eight, nine oh one two",
    ),
    ("en", "Your card number?", "4276-1234-5678"),
    ("ru", "Продиктуйте номер карты.", "Сорок два двадцать два, четыре тысячи сто одиннадцать, э-э, 1234 5678."),
    (
        "ru",
        "Номер вашей карты?",
        "четыре два семь шесть один два три четыре пять шесть семь восемь девять ноль один три",
    ),
    ("ko", "카드 번호 불러 주세요.", "사이일이 삼사오육 음 칠팔구공 일이삼사요."),
    ("ko", "카드 번호가 어떻게 되세요?", "4276 1234 5678 9013입니다."),
    ("zh", "请报一下您的卡号。", "六二二二零二那个一二三四五六七八九零。"),
    ("zh", "卡号是多少？", "６２２２ ０２１２ ３４５６ ７８９０"),
]


@pytest.mark.parametrize(("language", "question", "answer"), CARDS)
def test_a_card_number_asked_for_is_masked_however_it_is_said(language: str, question: str, answer: str) -> None:
    _, text = masked(language, f"R: {question}", f"C: {answer}")
    assert text.count("[card]") == 1
    rest = text.replace("[card]", "")
    assert not any(character.isdigit() for character in rest)
    assert len(rest) < 16


def test_a_number_split_over_turns_and_repeated_by_the_rep_is_masked_everywhere() -> None:
    lines = masked(
        "en",
        "R: What's the card number?",
        "C: four two seven six",
        "R: four two seven six, go on",
        "C: one two three four",
        "R: mm-hm",
        "C: five six no, sorry, five seven seven eight",
        "R: and the last four?",
        "C: nine oh one three",
    )
    assert lines[1] == "[card]"
    assert lines[2] == "[card], go on"
    assert [lines[n] for n in (3, 5, 7)] == ["[card]", "[card]", "[card]"]
    assert lines[4] == "mm-hm"


def test_a_misheard_digit_does_not_save_a_card() -> None:
    (text,) = masked(
        "en", "C: My card number is four two seven to one too three four five six seven ate nine oh one three."
    )
    assert text == "My card number is [card]."


def test_a_card_without_any_announcement_is_known_by_its_check_digit() -> None:
    assert masked("en", "C: 4242 4242 4242 4242")[0] == "[card]"


@pytest.mark.parametrize(
    ("language", "lines", "expected"),
    [
        ("en", ["R: And the three digits on the back?", "C: It's one two three."], "It's [card_code]."),
        ("en", ["R: What's the CVV?", "C: 123"], "[card_code]"),
        ("ru", ["R: Код с обратной стороны карты?", "C: Сто двадцать три."], "[card_code]."),
        ("ko", ["R: 카드 뒷면 세 자리 숫자요?", "C: 일이삼이요."], "[card_code]요."),
        ("zh", ["R: 卡背面的三位数字是多少？", "C: 一二三。"], "[card_code]。"),
    ],
)
def test_card_codes(language: str, lines: list[str], expected: str) -> None:
    assert masked(language, *lines)[-1] == expected


@pytest.mark.parametrize(
    ("language", "card", "question", "answer", "expected"),
    [
        ("en", "My card is 4242 4242 4242 4242.", "And the expiry date?", "Oh five twenty-eight.", "[card]."),
        ("en", "My card is 4242 4242 4242 4242.", "When does it expire?", "05/28", "[card]"),
        ("ru", "Моя карта 4242 4242 4242 4242.", "Срок действия?", "Ноль пять двадцать восемь.", "[card]."),
        ("ko", "카드 번호는 4242 4242 4242 4242예요.", "유효기간은요?", "2028년 5월이요.", "[card]이요."),
        ("zh", "卡号4242 4242 4242 4242。", "有效期呢？", "2028年5月。", "[card]。"),
    ],
)
def test_an_expiry_date_beside_a_card(language: str, card: str, question: str, answer: str, expected: str) -> None:
    assert masked(language, f"C: {card}", f"R: {question}", f"C: {answer}")[-1] == expected


def test_an_expiry_date_of_anything_else_stays() -> None:
    assert masked("en", "R: The offer is valid until 05/28.")[0] == "The offer is valid until 05/28."


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Call me back on 415 555 0199 tomorrow.", "Call me back on [phone] tomorrow."),
        ("en", "My number is oh seven seven double oh nine hundred one two three.", "My number is [phone]."),
        ("en", "Reach me at +44 7700 900123.", "Reach me at [phone]."),
        (
            "ru",
            "Перезвоните на восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь.",
            "Перезвоните на [phone].",
        ),
        ("ru", "Мой телефон +7 (916) 123-45-67.", "Мой телефон [phone]."),
        ("ko", "제 번호는 공일공에 일이삼사에 오육칠팔이에요.", "제 번호는 [phone]에요."),
        ("ko", "연락처는 010-1234-5678입니다.", "연락처는 [phone]입니다."),
        ("zh", "我的手机是幺三八零零一三八零零零。", "我的手机是[phone]。"),
        ("zh", "打13800138000就行。", "打[phone]就行。"),
    ],
)
def test_phones(language: str, text: str, expected: str) -> None:
    assert masked(language, f"C: {text}")[0] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "It's john dot smith at gmail dot com.", "It's [email]."),
        ("en", "Write to a.b-c@shop.example.co.uk please.", "Write to [email] please."),
        ("en", "It's j o h n underscore 84 at outlook dot com", "It's [email]"),
        ("ru", "Почта иван точка петров собака яндекс точка ру.", "Почта [email]."),
        ("ru", "Пишите на ivanov собака мейл ру.", "Пишите на [email]."),
        ("ko", "메일은 minji98 골뱅이 네이버 점 컴이요.", "메일은 [email]이요."),
        ("zh", "邮箱是zhang98艾特qq点com。", "邮箱是[email]。"),
    ],
)
def test_emails(language: str, text: str, expected: str) -> None:
    assert masked(language, f"C: {text}")[0] == expected


def test_an_email_in_two_turns() -> None:
    lines = masked("en", "R: Your email?", "C: maria underscore jones", "R: yes", "C: at gmail dot com")
    assert lines[1:] == ["[email]", "yes", "[email]"]


@pytest.mark.parametrize(
    ("language", "question", "answer", "expected"),
    [
        ("en", "Your Social Security number?", "one two three, forty-five, six seven eight nine", "[document]"),
        ("en", "What's your National Insurance number?", "Q Q 12 34 56 C", "[document]"),
        ("en", "And the passport number?", "It's 123456789.", "It's [document]."),
        (
            "ru",
            "Серия и номер паспорта?",
            "Сорок пять ноль восемь сто двадцать три четыреста пятьдесят шесть.",
            "[document].",
        ),
        ("ru", "Назовите СНИЛС.", "112-233-445 95", "[document]"),
        ("ru", "Ваш ИНН?", "7707 0838 9312", "[document]"),
        ("ko", "주민등록번호 말씀해 주세요.", "900101-1234567입니다.", "[document]입니다."),
        ("ko", "여권 번호요?", "M12345678이요.", "[document]이요."),
        ("zh", "身份证号码报一下。", "11010519491231002X", "[document]"),
        ("zh", "护照号码呢？", "E一二三四五六七八。", "[document]。"),
    ],
)
def test_documents(language: str, question: str, answer: str, expected: str) -> None:
    assert masked(language, f"R: {question}", f"C: {answer}")[-1] == expected


PLAIN = [
    ("en", "The total is $1,250.50 for 300 pieces, so 12 percent off 1,420 dollars."),
    ("en", "Order number 4539 1488 0343 6467 ships on 12/05/2026 at 10:30."),
    ("en", "My contract is 20251234567, extension 4455, apartment 1204."),
    ("en", "In 2019 it was twelve thousand five hundred dollars, in 2024 it was fourteen thousand."),
    ("en", "Is that the card ending in 4242?"),
    ("en", "Take the XR 500 or the iPhone 15, there are two or three left for you."),
    ("en", "Zip code 94107, reference 8837261."),
    ("en", "Sales grew in 2019 2020 2021 2022, and the IMEI is 490154203237518."),
    ("ru", "Заказ 4539148803436467, сумма 125 000 рублей, 40 штук, скидка 15 процентов."),
    ("ru", "Договор номер 20251234567 от 12.05.2026, добавочный 4455, квартира 120."),
    ("ru", "Двадцать пять тысяч четыреста рублей за двенадцать окон, карта оканчивается на 4242."),
    ("ko", "주문번호 4539148803436467이고 총 125,000원, 300개입니다."),
    ("ko", "이 일은 사이가 좋아서 오이 구이까지 이사 갔어요, 내선 4455번."),
    ("ko", "십이만 오천 원이고 2026년 5월 12일 3시에 갑니다."),
    ("zh", "订单号4539148803436467，一共三千五百块，三百个，便宜百分之十。"),
    ("zh", "我一个人在二零二六年五月十二号下午三点一起去，一下就到，分机八八零一。"),
    ("zh", "是尾号4242的卡吗？"),
]


@pytest.mark.parametrize(("language", "text"), PLAIN)
def test_prices_orders_dates_and_models_stay_readable(language: str, text: str) -> None:
    assert masked(language, f"R: {text}")[0] == text
    assert redact_text(text, language) == text


def test_a_price_after_a_card_stays() -> None:
    lines = masked(
        "en", "C: My card number is 4242 4242 4242 4242.", "R: Thank you, that's 1200 dollars for 40 boxes, order 5512."
    )
    assert lines == ["My card number is [card].", "Thank you, that's 1200 dollars for 40 boxes, order 5512."]


@pytest.mark.parametrize(
    "text",
    [
        "Pay with 4242-4242-4242-4242 exp 12/27",
        "4242-4242-4242-4242, 12/27, 123",
        "It runs out 12/27, 4242 4242 4242 4242",
        "4242 4242 4242 4242 123",
        "3782 822463 10005 09/28 1234",
    ],
)
def test_a_whole_card_is_found_beside_its_date_and_code_though_nobody_announced_it(text: str) -> None:
    found = masked("en", f"C: {text}")[0]
    assert "[card]" in found
    assert not any(digits in found for digits in ("4242", "3782", "10005"))


def test_a_long_number_in_groups_that_goes_on_is_no_card() -> None:
    text = "So 4242 4242 4242 4242 4242 1717 is on the box, packed 12/27."
    assert masked("en", f"R: {text}")[0] == text


@pytest.mark.parametrize(
    ("language", "ask", "go_on"), [("zh", "请一位一位地报卡号", "嗯"), ("ko", "카드 번호 한 자리씩요", "네")]
)
def test_a_card_of_one_digit_a_turn(language: str, ask: str, go_on: str) -> None:
    digits = {"zh": "四五三九五七八七六三六二一四八六", "ko": "사오삼구오칠팔칠육삼육이일사팔육"}[language]
    lines = masked(language, f"R: {ask}", *(line for digit in digits for line in (f"C: {digit}", f"R: {go_on}")))
    assert lines == [ask, *["[card]", go_on] * 16]


def test_a_date_in_the_middle_of_a_dictation_stays() -> None:
    lines = (
        "R: номер карты",
        "C: четыре пять три девять",
        "R: доставка двадцать пятого мая",
        "C: хорошо, 5787 6362 1486",
    )
    assert masked("ru", *lines) == ["номер карты", "[card]", "доставка двадцать пятого мая", "хорошо, [card]"]
    lines = ("R: Card number?", "C: 4539 5787", "R: we deliver on the twenty-fifth of May", "C: okay, 6362 1486")
    assert masked("en", *lines)[1:] == ["[card]", "we deliver on the twenty-fifth of May", "okay, [card]"]


def test_a_total_before_the_question_for_a_card_announces_nothing_more() -> None:
    lines = (
        "R: 一共三千五百元，请报卡号",
        "C: 四五三九",
        "R: 送货是五月二十号",
        "C: 好，五七八七六三六二",
        "C: 一四八六",
    )
    assert masked("zh", *lines) == ["一共三千五百元，请报卡号", "[card]", "送货是五月二十号", "好，[card]", "[card]"]


def test_free_text() -> None:
    assert (
        redact_text("card 4242424242424242, tel. +1 415 555 0199, a@b.co", "en") == "card [card], tel. [phone], [email]"
    )
    assert redact_text("", None) == ""
