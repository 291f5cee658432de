"""The engine begins while a call is still listened to: the same spans, windows and words as one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.line_sounds import MUSIC, RATE, Sound, samples
from tests.whisper_model import build_whisper_model
from transcription import overlap
from transcription.audio import DecodedCall, DecodedChannel, decode_call
from transcription.channels import name_voices
from transcription.coming import ComingSpeech
from transcription.engines.whisper import WhisperEngine
from transcription.engines.whisper_windows import coming_windows, fill_windows
from transcription.errors import Cancelled, EngineFailed, NeedsModel
from transcription.listening import Listened, listen_to_call
from transcription.overlap import listen_while
from transcription.pipeline import TranscribeOptions, transcribe_decoded
from transcription.sounds import listen_channel
from transcription.speech import Recognition, Span, SpokenChannel
from transcription.transcript import AudioQuality
from transcription.turns import Voice
from transcription.vad import STEP, SpanFinder, VadOptions, spans_of

CALLS = Path(__file__).resolve().parents[3] / "workers" / "demo" / "calls"
VOICES = name_voices(2)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhisperEngine:
    return WhisperEngine.load(str(build_whisper_model(tmp_path_factory.mktemp("whisper") / "random")), threads=2)


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> DecodedCall:
    return decode_call([CALLS / "en-model-call.ogg"], tmp_path_factory.mktemp("call"))


def probabilities(seed: int, count: int) -> np.ndarray:
    """Speech and pauses of all lengths, with doubtful moments in both."""
    random = np.random.default_rng(seed)
    lengths = random.geometric(1 / random.choice([3, 15, 60], size=count))
    values = np.repeat(random.choice([0.02, 0.9], size=count), lengths)[:count]
    return (values + random.normal(0, 0.25, values.size)).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("step", [1, 7, 250])
def test_spans_told_piece_by_piece_are_those_of_the_whole(seed: int, step: int) -> None:
    options = VadOptions(longest=2.0) if seed % 2 else VadOptions()
    whole = probabilities(seed, 1200)
    length = whole.size * STEP - 0.01
    finder = SpanFinder(options)
    told: list[Span] = []
    for first in range(0, whole.size, step):
        new = finder.add(whole[first : first + step])
        # What was told is final, so it ends before everything that is still open.
        assert all(span.end <= (first + step) * STEP for span in new)
        told += new
    assert (*told, *finder.end(length)) == spans_of(whole, length, options)


def test_a_span_is_told_long_before_the_sound_ends() -> None:
    finder = SpanFinder(VadOptions())
    heard = np.concatenate([np.zeros(50), np.ones(60), np.zeros(40)]).astype(np.float32)
    assert finder.add(heard) == [Span(50 * STEP - 0.2, 110 * STEP + 0.2)]


def with_music(folder: Path, voice: Sound) -> Path:
    """Music before and behind a voice: with notes in it that may pass for words."""
    path = folder / "music.raw"
    samples(np.concatenate((MUSIC["melody"](20), voice, MUSIC["band"](20)))).tofile(path)
    return path


def test_what_is_found_on_the_way_is_what_is_kept_at_the_end(call: DecodedCall, tmp_path: Path) -> None:
    voice = np.fromfile(call.channels[0].path, dtype="<i2").astype(np.float32) / 32768
    for path in (call.channels[0].path, with_music(tmp_path, voice[: 20 * RATE])):
        found: list[Span] = []
        kept, marks = listen_channel(path, found=found.append)
        assert tuple(found) == kept != ()
        assert (kept, marks) == listen_channel(path)


def test_windows_fill_as_spans_come() -> None:
    channels = [
        SpokenChannel(Path("a"), tuple(Span(10.0 * n, 10.0 * n + 7) for n in range(9))),
        SpokenChannel(Path("b"), (Span(1, 70), Span(80, 81))),
    ]
    coming = ComingSpeech([channel.path for channel in channels])
    for n in range(9):
        for number, channel in enumerate(channels):
            if n < len(channel.spans):
                coming.put(number, channel.spans[n])
    for number in range(2):
        coming.put(number, None)
    coming.end()
    windows = sorted(coming_windows(coming), key=lambda window: window.channel)
    assert tuple(windows) == fill_windows(channels)


def test_the_words_are_those_of_one_after_the_other(
    call: DecodedCall, engine: WhisperEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[ComingSpeech] = []
    recognise = engine.recognise_coming

    def noted(coming: ComingSpeech, *args: object, **kwargs: object) -> Recognition:
        begun.append(coming)
        return recognise(coming, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "recognise_coming", noted)
    options = TranscribeOptions("en")
    together = transcribe_decoded(call, engine, options)
    assert len(begun) == 1
    monkeypatch.setattr(engine, "can_begin", lambda *_: False)
    apart = transcribe_decoded(call, engine, options)
    assert len(begun) == 1
    assert together == apart


@pytest.mark.parametrize(
    "options",
    [TranscribeOptions(), TranscribeOptions("en", accuracy="high")],
    ids=["a language to be voted for", "the careful way"],
)
def test_what_needs_all_of_the_call_waits_for_it(options: TranscribeOptions, engine: WhisperEngine) -> None:
    assert not engine.can_begin(options.language, options.accuracy)


def test_a_language_the_model_does_not_know_ends_the_listening_too(call: DecodedCall, engine: WhisperEngine) -> None:
    with pytest.raises(NeedsModel):
        transcribe_decoded(call, engine, TranscribeOptions("xx"))
    assert not [thread for thread in threading.enumerate() if thread.name == "listening"]


Listen = Callable[[ComingSpeech, Callable[[], bool]], Listened]


@pytest.fixture
def listens(monkeypatch: pytest.MonkeyPatch) -> Callable[[Listen], None]:
    """Replace listening by what a test says."""

    def replace(listen: Listen) -> None:
        def listened(*_: object, coming: ComingSpeech, cancelled: Callable[[], bool], **__: object) -> Listened:
            return listen(coming, cancelled)

        monkeypatch.setattr(overlap, "listen_to_call", listened)

    return replace


NOTHING = Recognition(((), ()), "en")


def heard_nothing(_coming: ComingSpeech) -> Recognition:
    return NOTHING


def test_the_engine_begins_before_all_is_known(call: DecodedCall, listens: Callable[[Listen], None]) -> None:
    taken = threading.Event()
    order: list[str] = []

    def listen(coming: ComingSpeech, _cancelled: Callable[[], bool]) -> Listened:
        coming.put(0, Span(0, 1))
        coming.put(1, Span(2, 3))
        assert taken.wait(30)
        coming.put(0, Span(4, 5))
        return Listened((), VOICES, ())

    def recognise(coming: ComingSpeech) -> Recognition:
        spans = iter(coming)
        assert [next(spans), next(spans)] == [(0, Span(0, 1)), (1, Span(2, 3))]
        order.append("first words" if not coming.complete else "too late")
        taken.set()
        assert list(spans) == [(0, Span(4, 5))]
        return NOTHING

    listens(listen)
    assert listen_while(recognise, call, VOICES, begun=lambda: order.append("begun"))[2] is NOTHING
    assert order == ["begun", "first words"]


def test_one_channel_that_speaks_may_hold_both_people_and_waits(tmp_path: Path, call: DecodedCall) -> None:
    silent = tmp_path / "silent.raw"
    np.zeros(call.channels[0].samples, dtype="<i2").tofile(silent)
    channels = (call.channels[0], DecodedChannel(silent, call.channels[0].samples, None))
    one = DecodedCall(channels, AudioQuality(channels=2))
    _, listened, recognition = listen_while(lambda _: pytest.fail("too early"), one, VOICES)
    assert recognition is None
    assert listened == listen_to_call(one, VOICES)


@pytest.mark.parametrize("error", [Cancelled(), OSError("the disk is gone")])
def test_a_fault_while_listening_ends_the_engine_and_is_raised(
    error: Exception, call: DecodedCall, engine: WhisperEngine, listens: Callable[[Listen], None]
) -> None:
    def listen(coming: ComingSpeech, _cancelled: Callable[[], bool]) -> Listened:
        coming.put(0, Span(0, 1))
        coming.put(1, Span(2, 3))
        raise error

    listens(listen)
    with pytest.raises(type(error)) as caught:
        listen_while(lambda coming: engine.recognise_coming(coming, "en"), call, VOICES)
    assert caught.value is error


def test_a_fault_of_the_engine_ends_the_listening_and_is_raised(
    call: DecodedCall, listens: Callable[[Listen], None]
) -> None:
    stopped = threading.Event()

    def listen(coming: ComingSpeech, cancelled: Callable[[], bool]) -> Listened:
        coming.put(0, Span(0, 1))
        coming.put(1, Span(2, 3))
        while not cancelled():
            stopped.wait(0.01)
        stopped.set()
        raise Cancelled

    def recognise(_coming: ComingSpeech) -> Recognition:
        raise EngineFailed("whisper", "it broke")

    listens(listen)
    with pytest.raises(EngineFailed, match="it broke"):
        listen_while(recognise, call, VOICES)
    assert stopped.is_set()


def test_a_call_can_be_stopped_while_the_engine_waits_for_speech(
    call: DecodedCall, engine: WhisperEngine, listens: Callable[[Listen], None]
) -> None:
    stop = threading.Event()

    def listen(coming: ComingSpeech, cancelled: Callable[[], bool]) -> Listened:
        coming.put(0, Span(0, 1))
        coming.put(1, Span(2, 3))
        stop.set()
        waiting = threading.Event()
        while not cancelled():
            waiting.wait(0.01)
        raise Cancelled

    listens(listen)
    with pytest.raises(Cancelled):
        listen_while(
            lambda coming: engine.recognise_coming(coming, "en", cancelled=stop.is_set),
            call,
            VOICES,
            cancelled=stop.is_set,
        )


def test_a_voice_stays_where_it_was_said_to_be(call: DecodedCall) -> None:
    voices = (Voice("client", 1.0, 0), Voice("rep", 1.0, 1))
    assert listen_while(heard_nothing, call, voices)[1].voices == voices
