"""Who is the rep, from words: in four languages, in either order of the channels, named or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.unit.transcription.roles.voices import talk
from transcription.channels import name_voices
from transcription.roles import RoleHints, RolesTold, Side, tell_roles
from transcription.transcript import Role
from transcription.turns import Voice

Lines = Sequence[tuple[str, str]]

CALLS: dict[str, Lines] = {
    "en": (
        ("rep", "Thank you for calling Northwind Windows, how can I help you?"),
        ("client", "Hi, I need two new windows for my house. How much are they?"),
        ("rep", "What size are you looking for?"),
        ("client", "About one metre. That sounds too expensive, let me think about it."),
        ("rep", "Can I have your phone number, please? I will send you the offer today."),
        ("client", "My number is five five five oh one double two."),
    ),
    "ru": (
        ("rep", "Добрый день, компания Окна Плюс, меня зовут Ирина, чем могу помочь?"),
        ("client", "Здравствуйте, мне нужно два окна. Сколько это будет стоить?"),
        ("rep", "Подскажите, пожалуйста, какой размер вас интересует?"),
        ("client", "Метр на метр. Это дорого, я подумаю."),
        ("rep", "Давайте я вам отправлю предложение на почту."),
    ),
    "ko": (
        ("rep", "안녕하세요 창문 센터 상담원 김민수입니다 무엇을 도와드릴까요"),
        ("client", "창문 두 개가 필요한데 가격이 얼마인가요"),
        ("rep", "어떤 크기를 원하시나요 고객님"),
        ("client", "너무 비싸네요 조금 더 생각해 볼게요"),
        ("rep", "견적서를 메일로 보내 드리겠습니다"),
    ),
    "zh": (
        ("rep", "您好，这里是北方门窗公司，请问有什么可以帮您？"),
        ("client", "我想买两扇窗户，多少钱？"),
        ("rep", "请问您需要多大的尺寸？"),
        ("client", "太贵了，我再考虑一下。"),
        ("rep", "我给您发一份报价，方便留一下您的电话吗？"),
    ),
}


def sides(lines: Lines, *, rep_first: bool, prior: tuple[Voice, ...]) -> list[Side]:
    order = ("rep", "client") if rep_first else ("client", "rep")
    return [Side(talk(lines, who), voice) for who, voice in zip(order, prior, strict=True)]


def told(language: str | None, *, rep_first: bool, named: bool = False, mono: bool = False) -> RolesTold:
    prior = name_voices(2, ("rep", "client") if named else None)
    if mono:
        prior = (Voice("speaker_a", 0.0, 0), Voice("speaker_b", 0.0, 0))
    lines = CALLS[language or "en"]
    return tell_roles(sides(lines, rep_first=rep_first, prior=prior), RoleHints(language=language, named=named))


def roles(answer: RolesTold) -> list[Role]:
    return [voice.role for voice in answer.voices]


@pytest.mark.parametrize("language", CALLS)
def test_agreement_makes_the_usual_order_surer(language: str) -> None:
    answer = told(language, rep_first=True)
    assert roles(answer) == ["rep", "client"]
    assert answer.confidence > 0.9
    assert not answer.swapped
    assert not answer.doubt


@pytest.mark.parametrize("language", CALLS)
def test_a_clear_contradiction_turns_the_usual_order_round_and_says_so(language: str) -> None:
    answer = told(language, rep_first=False)
    assert roles(answer) == ["client", "rep"]
    assert answer.confidence >= 0.7
    assert answer.swapped
    assert answer.reasons


@pytest.mark.parametrize("language", CALLS)
@pytest.mark.parametrize("rep_first", [True, False])
def test_two_people_on_one_channel_are_told_from_words_alone(language: str, rep_first: bool) -> None:
    answer = told(language, rep_first=rep_first, mono=True)
    assert roles(answer) == (["rep", "client"] if rep_first else ["client", "rep"])
    assert not answer.swapped


@pytest.mark.parametrize("language", CALLS)
def test_a_named_order_that_words_contradict_is_kept_but_doubted(language: str) -> None:
    answer = told(language, rep_first=False, named=True)
    assert roles(answer) == ["rep", "client"]
    assert answer.doubt
    assert all((voice.confidence or 0) < 0.7 for voice in answer.voices)


@pytest.mark.parametrize("language", CALLS)
def test_a_named_order_that_words_confirm_stays_sure(language: str) -> None:
    answer = told(language, rep_first=True, named=True)
    assert [voice.confidence for voice in answer.voices] == [0.99, 0.99]
    assert not answer.doubt


@pytest.mark.parametrize("language", [None, "xx", "../en"])
def test_without_a_cue_list_only_the_prior_counts(language: str | None) -> None:
    order = name_voices(2)
    lines = CALLS["en"]
    answer = tell_roles(sides(lines, rep_first=False, prior=order), RoleHints(language=language))
    assert answer.voices == order
    letters = (Voice("speaker_a", 0.0, 0), Voice("speaker_b", 0.0, 0))
    answer = tell_roles(sides(lines, rep_first=False, prior=letters), RoleHints(language=language))
    assert roles(answer) == ["speaker_a", "speaker_b"]
    assert answer.confidence == 0.5


def test_words_that_say_nothing_leave_two_people_as_letters() -> None:
    lines = (("a", "the weather was fine"), ("b", "it was"), ("a", "and the road was long"))
    letters = (Voice("speaker_a", 0.0, 0), Voice("speaker_b", 0.0, 0))
    answer = tell_roles(
        [Side(talk(lines, who), voice) for who, voice in zip("ab", letters, strict=True)], RoleHints(language="en")
    )
    assert roles(answer) == ["speaker_a", "speaker_b"]
    assert answer.confidence < 0.7


def test_a_weak_contradiction_of_the_usual_order_is_letters_and_doubt() -> None:
    lines = (("client", "I would like to buy a door. How much is it?"), ("rep", "All of it is there."))
    order = name_voices(2)
    answer = tell_roles(sides(lines, rep_first=False, prior=order), RoleHints(language="en"))
    assert roles(answer) == ["speaker_a", "speaker_b"]
    assert answer.doubt
    assert not answer.swapped


def test_one_voice_is_left_alone_because_it_may_be_two_people() -> None:
    one = Voice("speaker_a", 0.0, 0)
    answer = tell_roles([Side(talk(CALLS["en"], "rep"), one)], RoleHints(language="en"))
    assert answer.voices == (one,)


def test_an_announcement_is_nobody() -> None:
    prior = (*name_voices(2), Voice("system", 0.99, 2))
    lines = CALLS["en"]
    three = [
        *sides(lines, rep_first=False, prior=prior[:2]),
        Side(talk((("s", "this call may be recorded"),), "s"), prior[2]),
    ]
    assert roles(tell_roles(three, RoleHints(language="en"))) == ["client", "rep", "system"]


@pytest.mark.parametrize("garbled", ["riverside furniture", "river side furniture", "reverside furnitur"])
def test_the_company_in_the_greeting_is_found_in_noisy_words(garbled: str) -> None:
    lines = (("a", f"good morning {garbled}"), ("b", "good morning to you"), ("a", "the weather is fine"))
    letters = (Voice("speaker_a", 0.0, 0), Voice("speaker_b", 0.0, 0))
    two = [Side(talk(lines, who), voice) for who, voice in zip("ab", letters, strict=True)]
    hints = RoleHints(language="en", company_names=("Riverside Furniture",))
    answer = tell_roles(two, hints)
    assert roles(answer) == ["rep", "client"]
    assert answer.reasons == ("rep:company_name",)
    assert roles(tell_roles(two, replace(hints, company_names=()))) == ["speaker_a", "speaker_b"]


def test_who_gives_the_reps_name_as_his_own_is_the_rep_and_who_says_it_to_him_is_not() -> None:
    lines = (("a", "hello my name is Marguerite"), ("b", "hello Marguerite the sun is out"))
    letters = (Voice("speaker_a", 0.0, 0), Voice("speaker_b", 0.0, 0))
    two = [Side(talk(lines, who), voice) for who, voice in zip("ab", letters, strict=True)]
    answer = tell_roles(two, RoleHints(language="en", rep_names=("Marguerite Duval",)))
    assert roles(answer) == ["rep", "client"]


def test_two_reps_and_a_client_on_three_channels_are_told_one_by_one() -> None:
    lines = (
        *CALLS["en"],
        ("rep_2", "Hello, thank you for waiting. What can I do for you? We offer free delivery and a warranty."),
    )
    prior = name_voices(3)
    three = [Side(talk(lines, who), voice) for who, voice in zip(("rep", "client", "rep_2"), prior, strict=True)]
    answer = tell_roles(three, RoleHints(language="en"))
    assert roles(answer) == ["rep", "client", "rep"]


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    lines = (
        ("a", "您好，感謝您的來電，請問有什麼可以幫您？"),
        ("b", "我想買兩扇窗戶，多少錢？"),
        ("a", "請您提供一下電話。"),
    )
    letters = (Voice("speaker_a", 0.0, 0), Voice("speaker_b", 0.0, 0))
    two = [Side(talk(lines, who), voice) for who, voice in zip("ab", letters, strict=True)]
    answer = tell_roles(two, RoleHints(language="zh", company_names=("北方門窗",)))
    assert roles(answer) == ["rep", "client"]
    assert answer.confidence > 0.9


def test_the_same_words_give_the_same_answer() -> None:
    assert told("en", rep_first=False) == told("en", rep_first=False)
