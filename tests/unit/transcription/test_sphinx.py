"""The stand-in engine on real sound: determinism, confidence, progress, cancelling, and refusing other languages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from transcription.audio import decode_call
from transcription.engines.sphinx import SphinxEngine
from transcription.engines.sphinx_child import spoken
from transcription.errors import Cancelled, EngineFailed, NeedsModel
from transcription.pipeline import TranscribeOptions, transcribe
from transcription.speech import RATE, Span, SpokenChannel
from transcription.transcript import Transcript
from transcription.web_audio import make_web_audio

SLICE = 40  # seconds of the long call heard in an ordinary run


@pytest.fixture(scope="module")
def engine() -> Iterator[SphinxEngine]:
    engine = SphinxEngine(workers=2)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def readers(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[SpokenChannel, ...]:
    """Two people reading, one per channel."""
    folder = tmp_path_factory.mktemp("readers")
    call = decode_call([shared_data / "audio" / "two_readers_stereo.wav"], folder)
    spans = ((Span(0.1, 5.0),), (Span(0.2, 1.5), Span(1.5, 2.8)))
    return tuple(SpokenChannel(c.path, s) for c, s in zip(call.channels, spans, strict=True))


def test_clear_speech_is_understood_with_times_and_confidence(
    engine: SphinxEngine, readers: tuple[SpokenChannel, ...]
) -> None:
    seen: list[float] = []
    heard = engine.recognise(readers, "en-US", on_progress=seen.append)
    words = [word for utterance in heard.channels[0] for word in utterance.words]
    assert {"confused", "complaint", "wizard", "curtain", "left"} <= {word.text for word in words}
    times = [(word.start or 0.0, word.end or 0.0) for word in words]
    assert times == sorted(times)
    assert all(0.1 <= start < end <= 5.0 for start, end in times)
    assert all(0 <= (word.confidence or 0.0) <= 1 for word in words)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_what_was_heard_does_not_depend_on_processes_or_on_what_came_before(
    engine: SphinxEngine, readers: tuple[SpokenChannel, ...]
) -> None:
    first = engine.recognise(readers, "en")
    assert engine.recognise(readers, "en") == first
    one = SphinxEngine(workers=1)
    try:
        assert one.recognise(readers[::-1], "en").channels == first.channels[::-1]
    finally:
        one.close()


@pytest.mark.parametrize("language", [None, "ru", "zh"])
def test_no_other_language_is_turned_into_english_words(
    engine: SphinxEngine, readers: tuple[SpokenChannel, ...], language: str | None
) -> None:
    with pytest.raises(NeedsModel):
        engine.recognise(readers, language)


def test_cancelling_stops_between_segments(engine: SphinxEngine, readers: tuple[SpokenChannel, ...]) -> None:
    with pytest.raises(Cancelled):
        engine.recognise(readers, "en", cancelled=lambda: True)


@pytest.fixture
def noise(tmp_path: Path) -> tuple[SpokenChannel, ...]:
    """A channel of faint noise in a long segment and two short ones."""
    path = tmp_path / "noise.raw"
    np.random.default_rng(0).normal(0, 300, 4 * RATE).astype("<i2").tofile(path)
    return (SpokenChannel(path, (Span(0.0, 2.0), Span(2.0, 3.0), Span(3.0, 4.0))),)


@pytest.mark.timeout(30)
def test_cancelling_does_not_wait_for_the_segment_that_is_being_heard(noise: tuple[SpokenChannel, ...]) -> None:
    engine = SphinxEngine(workers=1)
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 1  # false when the first segment is begun

    try:
        before = engine.recognise(noise, "en")
        process = engine._children[0]._process
        os.kill(process.pid, signal.SIGSTOP)  # a segment that never ends
        with pytest.raises(Cancelled):
            engine.recognise(noise, "en", cancelled=cancelled)
        assert process.poll() is not None, "the decoder goes on"
        assert engine.recognise(noise, "en") == before
    finally:
        engine.close()


@pytest.mark.timeout(30)
def test_what_stops_one_decoder_stops_the_others_in_their_segments(noise: tuple[SpokenChannel, ...]) -> None:
    engine = SphinxEngine()
    engine._count = 2
    asked: list[int] = []

    def cancelled() -> bool:
        """True only for the decoder that has done a segment and asks for its next."""
        if threading.current_thread() is threading.main_thread():
            return False
        asked.append(1)
        return len(asked) > 2

    try:
        engine._start(2)
        os.kill(engine._children[0]._process.pid, signal.SIGSTOP)
        with pytest.raises(Cancelled):
            engine.recognise(noise, "en", cancelled=cancelled)
    finally:
        engine.close()


def test_a_killed_decoder_is_a_failure_worth_another_attempt(readers: tuple[SpokenChannel, ...]) -> None:
    engine = SphinxEngine(workers=1)
    try:
        engine._start(1)
        os.kill(engine._children[0]._process.pid, signal.SIGKILL)
        engine._children[0].alive = lambda: True  # type: ignore[method-assign]
        with pytest.raises(EngineFailed) as caught:
            engine.recognise(readers, "en")
        assert not caught.value.permanent
        assert engine.recognise(readers[1:], "en").language == "en"
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ("read(2)", "read"),
        ("<sil>", None),
        ("[NOISE]", None),
        ("++um++", None),
        ("i", "I"),
        ("i'm", "I'm"),
        ("is", "is"),
    ],
)
def test_dictionary_entries_become_words(entry: str, word: str | None) -> None:
    assert spoken(entry) == word


def test_a_real_call_gives_turns_of_both_roles_in_time_order_marked_draft(
    engine: SphinxEngine, shared_data: Path, tmp_path: Path
) -> None:
    legs = [_cut(shared_data / "audio" / f"auto_repairs_40.{leg}.wav", tmp_path) for leg in ("agent", "caller")]
    transcript = transcribe(legs, engine, TranscribeOptions("en"), workdir=tmp_path / "work")
    _check_call(transcript)
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.slow
def test_the_whole_real_call(engine: SphinxEngine, shared_data: Path, tmp_path: Path) -> None:
    legs = [shared_data / "audio" / f"auto_repairs_40.{leg}.wav" for leg in ("agent", "caller")]
    transcript = transcribe(legs, engine, TranscribeOptions("en"), workdir=tmp_path / "work")
    _check_call(transcript)
    assert transcript.duration == 245.38
    assert (transcript.quality.word_confidence or 1) < 0.5


def _cut(path: Path, folder: Path) -> Path:
    """The first SLICE seconds, as a WAV of its own."""
    data = path.read_bytes()
    at = data.index(b"data") + 8
    cut = folder / path.name
    body = data[at : at + SLICE * 8000 * 2]
    head = bytearray(data[:at])
    head[at - 4 : at] = len(body).to_bytes(4, "little")
    cut.write_bytes(bytes(head) + body)
    return cut


def _check_call(transcript: Transcript) -> None:
    assert transcript.draft
    assert {turn.role for turn in transcript.turns} == {"rep", "client"}
    starts = [turn.start or 0.0 for turn in transcript.turns]
    assert starts == sorted(starts)
    assert all(turn.words and turn.end is not None for turn in transcript.turns)


def test_a_recording_in_which_nobody_speaks_has_no_turns(
    engine: SphinxEngine, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "audio" / "near_silence.wav"
    transcript = transcribe([path], engine, TranscribeOptions("en"), workdir=tmp_path)
    assert transcript.turns == ()
    assert transcript.quality.speech_seconds == 0


def test_cancelling_the_pipeline_leaves_no_files(engine: SphinxEngine, shared_data: Path, tmp_path: Path) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(Cancelled):
        transcribe(
            [shared_data / "audio" / "jfk.flac"], engine, TranscribeOptions("en"), workdir=tmp_path, cancelled=cancelled
        )
    assert list(tmp_path.iterdir()) == []


def test_web_audio_has_a_lane_per_leg_and_is_made_once(shared_data: Path, tmp_path: Path) -> None:
    legs = [shared_data / "audio" / name for name in ("jfk.flac", "ru_short.wav")]
    made = make_web_audio(legs, tmp_path / "web")
    peaks = json.loads(made.peaks.read_text())
    assert (peaks["per_second"], peaks["duration"], made.duration) == (20, 11.0, 11.0)
    assert [len(lane) for lane in peaks["channels"]] == [220, 220]
    assert max(peaks["channels"][0]) > 0.3
    assert max(peaks["channels"][1][120:]) < 0.01  # the shorter leg is padded with silence
    stamp = made.audio.stat().st_mtime_ns
    assert make_web_audio(legs, tmp_path / "web") == made
    assert made.audio.stat().st_mtime_ns == stamp
    assert sorted(p.name for p in (tmp_path / "web").iterdir()) == ["audio.webm", "peaks.json"]
    again = decode_call([made.audio], tmp_path / "again")
    assert again.duration == pytest.approx(11.0, abs=0.05)
    assert np.abs(np.fromfile(again.channels[1].path, "<i2")[: 5 * RATE]).max() > 1000


def test_no_process_without_a_speech_model_grows_over_500_mb(shared_data: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from transcription.audio import decode_call\n"
        "from transcription.vad import find_speech; from transcription.web_audio import make_web_audio_from\n"
        "call = decode_call([Path(sys.argv[1])], Path(sys.argv[2])); find_speech(call.channels[0].path)\n"
        "make_web_audio_from(call, Path(sys.argv[2]) / 'web')\n"
        # Its own peak from the kernel's status: getrusage counts what it had of its parent before it was this program.
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM:')).split()[1]\n"
        "import resource; print(int(peak) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    path = shared_data / "audio" / "auto_repairs_40.agent.wav"
    done = subprocess.run([sys.executable, "-c", code, path, tmp_path], capture_output=True, text=True, check=True)
    own, children = map(int, done.stdout.split())
    assert own < 500
    assert children < 300
