"""Recorded announcements: found in four languages by what they say and where, and never taken from a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transcription.sounds import Announced, find_announcements
from transcription.sounds.cues import LANGUAGES, count_cues
from transcription.speech import Span, Utterance
from transcription.transcript import Mark, Word

RINGING = Mark(12, 18, "ringback", 0)


def says(text: str, start: float, language: str = "en") -> Utterance:
    """Words three a second; Chinese by the character."""
    parts = list(text.replace(" ", "")) if language == "zh" else text.split()
    words = tuple(Word(part, start + n * 0.3, start + n * 0.3 + 0.28, 0.9) for n, part in enumerate(parts))
    return Utterance(Span(start, start + len(parts) * 0.3), words)


def find(rep: list[Utterance], client: list[Utterance], language: str = "en", *marks: Mark) -> Announced:
    return find_announcements([rep, client], [0, 1], language, marks)


def text_of(utterances: tuple[Utterance, ...]) -> str:
    return " ".join(word.text for utterance in utterances for word in utterance.words)


def recorded(announced: Announced) -> list[tuple[int | None, str]]:
    return [(voice.channel, text_of(utterances)) for voice, utterances in announced.systems]


@pytest.mark.parametrize(
    ("language", "recording", "greeting", "answer"),
    [
        (
            "en",
            "thank you for calling acme your call may be recorded for quality and training press one for sales",
            "good morning acme sales john speaking",
            "hello i need an offer",
        ),
        (
            "ru",
            "Здравствуйте! Вы позвонили в компанию Ромашка. Все разговоры записываются. Нажмите один",
            "Добрый день, меня зовут Анна, слушаю вас",
            "Мне нужна цена",
        ),
        (
            "ko",
            "고객님의 통화가 녹음됩니다. 상담원 연결을 원하시면 1번을 눌러 주세요",
            "안녕하세요 상담원 김지은입니다",
            "네 문의드릴게요",
        ),
        (
            "zh",
            "欢迎致电我公司 您的通话可能会被录音 转人工服务请按零",
            "您好我是小王请问有什么可以帮您",
            "你好我想问一下价格",
        ),
    ],
)
def test_a_menu_before_the_rep_answers_is_nobodys(language: str, recording: str, greeting: str, answer: str) -> None:
    rep = [says(recording, 1, language), says(greeting, 20, language)]
    client = [says(answer, 30, language)]
    found = find(rep, client, language, RINGING)
    assert recorded(found) == [(0, text_of((rep[0],)))]
    assert [text_of(channel) for channel in found.channels] == [text_of((rep[1],)), text_of((client[0],))]
    assert [(mark.kind, mark.channel, mark.start) for mark in found.marks] == [("announcement", 0, 1)]
    assert all(voice.role == "system" for voice, _ in found.systems)


@pytest.mark.parametrize(
    ("language", "recording"),
    [
        ("en", "the subscriber you have dialed is not available please try again later"),
        ("en", "hi this is bob i cannot come to the phone please leave a message after the tone"),
        ("ru", "Абонент временно недоступен. Перезвоните позднее"),
        ("ru", "аппарат абонента выключен или находится вне зоны действия сети"),
        ("ko", "고객님이 전화를 받을 수 없어 소리샘으로 연결됩니다"),
        ("ko", "지금 거신 번호는 없는 번호입니다"),
        ("zh", "您拨打的电话暂时无法接通请稍后再拨"),
        ("zh", "您拨打的用户已关机"),
    ],
)
def test_a_call_nobody_answers_is_all_recording(language: str, recording: str) -> None:
    found = find([], [says(recording, 3, language)], language)
    assert [channel for channel in found.channels if channel] == []
    assert [voice.channel for voice, _ in found.systems] == [1]


@pytest.mark.parametrize(
    ("language", "notice", "answer"),
    [
        ("en", "thank you for calling acme my name is john this call may be recorded how can i help you", "hi there"),
        ("en", "hello this is anna from acme calls are recorded for quality and training purposes", "okay"),
        ("en", "acme good morning calls are recorded for quality and training purposes", "fine by me"),
        (
            "ru",
            "Здравствуйте, компания Ромашка, меня зовут Анна, разговор записывается, чем могу помочь",
            "Добрый день",
        ),
        ("ko", "안녕하세요 저는 김지은이고 통화 내용이 녹음됩니다 무엇을 도와드릴까요", "네"),
        ("zh", "您好我是小王 本次通话将被录音 请问有什么可以帮您", "你好"),
    ],
)
def test_a_rep_who_says_that_the_call_is_recorded_stays_the_rep(language: str, notice: str, answer: str) -> None:
    said = says(notice, 0, language)
    reply = says(answer, said.span.end + 0.5, language)
    found = find([said], [reply], language)
    assert found == Announced(((said,), (reply,)), (), ())


def test_a_rep_explaining_the_menu_stays_the_rep() -> None:
    rep = [says("hello acme how can i help", 0), says("then press two for service and they will help", 12)]
    client = [says("how do i reach the service people on this number", 5)]
    assert recorded(find(rep, client)) == []


def test_messages_on_hold_are_recordings_each_time() -> None:
    message = "your call is important to us please stay on the line"
    rep = [says("hello acme i will put you on hold", 0), says(message, 20), says(message, 50), says("hello again", 70)]
    music = (Mark(8, 19, "music", 0), Mark(25, 49, "music", 0))
    found = find(rep, [says("yes please do", 4)], "en", *music)
    assert recorded(found) == [(0, f"{message} {message}")]
    assert [round(mark.start) for mark in found.marks] == [20, 50]
    assert text_of(found.channels[0]) == "hello acme i will put you on hold hello again"


def test_a_welcome_before_the_menu_belongs_to_it() -> None:
    rep = [says("welcome to acme", 0), says("for sales press one", 3), says("acme john speaking", 20)]
    assert recorded(find(rep, [says("hi", 25)])) == [(0, "welcome to acme for sales press one")]


def test_misheard_announcements_are_known_and_other_words_are_not() -> None:
    assert count_cues("your call maybe recorded for quality and straining", "en").notice
    assert count_cues("this is nothing of the kind at all and quite long", "en").machine == 0
    assert count_cues("press one", None).machine == 0
    assert count_cues("press one", "en-US").machine == 1
    assert set(LANGUAGES) == {"en", "ru", "ko", "zh"}


def test_people_on_one_channel_share_the_recording_they_hear() -> None:
    first = [says("thank you for calling acme for sales press one", 0), says("acme john speaking", 12)]
    second = [says("and two for service press two", 4.0), says("hello i want a price", 20)]
    found = find_announcements([first, second], [0, 0], "en")
    assert recorded(found) == [(0, "thank you for calling acme for sales press one and two for service press two")]
    assert [text_of(channel) for channel in found.channels] == ["acme john speaking", "hello i want a price"]


def test_a_person_right_after_the_recording_is_a_person() -> None:
    menu = says("thank you for calling acme your call is important to us", 0)
    rep = says("yes hello who is there", menu.span.end + 0.4)
    assert recorded(find_announcements([[menu], [rep]], [0, 0], "en")) == [(0, text_of((menu,)))]
    greeting = says("hello my name is john", menu.span.end + 0.4)
    assert recorded(find([menu, greeting], [])) == [(0, text_of((menu,)))]


def test_words_without_times_are_left_alone() -> None:
    untimed = Utterance(Span(0, 1), (Word("press"), Word("one")))
    assert find([untimed], []) == Announced(((untimed,), ()), (), ())


def test_no_person_in_real_sales_calls_is_taken_for_a_recording(shared_data: Path) -> None:
    """Reps read "this call may be recorded" themselves in many of these calls."""
    lines = (shared_data / "dialogues" / "insurance_calls" / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    notices = 0
    for line in lines:
        sides: tuple[list[Utterance], list[Utterance]] = ([], [])
        at = 0.0
        for turn in json.loads(line)["turns"]:
            if turn["text"].split():
                utterance = says(turn["text"], at)
                sides[turn["role"] != "rep"].append(utterance)
                notices += count_cues(turn["text"], "en").notice > 0
                at = utterance.span.end + 0.4
        assert find_announcements(sides, [0, 1], "en").marks == ()
    assert notices >= 10
