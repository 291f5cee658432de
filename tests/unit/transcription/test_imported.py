"""Transcripts of other programs: whose words they are, when they were said, and how sure the program was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from transcription.engines.imported import read_transcript
from transcription.errors import NotATranscript


def read(data: dict[str, Any] | str, **more: Any) -> list[tuple[str, str]]:
    raw = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return [(turn.role, turn.text) for turn in read_transcript(raw.encode(), **more).turns]


def item(start: float, text: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "pronunciation",
        "start_time": f"{start}",
        "end_time": f"{start + 0.3}",
        "alternatives": [{"confidence": "0.8", "content": text}],
        **more,
    }


POINT = {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": "."}]}


def test_whisper_segments_keep_words_and_confidence_and_stay_apart() -> None:
    data = {
        "language": "en",
        "segments": [
            {"start": 0.0, "end": 1.0, "text": " Hello.", "words": [{"word": " Hello.", "start": 0.1, "end": 0.9,
                                                                     "probability": 0.7}]},
            {"start": 1.1, "end": 2.0, "text": " Hi.", "words": []},
        ],
    }  # fmt: skip
    transcript = read_transcript(json.dumps(data).encode())
    assert [(t.role, t.text, t.role_confidence) for t in transcript.turns] == [
        ("speaker_a", "Hello.", 0.0),
        ("speaker_a", "Hi.", 0.0),
    ]
    assert transcript.turns[0].words[0].confidence == 0.7
    assert transcript.quality.word_confidence == 0.7
    assert (transcript.engine, transcript.language, transcript.duration) == ("imported", "en", 2.0)


def test_whisperx_speakers_may_change_inside_a_segment() -> None:
    segment = {
        "start": 0.0,
        "end": 2.0,
        "text": " Any questions? No.",
        "words": [
            {"word": "Any", "start": 0.0, "end": 0.2, "score": 0.9, "speaker": "SPEAKER_01"},
            {"word": "questions?", "start": 0.3, "end": 0.8, "score": 0.8, "speaker": "SPEAKER_01"},
            {"word": "No.", "score": 0.4, "speaker": "SPEAKER_00"},
        ],
    }
    assert read({"segments": [segment]}) == [("speaker_a", "Any questions?"), ("speaker_b", "No.")]


def test_aws_channels_become_roles_in_time_order() -> None:
    channels = [
        {"channel_label": "ch_0", "items": [item(0.0, "Hello"), POINT, item(3.0, "Great"), POINT]},
        {"channel_label": "ch_1", "items": [item(1.5, "Hi"), POINT]},
    ]
    data = {"results": {"language_code": "en-US", "channel_labels": {"channels": channels}, "items": []}}
    assert read(data) == [("rep", "Hello."), ("client", "Hi."), ("rep", "Great.")]
    assert read(data, channel_roles=("client", "rep"))[0] == ("client", "Hello.")
    assert read_transcript(json.dumps(data).encode()).language == "en"


def test_aws_speaker_labels_old_and_new() -> None:
    items = [item(0.0, "Hello"), POINT, item(1.0, "Hi"), POINT]
    labels = {
        "segments": [
            {"speaker_label": "spk_0", "items": [{"start_time": "0.0", "speaker_label": "spk_0"}]},
            {"speaker_label": "spk_1", "items": [{"start_time": "1.0", "speaker_label": "spk_1"}]},
        ]
    }
    expected = [("speaker_a", "Hello."), ("speaker_b", "Hi.")]
    assert read({"results": {"items": items, "speaker_labels": labels}}) == expected
    labelled = [item(0.0, "Hello", speaker_label="spk_0"), POINT, item(1.0, "Hi", speaker_label="spk_1"), POINT]
    assert read({"results": {"items": labelled}}) == expected


def test_aws_call_analytics_names_the_roles() -> None:
    entries = [
        {"ParticipantRole": "AGENT", "Content": "Hello.", "BeginOffsetMillis": 100, "EndOffsetMillis": 900},
        {"ParticipantRole": "CUSTOMER", "Content": "Hi.", "BeginOffsetMillis": 1000, "EndOffsetMillis": 1200},
    ]
    assert read({"Transcript": entries}) == [("rep", "Hello."), ("client", "Hi.")]


def test_vtt_with_several_voices_in_a_cue_classes_and_entities() -> None:
    text = "WEBVTT\nKind: captions\n\nNOTE hidden\n\nintro\n00:00.000 --> 00:02.000 line:0\n"
    text += "<v.loud Agent>Is it <b>R&amp;D</b>?</v> <v Customer>Yes &lt;it is&gt;"
    assert read(text) == [("rep", "Is it R&D?"), ("client", "Yes <it is>")]


def test_srt_prefixes_count_as_speakers_only_when_they_are() -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\nMaria: Guten Tag\n\n2\n00:00:02,500 --> 00:00:03,000\nOtto: Hallo\n\n"
    srt += "3\n00:00:03,500 --> 00:00:04,000\nMaria: Der Preis: 100\n\n4\n00:00:05,000 --> 00:00:06,000\nOtto: Gut"
    assert read(srt) == [
        ("speaker_a", "Guten Tag"),
        ("speaker_b", "Hallo"),
        ("speaker_a", "Der Preis: 100"),
        ("speaker_b", "Gut"),
    ]
    note = "1\n00:00:01,000 --> 00:00:02,000\nNote: the price is fixed\n\n2\n00:00:02,500 --> 00:00:03,000\nFine"
    assert read(note) == [("speaker_a", "Note: the price is fixed"), ("speaker_a", "Fine")]


@pytest.mark.parametrize(("rep", "client"), [("Менеджер", "Клиент"), ("상담원", "고객"), ("客服", "客户")])
def test_roles_are_known_in_four_languages(rep: str, client: str) -> None:
    text = f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v {rep}>a\n\n00:01.000 --> 00:02.000\n<v {client}>b\n"
    assert read(text) == [("rep", "a"), ("client", "b")]


def test_our_own_json_keeps_everything_and_takes_the_smallest_form() -> None:
    assert read('{"turns":[{"role":"rep","text":"Hello"}]}') == [("rep", "Hello")]
    own = read_transcript(b'{"engine":"sphinx","draft":true,"language":"en","turns":[]}', language="ru")
    assert (own.engine, own.draft, own.language) == ("sphinx", True, "en")


def test_text_no_page_or_database_can_hold_is_cleaned() -> None:
    data = b'{"turns":[{"role":"rep","text":"a\\u0000b \\ud800 <script>","words":[{"text":"\\u0000"}]}]}'
    (turn,) = read_transcript(data).turns
    assert turn.text == "a b <script>"
    assert turn.words == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"hello",
        b"{}",
        b"{",
        b"[1]",
        b'{"turns":1}',
        b'{"segments":[{"start":NaN,"text":"a"}]}',
        b'{"segments":[{"start":"soon","text":"a"}]}',
        b'{"results":{}}',
        b"WEBVTT\n\n",
        b"\xff\xfe\x00",
        b"\xc3\x28",
        b'{"schema":2,"turns":[]}',
    ],
)
def test_what_is_no_transcript_is_refused_with_its_name(data: bytes) -> None:
    with pytest.raises(NotATranscript) as caught:
        read_transcript(data, name="call.json")
    assert caught.value.where


def test_utf16_and_byte_order_marks_are_read() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Agent>Привет"
    assert read_transcript(text.encode("utf-16")).turns[0].text == "Привет"
    assert read_transcript(text.encode("utf-8-sig")).turns[0].text == "Привет"
