"""Transcripts read straight from their JSON's text are those that the reader of each part makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from transcription.errors import NotATranscript
from transcription.transcript import Transcript
from transcription.transcript_text import read_transcript, write_json

_WORD = {"text": "네", "start": 1, "end": 1.5, "confidence": 0.9}
_TURN: dict[str, Any] = {"role": "rep", "text": "네 ok", "start": 1.0, "channel": 0, "words": [_WORD], "speaker": None}


def _call(**parts: Any) -> dict[str, Any]:
    return {"turns": [_TURN, {"role": "client", "text": "…"}], **parts}


_READ = [
    {"turns": []},
    {"turns": [{"role": "rep", "text": "hello"}]},
    _call(schema=1, language="ko", draft=True, duration=61, language_probability=0.5, unknown=[1, {"a": None}]),
    _call(quality={"channels": 2, "partial": True, "rate": 8000, "silent_channels": [1]}, roles={"confidence": 1}),
    _call(quality=None, removed=None, marks=[{"start": 1, "end": 2, "kind": "music"}], draft=1),
    _call(redactions=[{"kind": "card", "turn": 1, "start": None}], removed=[{"text": "x", "reason": "loop"}]),
    _call(turns=[{"role": "rep", "text": "a", "words": None}]),
    _call(turns=[{"role": "rep", "text": "\ud800"}], schema=True),
]
_REFUSED = [
    [],
    {"turns": None},
    _call(schema=2),
    _call(turns=[{"role": "boss", "text": "x"}]),
    _call(turns=[{**_TURN, "words": [{**_WORD, "end": "1"}]}]),
    _call(turns=[{**_TURN, "channel": True}]),
    _call(turns=[{**_TURN, "start": float("nan")}]),
    _call(redactions=[{"kind": "card", "turn": 2}]),
    _call(marks=[{"start": 1, "end": 2, "kind": "song"}]),
    _call(roles=[]),
]


@pytest.mark.parametrize("data", _READ)
def test_a_text_is_read_as_its_parsed_json_is(data: Any) -> None:
    text = json.dumps(data)
    assert repr(read_transcript(text)) == repr(Transcript.from_json(json.loads(text)))


@pytest.mark.parametrize("data", _REFUSED)
def test_what_is_wrong_is_refused_in_the_same_words(data: Any) -> None:
    with pytest.raises(NotATranscript) as expected:
        Transcript.from_json(data)
    with pytest.raises(NotATranscript) as refused:
        read_transcript(json.dumps(data))
    assert str(refused.value) == str(expected.value)


def test_what_is_no_json_is_a_wrong_value() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        read_transcript(b"turns")


def test_json_is_written_as_by_the_standard_library() -> None:
    data = {"b": [1, 0.1, 100.0, None, True], "a": {"text": 'да "네"\n\\/\x00\x1f\u2028'}, "t": (1, 2)}
    assert write_json(data) == json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def test_numbers_of_other_libraries_are_written_too() -> None:
    import numpy

    assert write_json({"a": numpy.float64(0.5)}) == b'{"a":0.5}'
