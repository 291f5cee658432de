"""whisper.cpp's JSON, OpenAI's words without segments, Google's batches, subtitles as careless programs write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from transcription.channels import name_voices
from transcription.engines.imported import read_transcript
from transcription.errors import NotATranscript, WrongChannels
from transcription.transcript import Transcript


def read(data: Any, **more: Any) -> Transcript:
    return read_transcript(json.dumps(data, ensure_ascii=False).encode(), **more)


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in transcript.turns]


def cpp_segment(text: str, begin: int, end: int, **more: Any) -> dict[str, Any]:
    stamps = {"from": "00:00:00,000", "to": "00:00:01,000"}
    return {"timestamps": stamps, "offsets": {"from": begin, "to": end}, "text": text, **more}


def cpp(*segments: dict[str, Any], language: str = "en") -> dict[str, Any]:
    return {
        "systeminfo": "AVX = 1",
        "model": {"type": "base", "multilingual": True},
        "params": {"model": "models/ggml-base.bin", "language": "auto", "translate": False},
        "result": {"language": language},
        "transcription": list(segments),
    }


def cpp_token(text: str, begin: int, end: int, sure: float = 0.9) -> dict[str, Any]:
    return {"text": text, "offsets": {"from": begin, "to": end}, "id": 1, "p": sure, "t_dtw": -1}


def test_whisper_cpp_gives_segments_with_times_and_its_language() -> None:
    transcript = read(cpp(cpp_segment(" Guten Tag.", 0, 1200), cpp_segment(" Hallo.", 1500, 2000), language="de"))
    assert said(transcript) == [("speaker_a", "Guten Tag."), ("speaker_a", "Hallo.")]
    assert [(turn.start, turn.end) for turn in transcript.turns] == [(0.0, 1.2), (1.5, 2.0)]
    assert (transcript.language, transcript.model) == ("de", "whisper.cpp")


def test_whisper_cpp_told_apart_is_the_left_and_the_right_channel() -> None:
    segments = [
        cpp_segment(" Hello, Acme.", 0, 1200, speaker="0"),
        cpp_segment(" Hi.", 1500, 2000, speaker="1"),
        cpp_segment(" Yes.", 2100, 2500, speaker="1"),
        cpp_segment(" (both)", 3000, 3500, speaker="?"),
    ]
    assert said(read(cpp(*segments)))[:2] == [("rep", "Hello, Acme."), ("client", "Hi. Yes.")]
    turned = read(cpp(*segments), channel_roles=("client", "rep"))
    assert [turn.role for turn in turned.turns][:2] == ["client", "rep"]


def test_whisper_cpp_tokens_become_words() -> None:
    tokens = [
        cpp_token("[_BEG_]", 0, 0),
        cpp_token(" Hel", 0, 300, 0.9),
        cpp_token("lo", 300, 500, 0.6),
        cpp_token(",", 500, 520, 0.95),
        cpp_token(" Acme", 520, 900),
        cpp_token(".", 900, 950),
        cpp_token("[_TT_50]", 950, 950),
    ]
    (turn,) = read(cpp(cpp_segment(" Hello, Acme.", 0, 1000, tokens=tokens))).turns
    assert [(w.text, w.start, w.end, w.confidence) for w in turn.words] == [
        ("Hello,", 0.0, 0.52, 0.6),
        ("Acme.", 0.52, 0.95, 0.9),
    ]


def test_whisper_cpp_tokens_that_split_letters_are_left_out() -> None:
    tokens = [cpp_token(" ��", 0, 300), cpp_token("�", 300, 500)]
    (turn,) = read(cpp(cpp_segment(" 好", 0, 1000, tokens=tokens), language="zh")).turns
    assert (turn.text, turn.words) == ("好", ())


def test_openai_words_alone_are_cut_at_pauses_with_the_texts_punctuation() -> None:
    words = [("Hello", 0.0, 0.4), ("there", 0.5, 0.8), ("Hi", 2.0, 2.2), ("it's", 2.3, 2.5), ("Ann", 2.6, 2.9)]
    data = {
        "task": "transcribe",
        "language": "english",
        "duration": 3.5,
        "text": "Hello there! Hi, it's Ann.",
        "words": [{"word": word, "start": start, "end": end} for word, start, end in words],
    }
    transcript = read(data)
    assert said(transcript) == [("speaker_a", "Hello there!"), ("speaker_a", "Hi, it's Ann.")]
    assert transcript.language == "en"
    assert transcript.duration == 3.5
    assert [(turn.start, turn.end, len(turn.words)) for turn in transcript.turns] == [(0.0, 0.8, 2), (2.0, 2.9, 3)]
    other = read({**data, "text": "something else altogether"})
    assert [turn.text for turn in other.turns] == ["Hello there", "Hi it's Ann"]


def google_result(*words: tuple[str, float]) -> dict[str, Any]:
    return {
        "alternatives": [
            {
                "transcript": " ".join(word for word, _ in words),
                "words": [
                    {"word": w, "startOffset": f"{at}s", "endOffset": f"{at + 0.4}s", "speakerLabel": "1"}
                    for w, at in words
                ],
            }
        ],
        "languageCode": "en-us",
    }


@pytest.mark.parametrize("inline", [True, False])
def test_googles_batch_holds_a_transcript_per_recording(inline: bool) -> None:
    inner = {"results": [google_result(("hello", 0.0), ("there", 0.5))]}
    item = {"inlineResult": {"transcript": inner}} if inline else {"uri": "gs://b/out.json", "transcript": inner}
    data = {"name": "operations/1", "done": True, "response": {"results": {"gs://b/call.wav": item}}}
    transcript = read(data)
    assert [turn.text for turn in transcript.turns] == ["hello there"]
    assert transcript.language == "en"
    assert transcript.model == "google-speech-to-text"


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ({"gs://b/1": {"transcript": {}}, "gs://b/2": {"transcript": {}}}, "transcripts of 2 recordings"),
        ({"gs://b/1": {"cloudStorageResult": {"uri": "gs://b/out.json"}}}, r"another file \(gs://b/out.json\)"),
        ({"gs://b/1": {"error": {"code": 3, "message": "bad encoding"}}}, r"could not transcribe it \(bad encoding\)"),
    ],
)
def test_what_googles_batch_does_not_hold_is_said(results: dict[str, Any], why: str) -> None:
    with pytest.raises(NotATranscript, match=why):
        read({"response": {"results": results}})


SUBTITLES = "1\n00:00:01,000 --> 00:00:02,000\nAgent: Hello.\n\n2\n00:00:03,000 --> 00:00:04,000\nCustomer: It is 7.\n"


@pytest.mark.parametrize(
    "text",
    [
        SUBTITLES,
        "\ufeff" + SUBTITLES,
        SUBTITLES.replace("\n", "\r\n"),
        SUBTITLES.replace("\n", "\r"),
        SUBTITLES.replace("\n\n", "\n"),
        SUBTITLES.replace(":01,000", ":01.000").replace(":03,000", ":03.000"),
        SUBTITLES.replace(",000", ", 000"),
        SUBTITLES.replace(" --> ", "-->"),
        SUBTITLES.replace("1\n00", "00", 1).replace("2\n00", "00", 1),
        SUBTITLES.replace("Agent: Hello.", "Agent:\n\nHello.").replace("Agent:\n\n", "Agent: "),
        SUBTITLES.replace("\n\n2\n", "\n\n\n\n  2  \n"),
        SUBTITLES.replace("\n\n2", "\n\n\ufeff2"),
    ],
    ids=[
        "as it should be",
        "byte order mark",
        "Windows line ends",
        "old Mac line ends",
        "no blank lines",
        "dots for commas",
        "space behind the comma",
        "no spaces at the arrow",
        "no numbers",
        "blank line",
        "many blank lines",
        "two files joined",
    ],
)
def test_subtitles_are_read_as_careless_programs_write_them(text: str) -> None:
    transcript = read_transcript(text.encode())
    assert said(transcript) == [("rep", "Hello."), ("client", "It is 7.")]
    assert [(turn.start, turn.end) for turn in transcript.turns] == [(1.0, 2.0), (3.0, 4.0)]


def test_a_blank_line_inside_a_subtitle_loses_no_words() -> None:
    text = SUBTITLES.replace("Hello.", "Hello.\n\nAcme here.")
    assert said(read_transcript(text.encode()))[0] == ("rep", "Hello. Acme here.")


def test_a_number_said_alone_is_kept_where_subtitles_have_no_numbers() -> None:
    text = "00:00:01,000 --> 00:00:02,000\n42\n00:00:03,000 --> 00:00:04,000\nright\n"
    assert [turn.text for turn in read_transcript(text.encode()).turns] == ["42", "right"]


def test_one_role_for_two_channels_is_refused_in_good_words() -> None:
    with pytest.raises(WrongChannels, match="The recording has 2 channels, but one role was given: name one role"):
        name_voices(2, ("rep",))
    with pytest.raises(WrongChannels, match="has 2 channels, but 3 roles were given"):
        name_voices(2, ("rep", "client", "client"))


@pytest.mark.parametrize("odd", [1e308, -3.0, 9e9])
def test_a_time_no_call_can_have_is_left_out_and_the_words_are_kept(odd: float) -> None:
    turns = [
        {"role": "rep", "text": "Hello.", "start": 0.5, "end": 1.0},
        {"role": "client", "text": "Hi.", "start": odd},
    ]
    transcript = read({"turns": turns, "duration": odd})
    assert said(transcript) == [("rep", "Hello."), ("client", "Hi.")]
    assert [turn.start for turn in transcript.turns] == [0.5, None]
    assert transcript.duration is None
