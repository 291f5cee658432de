"""CTM, RTTM and plain text: words line by line, and who speaks when."""

from __future__ import annotations

import json

import pytest

from transcription.engines.imported import read_transcript
from transcription.errors import NotATranscript

CTM = """;; made by somebody
call1 1 0.11 0.40 hello 0.93
call1 1 0.60 0.30 there
call1 1 1.50 0.30 hi 0.4
call1 1 1.90 0.20 yes <NA>
"""
RTTM = """SPEAKER call1 1 0.00 1.00 <NA> <NA> agent <NA> <NA>
SPEAKER call1 1 1.40 0.80 <NA> <NA> spk_7 <NA> <NA>
"""


def said(data: str | bytes, **more: bytes) -> list[tuple[str, str]]:
    raw = data.encode() if isinstance(data, str) else data
    return [(turn.role, turn.text) for turn in read_transcript(raw, **more).turns]


def test_words_of_one_channel_are_one_unknown_speaker_until_somebody_says_who() -> None:
    assert said(CTM) == [("speaker_a", "hello there hi yes")]
    (turn,) = read_transcript(CTM.encode()).turns
    assert [(w.start, w.end, w.confidence) for w in turn.words[:2]] == [(0.11, 0.51, 0.93), (0.6, 0.9, None)]


def test_rttm_beside_or_after_the_words_tells_the_speakers() -> None:
    expected = [("rep", "hello there"), ("speaker_a", "hi yes")]
    assert said(CTM, rttm=RTTM.encode()) == expected
    assert said(CTM + RTTM) == expected


def test_rttm_tells_the_speakers_of_a_transcript_that_does_not() -> None:
    words = [{"word": "Hello", "start": 0.1, "end": 0.5}, {"word": "hi", "start": 1.5, "end": 1.8}]
    whisper = {"segments": [{"start": 0.0, "end": 2.0, "text": "Hello hi", "words": words}]}
    assert said(json.dumps(whisper), rttm=RTTM.encode()) == [("rep", "Hello"), ("speaker_a", "hi")]
    srt = "1\n00:00:00,000 --> 00:00:00,900\nHello\n\n2\n00:00:01,400 --> 00:00:02,000\nHi"
    assert said(srt, rttm=RTTM.encode()) == [("rep", "Hello"), ("speaker_a", "Hi")]
    named = '{"turns":[{"role":"client","text":"mine","start":0.1,"end":0.5}]}'
    assert said(named, rttm=RTTM.encode()) == [("client", "mine")]


def test_a_word_far_from_every_stretch_belongs_to_nobody_known() -> None:
    far = CTM + "call1 1 9.00 0.20 bye\n"
    assert said(far, rttm=RTTM.encode())[-1][1] == "bye"


def test_channels_of_a_ctm_are_people() -> None:
    text = "c A 0.1 0.4 hello\nc B 1.0 0.4 hi\nc A 2.0 0.4 bye\n"
    assert said(text) == [("rep", "hello"), ("client", "hi"), ("rep", "bye")]


def test_plain_text_with_speakers() -> None:
    text = "[0:05] rep: Good morning: Anna here\n[1:01:07] client: Hi\nspeaker_b: who?\n"
    transcript = read_transcript(text.encode())
    assert [(t.role, t.text, t.start) for t in transcript.turns] == [
        ("rep", "Good morning: Anna here", 5.0),
        ("client", "Hi", 3667.0),
        ("speaker_b", "who?", None),
    ]
    assert said("Менеджер: Добрый день\nКлиент: Да\n") == [("rep", "Добрый день"), ("client", "Да")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (RTTM, "no words"),
        ("a 1 0.1 0.2 hello\nb 1 0.4 0.2 hi\n", "more than one call"),
        ("Dear Anna: hello\nBest: Tom\n", "none of the shapes"),
        ("a 1 soon 0.2 hello\n", "none of the shapes"),
    ],
)
def test_refused_with_the_reason(data: str, why: str) -> None:
    with pytest.raises(NotATranscript, match=why):
        said(data)


def test_a_broken_rttm_is_named_by_its_line() -> None:
    with pytest.raises(NotATranscript) as caught:
        said(CTM, rttm=b"SPEAKER call1 1 0.00 1.00 <NA> <NA> agent\nSPEAKER call1 1 x\n")
    assert caught.value.where == "line 2"
