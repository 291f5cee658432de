"""A recording through the whole pipeline, with a real engine of random weights: marks, people, order, stops."""

from __future__ import annotations

import json
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.line_sounds import MUSIC, RATE, RINGING, Sound, cadence, samples, white
from tests.whisper_model import build_whisper_model
from transcription.assembly import build_transcript
from transcription.audio import DecodedCall, DecodedChannel, decode_call
from transcription.channels import name_voices
from transcription.engines.whisper import WhisperEngine
from transcription.errors import Cancelled
from transcription.listening import Listened, listen_to_call
from transcription.pipeline import TranscribeOptions, transcribe, transcribe_decoded
from transcription.roles import RoleHints
from transcription.speech import Recognition, Span, Utterance
from transcription.transcript import AudioQuality, Transcript, Word

CALLS = Path(__file__).resolve().parents[3] / "workers" / "demo" / "calls"
MENU = "thank you for calling acme your call is important to us press one for sales"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhisperEngine:
    folder = build_whisper_model(tmp_path_factory.mktemp("whisper") / "random")
    return WhisperEngine.load(str(folder), threads=2)


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sound, Sound]:
    """The rep and the client of a sample call."""
    call = decode_call([CALLS / "en-quick-close.ogg"], tmp_path_factory.mktemp("sides"))
    rep, client = (np.fromfile(c.path, dtype="<i2").astype(np.float32) / 32768 for c in call.channels)
    return rep[: min(rep.size, client.size)], client[: min(rep.size, client.size)]


def decoded(folder: Path, *channels: Sound) -> DecodedCall:
    made = []
    for number, sound in enumerate(channels):
        path = folder / f"{number}.raw"
        samples(sound).tofile(path)
        made.append(DecodedChannel(path, sound.size, None))
    return DecodedCall(tuple(made), AudioQuality(channels=len(channels)))


def wav(path: Path, *channels: Sound) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.stack([samples(sound) for sound in channels], axis=1).tobytes())
    return path


def words_of(transcript: Transcript) -> list[Word]:
    return [word for turn in transcript.turns for word in turn.words]


def silence(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


@pytest.mark.parametrize("language", ["en", None])
def test_nothing_is_written_where_nobody_speaks(language: str | None, engine: WhisperEngine, tmp_path: Path) -> None:
    ringing = cadence(*RINGING["us"], 24)
    call = wav(
        tmp_path / "call.wav",
        np.concatenate((ringing, silence(20))),
        np.concatenate((MUSIC["band"](24), white(20, 0.001))),
    )
    transcript = transcribe([call], engine, TranscribeOptions(language), workdir=tmp_path / "work")
    assert transcript.turns == ()
    assert transcript.removed == ()
    assert {(mark.kind, mark.channel) for mark in transcript.marks} == {("ringback", 0), ("music", 1)}
    assert transcript.quality.speech_seconds == 0
    assert transcript.quality.word_confidence is None
    assert Transcript.from_json(json.loads(json.dumps(transcript.to_json()))).marks


@pytest.fixture(scope="module")
def stereo(sides: tuple[Sound, Sound], tmp_path_factory: pytest.TempPathFactory) -> DecodedCall:
    """Ringing, the sample call, and music on hold at the client's side."""
    rep, client = sides
    ringing = cadence(*RINGING["gb"], 9)
    return decoded(
        tmp_path_factory.mktemp("stereo"),
        np.concatenate((ringing, rep, silence(15))),
        np.concatenate((silence(9), client, MUSIC["melody"](15))),
    )


def test_a_stereo_call_has_marks_turns_in_order_and_rising_progress(stereo: DecodedCall, engine: WhisperEngine) -> None:
    shares: list[float] = []
    transcript = transcribe_decoded(stereo, engine, TranscribeOptions("en"), on_progress=shares.append)
    assert [(mark.kind, mark.channel) for mark in transcript.marks] == [("ringback", 0), ("music", 1)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    # Decoded, listened to, heard, done at least: what is heard before all of the speech is known tells no share.
    assert len({round(share, 3) for share in shares}) >= 4
    starts = [turn.start or 0.0 for turn in transcript.turns]
    assert starts == sorted(starts)
    assert {turn.channel for turn in transcript.turns} == {0, 1}
    for turn in transcript.turns:
        assert all(a.start <= b.start for a, b in pairwise(turn.words) if a.start is not None and b.start is not None)
        assert turn.text == " ".join(word.text for word in turn.words)
    for mark in transcript.marks:
        inside = [w for t in transcript.turns if t.channel == mark.channel for w in t.words]
        assert not any(mark.start + 0.5 < (w.start or 0) and (w.end or 0) < mark.end - 0.5 for w in inside)
    assert all(removal.reason for removal in transcript.removed)


def test_the_same_call_gives_the_same_bytes(stereo: DecodedCall, engine: WhisperEngine) -> None:
    first, second = (
        json.dumps(transcribe_decoded(stereo, engine, TranscribeOptions("en")).to_json(), ensure_ascii=False)
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("reached", [0.0, 0.05, 0.07, 0.10, 0.5, 0.98])
def test_a_call_can_be_stopped_at_every_step(stereo: DecodedCall, engine: WhisperEngine, reached: float) -> None:
    shares = [0.0]
    with pytest.raises(Cancelled):
        transcribe_decoded(
            stereo,
            engine,
            TranscribeOptions("en"),
            on_progress=shares.append,
            cancelled=lambda: shares[-1] >= reached,
        )
    assert shares[-1] < 1.0


def test_two_people_on_one_channel_are_told_apart_with_a_confidence(
    sides: tuple[Sound, Sound], engine: WhisperEngine, tmp_path: Path
) -> None:
    call = decoded(tmp_path, sides[0] + sides[1])
    transcript = transcribe_decoded(call, engine, TranscribeOptions("en"))
    assert len({(turn.role, turn.speaker) for turn in transcript.turns}) == 2
    assert {turn.channel for turn in transcript.turns} == {0}
    for turn in transcript.turns:
        assert turn.role_confidence is not None
        assert 0 <= turn.role_confidence <= 1
        assert turn.role_confidence >= 0.7 or turn.role in ("speaker_a", "speaker_b")
    starts = [turn.start or 0.0 for turn in transcript.turns]
    assert starts == sorted(starts)


def test_one_leg_that_is_named_is_one_person(sides: tuple[Sound, Sound], engine: WhisperEngine, tmp_path: Path) -> None:
    call = decoded(tmp_path, sides[1])
    transcript = transcribe_decoded(call, engine, TranscribeOptions("en", channel_roles=("client",)))
    assert {turn.role for turn in transcript.turns} == {"client"}


def said(listened: Listened, menu: str = "") -> Recognition:
    """Three words a second in every span, the first span holding a menu's words."""
    first = min(span.start for channel in listened.channels for span in channel.spans)
    channels = []
    for number, channel in enumerate(listened.channels):
        utterances = []
        for span in channel.spans:
            texts = menu.split() if menu and span.start == first else [f"w{number}"] * max(1, int(span.length * 3))
            edges = np.linspace(span.start + 0.2, span.end - 0.2, len(texts) + 1)
            words = tuple(Word(t, float(a), float(b), 0.9) for t, (a, b) in zip(texts, pairwise(edges), strict=True))
            # Each word its own number, or a long span would be cut for a loop.
            words = tuple(
                Word(f"{w.text}{n}" if w.text == f"w{number}" else w.text, w.start, w.end, 0.9)
                for n, w in enumerate(words)
            )
            utterances.append(Utterance(span, words))
        channels.append(tuple(utterances))
    return Recognition(tuple(channels), "en", 0.87)


def test_a_menu_becomes_the_systems_turn_and_every_word_stays(stereo: DecodedCall, engine: WhisperEngine) -> None:
    voices = name_voices(2)
    listened = listen_to_call(stereo, voices)
    heard = said(listened, MENU)
    transcript = build_transcript(stereo, listened, heard, engine, RoleHints(language="en"))
    system = [turn for turn in transcript.turns if turn.role == "system"]
    assert [turn.text for turn in system] == [MENU]
    assert {"announcement", "ringback", "music"} == {mark.kind for mark in transcript.marks}
    expected = sorted(w.text for c in heard.channels for u in c for w in u.words)
    assert sorted(w.text for w in words_of(transcript)) == expected
    assert transcript.language_probability == 0.87


def test_on_one_channel_the_recording_is_no_third_person(
    sides: tuple[Sound, Sound], engine: WhisperEngine, tmp_path: Path
) -> None:
    call = decoded(tmp_path, sides[0] + sides[1])
    listened = listen_to_call(call, name_voices(1))
    assert len(listened.channels) == 2
    heard = said(listened, MENU)
    transcript = build_transcript(call, listened, heard, engine, RoleHints(language="en"))
    assert [turn.text for turn in transcript.turns if turn.role == "system"] == [MENU]
    assert sorted(w.text for w in words_of(transcript)) == sorted(
        w.text for c in heard.channels for u in c for w in u.words
    )
    starts = [turn.start or 0.0 for turn in transcript.turns]
    assert starts == sorted(starts)


def test_a_language_of_its_own_is_kept_on_the_turn(stereo: DecodedCall, engine: WhisperEngine) -> None:
    listened = listen_to_call(stereo, name_voices(2))
    span = listened.channels[0].spans[0]
    other = Utterance(Span(span.start, span.end), (Word("价格", span.start, span.end, 0.9),), {"language": "zh"})
    heard = Recognition(((other,), said(listened).channels[1]), "en")
    transcript = build_transcript(stereo, listened, heard, engine, RoleHints(language="en"))
    assert [(t.text, t.language) for t in transcript.turns if t.channel == 0] == [("价格", "zh")]
    assert {t.language for t in transcript.turns if t.channel == 1} == {None}
