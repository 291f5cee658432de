"""The transcript's JSON, subtitles and text: what is written is what is read back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.engines.imported import read_transcript
from transcription.errors import NotATranscript, NoTimes
from transcription.formats import to_srt, to_txt, to_vtt
from transcription.transcript import AudioQuality, Removal, Transcript, Turn, Word

ROLES = ("rep", "client", "speaker_a", "speaker_b", "system")
LETTERS = "abcXYZяЖ가한价格 .,!?&<>\"'-:%"
times = st.integers(0, 1_440_000).map(lambda n: n / 100)
shares = st.none() | st.integers(0, 1000).map(lambda n: n / 1000)
texts = st.text(alphabet=LETTERS, min_size=1, max_size=40).map(lambda t: " ".join(t.split())).filter(bool)


@st.composite
def words(draw: st.DrawFn) -> Word:
    start = draw(times)
    return Word(draw(texts), start, round(start + 0.25, 2), draw(shares))


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    start = draw(times)
    return Turn(
        role=draw(st.sampled_from(ROLES)),  # type: ignore[arg-type]
        text=draw(texts),
        start=start,
        end=round(start + draw(st.integers(1, 3000)) / 100, 2),
        role_confidence=draw(shares),
        channel=draw(st.none() | st.integers(0, 7)),
        words=tuple(draw(st.lists(words(), max_size=3))),
    )


transcripts = st.builds(
    Transcript,
    turns=st.lists(turns(), max_size=5).map(tuple),
    language=st.none() | st.sampled_from(["en", "ru", "ko", "zh"]),
    engine=st.none() | st.just("sphinx"),
    model=st.none() | texts,
    duration=st.none() | times,
    draft=st.booleans(),
    quality=st.builds(AudioQuality, channels=st.none() | st.integers(1, 8), partial=st.booleans(), decoded=times),
    removed=st.lists(st.builds(Removal, times, times, texts, st.just("loop")), max_size=2).map(tuple),
)


@given(transcripts)
def test_json_round_trip_gives_the_same_transcript_and_the_same_bytes(transcript: Transcript) -> None:
    once = json.dumps(transcript.to_json())
    again = Transcript.from_json(json.loads(once))
    assert again == transcript
    assert json.dumps(again.to_json()) == once


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Turn, ...]:
    """Turns one after another; neighbours of one role lie further apart than a reader joins."""
    said: list[Turn] = []
    now = 0
    for _ in range(draw(st.integers(1, 6))):
        role = draw(st.sampled_from(ROLES))
        now += draw(st.integers(210 if said and said[-1].role == role else 0, 5000))
        end = now + draw(st.integers(1, 3000))
        said.append(Turn(role, draw(texts), now / 100, end / 100))  # type: ignore[arg-type]
        now = end
    return tuple(said)


@given(conversations())
def test_vtt_keeps_roles_times_and_words(said: tuple[Turn, ...]) -> None:
    assert facts(read_transcript(to_vtt(Transcript(turns=said)).encode()).turns) == facts(said)


@given(conversations())
def test_srt_keeps_roles_times_and_words(said: tuple[Turn, ...]) -> None:
    # SRT has no escapes: players and readers take <b> for bold, so it cannot come back.
    said = tuple(replace(turn, text=turn.text.replace("<", "(")) for turn in said)
    assert facts(read_transcript(to_srt(Transcript(turns=said)).encode()).turns) == facts(said)


def facts(said: tuple[Turn, ...]) -> list[tuple[str, str, float | None, float | None]]:
    return [(turn.role, turn.text, turn.start, turn.end) for turn in said]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_junk_is_refused_by_name_and_never_breaks_the_reader(data: bytes) -> None:
    try:
        transcript = read_transcript(data)
    except NotATranscript:
        return
    json.dumps(transcript.to_json(), allow_nan=False)


KEYS = ["turns", "segments", "results", "items", "text", "words", "start", "end", "speaker", "role", "word"]
KEYS += ["alternatives", "channel_labels", "channels", "speaker_labels", "Transcript", "Items", "type", "response"]
KEYS += ["channelTag", "startTime", "endTime", "speakerTag", "seconds", "transcript", "metadata", "detected_language"]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


SHAPES = ["turns", "segments", "results", "Transcript", "response", "metadata", "words"]


@given(st.dictionaries(st.sampled_from(SHAPES), json_values, min_size=1))
def test_json_of_the_wrong_shape_is_refused_by_name(data: dict[str, object]) -> None:
    try:
        transcript = read_transcript(json.dumps(data).encode())
    except NotATranscript:
        return
    json.dumps(transcript.to_json(), allow_nan=False)


def test_a_transcript_without_times_cannot_become_subtitles_but_text() -> None:
    transcript = Transcript(turns=(Turn("rep", "Good morning."),))
    with pytest.raises(NoTimes):
        to_vtt(transcript)
    with pytest.raises(NoTimes):
        to_srt(transcript)
    assert to_txt(transcript) == "rep: Good morning.\n"


def test_nested_json_and_long_numbers_are_refused() -> None:
    for data in (b'{"turns":' + b"[" * 100_000, b'{"turns":[{"role":"rep","text":"a","start":' + b"9" * 5000 + b"}]}"):
        with pytest.raises(NotATranscript):
            read_transcript(data)
