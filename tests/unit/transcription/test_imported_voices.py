"""Who speaks in subtitles, however it is written, and text that no provider's lack of words may lose."""

from __future__ import annotations

import json

import pytest

from transcription.engines.imported import read_transcript


def srt(*cues: str) -> bytes:
    return "".join(
        f"{n + 1}\n00:00:{n * 3:02d},000 --> 00:00:{n * 3 + 2:02d},500\n{cue}\n\n" for n, cue in enumerate(cues)
    ).encode()


def vtt(*cues: str) -> bytes:
    return b"WEBVTT\n\n" + srt(*cues).replace(b",", b".")


def told(data: bytes) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in read_transcript(data).turns]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("AGENT: Hello", "CALLER: Hi there"),
        ("AGENT:Hello", "CALLER:Hi there"),
        ("[Agent] Hello", "[Customer] Hi there"),
        ("(Agent): Hello", "(Customer): Hi there"),
        (">> AGENT: Hello", ">> CUSTOMER: Hi there"),
        ("客服：Hello", "客户：Hi there"),
        ("- Agent: Hello", "- Client: Hi there"),
    ],
)
def test_a_named_speaker_is_no_part_of_what_is_said(first: str, second: str) -> None:
    for cues in ((first, second), (f"{first}\n{second}",)):
        assert told(srt(*cues)) == [("rep", "Hello"), ("client", "Hi there")]
        assert told(vtt(*cues)) == [("rep", "Hello"), ("client", "Hi there")]


def test_people_who_share_a_cue_share_its_time() -> None:
    first, second = read_transcript(srt("AGENT: Hello. CALLER: Hi th")).turns
    assert (first.role, second.role) == ("rep", "client")
    assert first.start == 0
    assert second.end == 2.5
    assert first.end == second.start
    assert 1.0 < (second.start or 0) < 1.6


def test_a_dash_parts_two_people_nobody_named() -> None:
    assert told(srt("- Hello\n- Hi there", "- What is it?\n- A call.")) == [
        ("speaker_a", text) for text in ("Hello", "Hi there", "What is it?", "A call.")
    ]
    assert told(srt("It is -5 outside", "Right")) == [("speaker_a", "It is -5 outside"), ("speaker_a", "Right")]


def test_words_outside_of_all_voices_and_behind_a_blank_line_are_kept() -> None:
    assert told(vtt("(noise) <v Agent>Hello</v> and then", "<v Client>Yes")) == [
        ("rep", "(noise) Hello and then"),
        ("client", "Yes"),
    ]
    assert told(vtt("Hello\n\nthere", "Bye")) == [("speaker_a", "Hello there"), ("speaker_a", "Bye")]


def test_a_colon_in_speech_names_nobody() -> None:
    assert told(srt("AGENT: The price is: five", "See you at 10:30")) == [
        ("rep", "The price is: five See you at 10:30"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"text": "hello you"},
        {"text": "hello you", "language": "en", "segments": []},
        {"results": {"transcripts": [{"transcript": "hello you"}], "items": []}},
        {"results": [{"alternatives": [{"transcript": "hello you"}]}]},
    ],
)
def test_a_text_without_words_or_segments_is_not_lost(data: object) -> None:
    assert told(json.dumps(data).encode()) == [("speaker_a", "hello you")]


def test_a_result_of_google_without_words_is_kept_beside_others() -> None:
    words = [{"word": "hello", "startTime": "0s", "endTime": "0.5s", "speakerTag": 1}]
    results = [{"alternatives": [{"transcript": "hello", "words": words}]}, {"alternatives": [{"transcript": "bye"}]}]
    assert [text for _, text in told(json.dumps({"results": results}).encode())] == ["hello", "bye"]
