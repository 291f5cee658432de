"""A second rep: on a channel of their own, or taking over on the first one's when both words and voice say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.unit.transcription.roles.voices import said, talk
from transcription.channels import name_voices
from transcription.diarization.backend import Sound
from transcription.diarization.spectra import Floats
from transcription.roles import RoleHints, Side, second_people, settle_people
from transcription.roles.handover import Handover, find_handovers
from transcription.roles.people import Change
from transcription.roles.sides import in_order
from transcription.roles.takeover import hear_takeover
from transcription.speech import RATE, Span, SpokenChannel, Utterance
from transcription.transcript import Mark
from transcription.turns import Voice, merge_channels

Lines = Sequence[tuple[str, str]]

CALLS: dict[str, Lines] = {
    "en": (
        ("rep", "Thank you for calling Northwind, how can I help you?"),
        ("client", "I would like to buy forty chairs for our office."),
        ("rep", "One moment please, I will put you through to my colleague who makes the offers."),
        ("client", "All right."),
        (
            "rep",
            "Good afternoon, this is Susan Miller, thank you for waiting. What kind of chairs do you need?",
        ),
        ("client", "Comfortable ones. How much are they?"),
        ("rep", "Forty chairs with delivery come to twelve thousand pounds, with a five year guarantee for you."),
    ),
    "ru": (
        ("rep", "Компания Север, здравствуйте, чем могу помочь?"),
        ("client", "Мне нужно сорок стульев в офис."),
        ("rep", "Сейчас соединю вас с менеджером по продажам, оставайтесь на линии."),
        ("client", "Хорошо."),
        ("rep", "Добрый день, меня зовут Анна, спасибо за ожидание. Какие стулья вас интересуют?"),
        ("client", "Удобные. Сколько они стоят?"),
        ("rep", "Сорок стульев с доставкой стоят двести тысяч, гарантия пять лет."),
    ),
    "ko": (
        ("rep", "북쪽 가구 상담원 김민수입니다 무엇을 도와드릴까요"),
        ("client", "의자 마흔 개가 필요한데요"),
        ("rep", "담당자에게 연결해 드리겠습니다 잠시만 기다려 주세요"),
        ("client", "네"),
        ("rep", "안녕하세요 기다려 주셔서 감사합니다 판매팀 박지현입니다 어떤 의자를 찾으세요"),
        ("client", "편한 것이요 가격이 얼마인가요"),
        ("rep", "의자 마흔 개는 배송까지 육백만 원입니다 보증은 오 년입니다"),
    ),
    "zh": (
        ("rep", "您好，这里是北方家具公司，请问有什么可以帮您？"),
        ("client", "我想买四十把椅子。"),
        ("rep", "好的，我帮您转接给我的同事，请稍等。"),
        ("client", "好的。"),
        ("rep", "您好，我是销售部的王芳，让您久等了，请问您需要什么样的椅子？"),
        ("client", "舒服一点的，多少钱？"),
        ("rep", "四十把椅子包送货一共六万元，质保五年。"),
    ),
}


def sayings_of(lines: Lines, language: str) -> tuple[tuple[Utterance, ...], tuple[Utterance, ...]]:
    split = lines if language != "zh" else [(who, " ".join(text)) for who, text in lines]
    return talk(split, "rep"), talk(split, "client")


def handovers(lines: Lines, language: str, marks: tuple[Mark, ...] = ()) -> tuple[Handover, ...]:
    return find_handovers(0, in_order(sayings_of(lines, language), language), RoleHints(language=language), marks)


@pytest.mark.parametrize("language", CALLS)
def test_an_announcement_and_a_new_greeting_are_a_handover(language: str) -> None:
    (found,) = handovers(CALLS[language], language)
    assert found.signs == ("put_through", "greeted")
    rep, _ = sayings_of(CALLS[language], language)
    assert found.leaves == pytest.approx(rep[1].words[-1].end)
    assert found.joins == pytest.approx(rep[2].words[0].start)


@pytest.mark.parametrize("language", CALLS)
def test_a_call_without_a_transfer_has_no_handover(language: str) -> None:
    lines = [line for n, line in enumerate(CALLS[language]) if n not in (2, 3, 4)]
    assert handovers(lines, language) == ()


def test_a_promise_to_put_through_alone_is_no_handover() -> None:
    lines = (*CALLS["en"][:4], ("rep", "So, the chairs. They are all in oak."), *CALLS["en"][5:])
    assert handovers(lines, "en") == ()


def test_ringing_between_and_a_new_greeting_are_a_handover() -> None:
    lines = [line if n != 2 else ("rep", "One moment.") for n, line in enumerate(CALLS["en"])]
    rep, _ = sayings_of(lines, "en")
    leaves, joins = rep[1].words[-1].end or 0.0, rep[2].words[0].start or 0.0
    ring = Mark(leaves + 0.1, joins - 0.1, "ringback", 0)
    assert [found.signs for found in handovers(lines, "en", (ring,))] == [("waited", "greeted")]
    assert handovers(lines, "en", (replace(ring, kind="noise"),)) == ()
    assert handovers(lines, "en") == ()


def test_reps_on_channels_of_their_own_are_numbered_as_they_first_speak() -> None:
    voices = name_voices(3, ("rep", "client", "rep"))
    sides = (
        Side((said("hello this is the second", 9.0),), voices[0]),
        Side((said("hello", 2.0),), voices[1]),
        Side((said("good morning", 1.0),), voices[2]),
    )
    found = second_people(sides, RoleHints(language="en"))
    assert [side.voice.speaker for side in found] == ["rep_2", None, "rep"]


def test_a_rep_channel_on_which_nobody_speaks_is_no_second_rep() -> None:
    voices = name_voices(3, ("rep", "client", "rep"))
    sides = (Side((said("hello", 1.0),), voices[0]), Side((said("hi", 2.0),), voices[1]), Side((), voices[2]))
    assert second_people(sides, RoleHints(language="en")) == sides


def test_two_clients_are_told_apart_too() -> None:
    voices = name_voices(3, ("rep", "client", "client"))
    sides = [Side((said("hello", float(n)),), voice) for n, voice in enumerate(voices)]
    assert [side.voice.speaker for side in second_people(sides, RoleHints())] == [None, "client", "client_2"]


class Loudness:
    """A back end for which a person is how loud he is: 1000 or 8000 of 32767."""

    name = "loudness"
    alone = 0.9

    def describe(self, sounds: Sequence[Sound]) -> Floats:
        rows = [
            (1.0, 0.02 * (n % 5)) if np.abs(sound.samples[first:last]).max(initial=0) > 4000 else (0.02 * (n % 5), 1.0)
            for sound in sounds
            for n, (first, last) in enumerate(sound.windows)
        ]
        return np.array(rows, dtype=np.float32)


def channel_of(folder: Path, utterances: Sequence[Utterance], second_from: float, back: float = 1e9) -> SpokenChannel:
    """A channel on which another person (louder) speaks from `second_from` seconds to `back`."""
    length = max(w.end or 0.0 for u in utterances for w in u.words) + 1
    sound = np.zeros(round(length * RATE))
    for word in (w for u in utterances for w in u.words):
        level = 8000 if second_from <= (word.start or 0.0) < back else 1000
        sound[round((word.start or 0) * RATE) : round((word.end or 0) * RATE)] = level
    path = folder / "rep.raw"
    path.write_bytes(sound.astype("<i2").tobytes())
    return SpokenChannel(path, (Span(0.0, length),))


def people(folder: Path, lines: Lines, second_from: float, back: float = 1e9) -> list[tuple[str | None, str]]:
    """Turns of the rep's channel as (speaker, first word), told with the words of a call and a made-up voice."""
    rep, client = talk(lines, "rep"), talk(lines, "client")
    decoded = (channel_of(folder, rep, second_from, back), SpokenChannel(folder / "none.raw", ()))

    def takeover(channel: SpokenChannel, spans: Sequence[Span], found: Sequence[Handover]) -> Change | None:
        return hear_takeover(channel, spans, found, backend=Loudness())

    sides = [Side(rep, Voice("rep", 0.99, 0)), Side(client, Voice("client", 0.99, 1))]
    found = second_people(sides, RoleHints(language="en"), decoded=decoded, takeover=takeover)
    turns = merge_channels([side.utterances for side in found], [side.voice for side in found], "en")
    return [(turn.speaker, turn.text.split()[0]) for turn in turns if turn.role == "rep"]


def starts(lines: Lines) -> list[float]:
    return [u.words[0].start or 0.0 for u in talk(lines, "rep")]


def test_words_and_voice_together_tell_a_second_rep(tmp_path: Path) -> None:
    lines = CALLS["en"]
    found = people(tmp_path, lines, starts(lines)[2])
    assert found == [("rep", "Thank"), ("rep", "One"), ("rep_2", "Good"), ("rep_2", "Forty")]


def test_a_second_rep_greets_after_a_silence_in_which_the_client_says_nothing(tmp_path: Path) -> None:
    lines = [line for n, line in enumerate(CALLS["en"]) if n != 3]
    first, *_ = talk(lines[:3], "rep")[1:]
    leaves = first.words[-1].end or 0.0
    parts = [talk(lines, role) for role in ("rep", "client")]
    rep, client = (
        tuple(later(u, 3.0) if (u.words[0].start or 0.0) > leaves else u for u in utterances) for utterances in parts
    )
    decoded = (channel_of(tmp_path, rep, leaves + 1), SpokenChannel(tmp_path / "none.raw", ()))
    sides = [Side(rep, Voice("rep", 0.99, 0)), Side(client, Voice("client", 0.99, 1))]

    def takeover(channel: SpokenChannel, spans: Sequence[Span], found: Sequence[Handover]) -> Change | None:
        return hear_takeover(channel, spans, found, backend=Loudness())

    found = second_people(sides, RoleHints(language="en"), decoded=decoded, takeover=takeover)
    assert [side.voice.speaker for side in found] == ["rep", "rep_2", None]


def later(utterance: Utterance, seconds: float) -> Utterance:
    words = tuple(
        replace(word, start=(word.start or 0.0) + seconds, end=(word.end or 0.0) + seconds) for word in utterance.words
    )
    return replace(utterance, words=words)


def test_words_without_another_voice_tell_nobody(tmp_path: Path) -> None:
    assert {speaker for speaker, _ in people(tmp_path, CALLS["en"], 1e9)} == {None}


def test_another_voice_without_the_words_tells_nobody(tmp_path: Path) -> None:
    lines = [line for n, line in enumerate(CALLS["en"]) if n not in (2, 3)]
    lines[2] = ("rep", "What kind of chairs are you looking for, and when do you need them in your office?")
    assert {speaker for speaker, _ in people(tmp_path, lines, starts(lines)[1])} == {None}


def test_another_voice_that_begins_long_before_the_handover_tells_nobody(tmp_path: Path) -> None:
    lines = (
        CALLS["en"][0],
        ("client", "Yes."),
        ("rep", "What is it about, if I may ask you that now?"),
        *CALLS["en"][1:],
    )
    assert {speaker for speaker, _ in people(tmp_path, lines, starts(lines)[1])} == {None}


def test_in_a_conference_the_first_rep_stays_the_first(tmp_path: Path) -> None:
    lines = (
        *CALLS["en"],
        ("client", "And who brings them?"),
        ("rep", "Peter again. Our own drivers bring all of them up to your floor on the day you choose."),
    )
    at = starts(lines)
    found = people(tmp_path, lines, at[2], back=at[4])
    assert found == [("rep", "Thank"), ("rep", "One"), ("rep_2", "Good"), ("rep_2", "Forty"), ("rep", "Peter")]


def test_two_people_on_one_channel_are_not_searched_for_a_third(tmp_path: Path) -> None:
    lines = CALLS["en"]
    rep, client = talk(lines, "rep"), talk(lines, "client")
    one = channel_of(tmp_path, rep, starts(lines)[2])
    sides = [Side(rep, Voice("rep", 0.99, 0)), Side(client, Voice("client", 0.99, 0))]

    def never(*_given: object) -> Change | None:
        raise AssertionError("asked about a shared channel")

    assert second_people(sides, RoleHints(language="en"), decoded=(one, one), takeover=never) == tuple(sides)


def test_without_sound_nobody_is_told_apart_on_one_channel() -> None:
    rep, client = talk(CALLS["en"], "rep"), talk(CALLS["en"], "client")
    settled = settle_people((rep, client), name_voices(2), RoleHints(language="en"))
    assert [side.voice.speaker for side in settled.sides] == [None, None]
    assert settled.removals == ()
