"""Deepgram's and Google's answers, Whisper's words beside its segments: who speaks, when, and how sure it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from transcription.engines.imported import read_transcript
from transcription.errors import NotATranscript
from transcription.transcript import Transcript


def read(data: dict[str, Any], **more: Any) -> Transcript:
    return read_transcript(json.dumps(data, ensure_ascii=False).encode(), **more)


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in transcript.turns]


def deepgram_word(text: str, start: float, **more: Any) -> dict[str, Any]:
    bare = text.strip(".,?!").lower()
    return {"word": bare, "punctuated_word": text, "start": start, "end": start + 0.4, "confidence": 0.97, **more}


def deepgram(*channels: dict[str, Any]) -> dict[str, Any]:
    return {
        "metadata": {"request_id": "x", "duration": 25.93, "channels": len(channels), "models": ["m"]},
        "results": {"channels": list(channels)},
    }


def test_deepgram_channels_are_people() -> None:
    rep = {"alternatives": [{"transcript": "Hello. Great.", "confidence": 0.9,
                             "words": [deepgram_word("Hello.", 0.1), deepgram_word("Great.", 3.0)]}]}  # fmt: skip
    client = {"alternatives": [{"transcript": "Hi.", "words": [deepgram_word("Hi.", 1.5)]}]}
    transcript = read(deepgram(rep, client))
    assert said(transcript) == [("rep", "Hello."), ("client", "Hi."), ("rep", "Great.")]
    assert (transcript.engine, transcript.model, transcript.duration) == ("imported", "deepgram", 25.93)
    assert transcript.turns[0].words[0].confidence == 0.97
    assert said(read(deepgram(rep, client), channel_roles=("client", "rep")))[0] == ("client", "Hello.")


def test_deepgram_speakers_on_one_channel_and_the_language_it_found() -> None:
    words = [
        deepgram_word("Hello.", 0.1, speaker=0, speaker_confidence=0.8),
        deepgram_word("Hi", 1.0, speaker=1),
        deepgram_word("there.", 1.5, speaker=1),
    ]
    channel = {
        "alternatives": [{"transcript": "Hello. Hi there.", "words": words}],
        "detected_language": "en",
        "language_confidence": 0.98,
    }
    transcript = read(deepgram(channel), language="ru")
    assert said(transcript) == [("speaker_a", "Hello."), ("speaker_b", "Hi there.")]
    assert (transcript.language, transcript.language_probability) == ("en", 0.98)


def test_deepgram_without_words_keeps_the_text_and_a_silent_call_has_no_turns() -> None:
    assert said(read(deepgram({"alternatives": [{"transcript": "Hello there."}]}))) == [("speaker_a", "Hello there.")]
    assert read(deepgram({"alternatives": [{"transcript": "", "words": []}]})).turns == ()


def google_word(text: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"word": text, "startTime": start, "endTime": end, **more}


def test_google_channels_silent_results_and_confidence_of_the_whole() -> None:
    data = {
        "results": [
            {"alternatives": [{"transcript": "hello", "confidence": 0.9,
                               "words": [google_word("hello", "0.100s", "0.500s")]}],
             "channelTag": 1, "languageCode": "en-us"},
            {"resultEndTime": "1s", "channelTag": 1},
            {"alternatives": [{"transcript": "hi", "words": [google_word("hi", "1.200s", "1.400s", confidence=0.7)]}],
             "channelTag": 2, "languageCode": "en-us"},
        ]
    }  # fmt: skip
    transcript = read(data)
    assert said(transcript) == [("rep", "hello"), ("client", "hi")]
    assert [turn.words[0].confidence for turn in transcript.turns] == [0.9, 0.7]
    assert transcript.language == "en"


def test_google_speaker_tags_come_again_in_the_last_result() -> None:
    first = [google_word("hello", "0s", "0.500s"), google_word("hi", "1s", "1.300s")]
    tagged = [{**first[0], "speakerTag": 1}, {**first[1], "speakerTag": 2}]
    data = {"results": [{"alternatives": [{"transcript": "hello hi", "words": first}]},
                        {"alternatives": [{"words": tagged}]}]}  # fmt: skip
    assert said(read(data)) == [("speaker_a", "hello"), ("speaker_b", "hi")]


def test_google_version_two_labels_each_result_and_a_finished_operation_is_opened() -> None:
    results = [
        {"alternatives": [{"transcript": "Hello.", "words": [
            {"word": "Hello.", "endOffset": "0.500s", "speakerLabel": "1"}]}]},
        {"alternatives": [{"transcript": "Hi.", "words": [
            {"word": "Hi.", "startOffset": "1.100s", "endOffset": "1.300s", "speakerLabel": "2"}]}]},
    ]  # fmt: skip
    transcript = read({"name": "operations/7", "done": True, "response": {"results": results}})
    assert said(transcript) == [("speaker_a", "Hello."), ("speaker_b", "Hi.")]
    assert (transcript.turns[0].start, transcript.turns[0].end) == (0.0, 0.5)


def test_google_client_library_keys_and_time_objects() -> None:
    word = {"word": "привет", "start_time": {"seconds": "2", "nanos": 500000000}, "end_time": {"seconds": 3}}
    data = {"results": [{"alternatives": [{"transcript": "привет", "words": [word]}], "language_code": "ru-ru"}]}
    (turn,) = read(data).turns
    assert (turn.text, turn.start, turn.end) == ("привет", 2.5, 3.0)
    assert read(data).language == "ru"


def test_words_beside_the_segments_find_their_segment() -> None:
    data = {
        "task": "transcribe",
        "language": "en",
        "segments": [{"start": 0.0, "end": 1.0, "text": " Hello."}, {"start": 1.0, "end": 2.5, "text": " And bye."}],
        "words": [
            {"word": "Hello", "start": 0.1, "end": 0.9},
            {"word": "And", "start": 1.1, "end": 1.3},
            {"word": "bye", "start": 1.4, "end": 2.0},
        ],
    }
    assert [[w.text for w in turn.words] for turn in read(data).turns] == [["Hello"], ["And", "bye"]]


def test_the_language_and_length_openai_names_are_kept() -> None:
    data = {"task": "transcribe", "language": "english", "duration": 8.47, "text": "Hi", "segments": []}
    data["segments"] = [{"start": 0.0, "end": 3.3, "text": " Hi"}]
    assert (read(data).language, read(data).duration) == ("en", 8.47)


def test_languages_of_amazon_and_google_are_the_ones_we_know() -> None:
    word = {"type": "pronunciation", "alternatives": [{"confidence": "1", "content": "hi"}], "start_time": "0.0"}
    codes = [
        {"language_code": "ko-KR", "duration_in_seconds": 2.0},
        {"language_code": "en-US", "duration_in_seconds": 5.1},
    ]
    assert read({"results": {"language_codes": codes, "items": [word]}}).language == "en"
    heard = {"alternatives": [{"transcript": "你好", "confidence": 0.9}], "languageCode": "cmn-hans-cn"}
    assert read({"results": [heard]}).language == "zh"


def test_numbered_speakers_and_word_confidences_of_other_whispers() -> None:
    words = [{"text": "Hi", "start": 0.0, "end": 0.5, "confidence": 0.8}]
    data = {"segments": [{"start": 0, "end": 1, "speaker": 0, "words": words}, {"start": 1, "text": "b", "speaker": 1}]}
    first, second = read(data).turns
    assert (first.role, second.role, first.words[0].confidence) == ("speaker_a", "speaker_b", 0.8)


def test_speech_without_a_label_takes_no_named_speakers_place() -> None:
    data = {
        "segments": [
            {"start": 0.0, "end": 0.4, "text": " Uh"},
            {"start": 0.5, "end": 1.2, "text": " Hello", "speaker": "SPEAKER_01"},
            {"start": 1.3, "end": 1.7, "text": " Hi", "speaker": "SPEAKER_00"},
        ]
    }
    voices = [(turn.role, turn.speaker) for turn in read(data).turns]
    assert voices == [("speaker_b", "speaker_3"), ("speaker_a", None), ("speaker_b", None)]


def test_chinese_words_of_two_speakers_in_a_segment_stay_without_spaces() -> None:
    words = [
        {"word": text, "start": n / 10, "end": n / 10 + 0.1, "score": 0.9, "speaker": f"SPEAKER_0{n // 2}"}
        for n, text in enumerate("你好世界")
    ]
    data = {"language": "zh", "segments": [{"start": 0.0, "end": 0.4, "text": "你好世界", "words": words}]}
    assert [turn.text for turn in read(data).turns] == ["你好", "世界"]


def test_google_channels_without_word_times_keep_what_was_said() -> None:
    results = [
        {"alternatives": [{"transcript": "hello", "confidence": 0.9}], "channelTag": 1, "languageCode": "en-us"},
        {"alternatives": [{"transcript": " hi there", "confidence": 0.9}], "channelTag": 2, "languageCode": "en-us"},
        {"alternatives": [{"transcript": " yes", "confidence": 0.9}], "channelTag": 1, "languageCode": "en-us"},
    ]
    assert said(read({"results": results})) == [("rep", "hello"), ("client", "hi there"), ("rep", "yes")]


@pytest.mark.parametrize(
    "data",
    [
        {"results": []},
        {"results": {"channels": []}},
        {"results": {"channels": [1]}},
        {"results": {"channels": [{"alternatives": [{"words": [{"word": "a", "start": "soon"}]}]}]}},
        {"results": [{"alternatives": [{"words": [{"word": "a", "startTime": "soon"}]}]}]},
        {"results": [{"alternatives": [{"words": [{"word": "a", "startTime": True}]}]}]},
        {"results": [7]},
    ],
)
def test_what_is_wrong_is_named(data: dict[str, Any]) -> None:
    if data == {"results": []}:
        assert read(data).turns == ()  # Google's answer to silence
        return
    with pytest.raises(NotATranscript) as caught:
        read(data, name="answer.json")
    assert caught.value.where
