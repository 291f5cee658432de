"""Promises in one breath, in every language: each with its own kind and its own day, seen from the day of the call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scoring.assessment import Promise
from scoring.engine import score
from scoring.facts import Facts
from scoring.standards import load_standard
from transcription.transcript import Transcript, Turn

TUESDAY = datetime(2026, 11, 17, 10, 42, tzinfo=UTC)
SEND, CALL = "send_offer", "call_back"


def promised(text: str, language: str = "en", started: datetime | None = TUESDAY) -> tuple[Promise, ...]:
    turns = (Turn("client", "ok"), Turn("rep", text))
    return score(Transcript(turns, language=language), load_standard("cold-call"), Facts(started_at=started)).promises


def pairs(text: str, language: str = "en") -> list[tuple[str, str | None]]:
    return [(promise.what, promise.due) for promise in promised(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "I'll send the offer today and call you on Friday.", [(SEND, "2026-11-17"), (CALL, "2026-11-20")]),
        ("en", "i'll send the offer today and call you on friday", [(SEND, "2026-11-17"), (CALL, "2026-11-20")]),
        ("en", "I will call you on Friday and send the offer today.", [(CALL, "2026-11-20"), (SEND, "2026-11-17")]),
        (
            "en",
            "I'll email the contract tomorrow, then ring you next week.",
            [(SEND, "2026-11-18"), (CALL, "2026-11-27")],
        ),
        ("ru", "Я сегодня отправлю предложение и в пятницу вам позвоню.", [(SEND, "2026-11-17"), (CALL, "2026-11-20")]),
        ("ru", "отправлю вам кп завтра а в понедельник перезвоню", [(SEND, "2026-11-18"), (CALL, "2026-11-23")]),
        ("ru", "Позвоню вам в четверг и скину расчет завтра.", [(CALL, "2026-11-19"), (SEND, "2026-11-18")]),
        ("ko", "오늘 견적서 보내 드리고 금요일에 전화 드리겠습니다.", [(SEND, "2026-11-17"), (CALL, "2026-11-20")]),
        ("ko", "내일 자료 보내 드릴게요 그리고 월요일에 전화 드릴게요", [(SEND, "2026-11-18"), (CALL, "2026-11-23")]),
        ("zh", "我今天把报价发给您，周五再给您打电话。", [(SEND, "2026-11-17"), (CALL, "2026-11-20")]),
        ("zh", "我今天发方案给你然后周五给你打电话", [(SEND, "2026-11-17"), (CALL, "2026-11-20")]),
        ("zh", "我周五给您打电话，今天先把资料发您微信。", [(CALL, "2026-11-20"), (SEND, "2026-11-17")]),
    ],
)
def test_two_promises_in_one_breath_have_two_days(
    language: str, text: str, found: list[tuple[str, str | None]]
) -> None:
    assert pairs(text, language) == found


def test_two_calls_on_two_days_are_two_promises() -> None:
    assert pairs("I'll call you on Thursday and call you again on Monday.") == [
        (CALL, "2026-11-19"),
        (CALL, "2026-11-23"),
    ]


def test_the_same_promise_said_twice_is_one_with_its_day() -> None:
    assert pairs("I'll send you the offer. Yes, I will send you the offer tomorrow.") == [(SEND, "2026-11-18")]
    assert pairs("I'll send you the offer tomorrow. I will send you the offer.") == [(SEND, "2026-11-18")]


def test_an_and_within_a_promise_does_not_lose_its_day() -> None:
    assert pairs("I will send it to you and your boss today.") == [(SEND, "2026-11-17")]


def test_each_promise_is_quoted_by_its_own_words() -> None:
    send, call = promised("I'll send the offer today and call you on Friday.")
    assert "offer" in send.evidence.quote
    assert "Friday" not in send.evidence.quote
    assert "Friday" in call.evidence.quote


def test_days_are_those_of_the_call_not_of_today() -> None:
    found = promised("I'll send the offer today and call you on Friday.", started=datetime(2031, 2, 28, 9, tzinfo=UTC))
    assert [promise.due for promise in found] == ["2031-02-28", "2031-03-07"]
    assert [p.due for p in promised("I'll send the offer today and call you on Friday.", started=None)] == [None, None]


def answered(text: str, reply: str, language: str = "en") -> list[tuple[str, str, str | None]]:
    turns = (Turn("client", "ok"), Turn("rep", text), Turn("client", reply))
    call = score(Transcript(turns, language=language), load_standard("cold-call"), Facts(started_at=TUESDAY))
    return [(promise.by, promise.what, promise.due) for promise in call.promises]


@pytest.mark.parametrize(
    ("language", "text", "reply", "found"),
    [
        ("en", "I'll call you on Friday, okay?", "Okay.", (CALL, "2026-11-20")),
        ("en", "Shall I call you Thursday at half six?", "Yes, please do.", (CALL, "2026-11-19")),
        ("ru", "Пришлю предложение сегодня, хорошо?", "Да.", (SEND, "2026-11-17")),
        ("ru", "Давайте я перезвоню вам завтра в десять, удобно?", "Да, удобно.", (CALL, "2026-11-18")),
        ("ko", "내일 견적서 보내 드릴게요 괜찮으세요?", "네", (SEND, "2026-11-18")),
        ("zh", "我明天给您打电话，好吗？", "好", (CALL, "2026-11-18")),
    ],
)
def test_a_tag_behind_a_promise_and_an_accepted_proposal_promise(
    language: str, text: str, reply: str, found: tuple[str, str]
) -> None:
    assert answered(text, reply, language) == [("rep", *found)]


def test_each_promise_before_a_tag_counts() -> None:
    text = "I'll send both by Friday, and then I'll call you on December first at nine, okay?"
    assert answered(text, "Okay, December first.") == [
        ("rep", SEND, "2026-11-20"),
        ("rep", CALL, "2026-12-01"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        ("en", "Shall I send it?", "Hm."),
        ("en", "Shall I send it?", "No thanks."),
        ("en", "Did I send you the offer?", "Yes."),
        ("en", "Shall I call you on Thursday?", "I'm not interested."),
        ("ru", "Вам прислать предложение?", "Не надо."),
        ("ko", "내일 다시 전화드릴까요?", "아니요"),
        ("zh", "需要我明天打给您吗？", "不用了"),
    ],
)
def test_a_question_that_nobody_accepts_promises_nothing(language: str, text: str, reply: str) -> None:
    assert answered(text, reply, language) == []


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        ("en", "Our offer is gone tomorrow.", "Okay."),
        ("ru", "Звоню, потому что вы закупаете бумагу", "Да."),
        ("ru", "Понятно.", "Я жалобу напишу."),
    ],
)
def test_what_sounds_like_a_promise_is_none(language: str, text: str, reply: str) -> None:
    assert answered(text, reply, language) == []


@pytest.mark.parametrize("text", ["资料我后天之前发给您", "我后天之前发到您邮箱。"])
def test_a_day_before_which_something_is_sent_is_a_promise(text: str) -> None:
    assert pairs(text, "zh") == [(SEND, "2026-11-19")]
