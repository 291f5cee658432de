"""The whisper engine on a real model of random weights: loading, windows, word times, language, errors."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from tests.whisper_model import LANGUAGES, SAID, build_whisper_model
from transcription.engines import EngineRequest, choose_engine, load_engine, whisper_call, whisper_languages
from transcription.engines import whisper as module
from transcription.engines.whisper import WhisperEngine
from transcription.engines.whisper_windows import fill_windows
from transcription.errors import Cancelled, EngineFailed, NeedsModel
from transcription.speech import RATE, Recognition, Span, SpokenChannel
from transcription.transcript import Word

SPANS = (
    ((1.0, 9.5), (11.0, 12.2), (12.9, 30.0), (33.3, 40.0), (100.0, 165.0)),
    ((2.0, 2.4), (41.0, 61.0), (70.0, 89.0)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_whisper_model(tmp_path_factory.mktemp("whisper") / "random")


@pytest.fixture(scope="module")
def engine(folder: Path) -> WhisperEngine:
    return WhisperEngine.load(str(folder), threads=2)


@pytest.fixture(scope="module")
def channels(tmp_path_factory: pytest.TempPathFactory) -> tuple[SpokenChannel, ...]:
    """Two channels of noise whose loudness changes every second."""
    random = np.random.default_rng(11)
    made = []
    for number, spans in enumerate(SPANS):
        path = tmp_path_factory.mktemp("sound") / f"{number}.raw"
        loudness = np.repeat(random.uniform(100, 8000, 170), RATE)
        random.normal(0, loudness).clip(-32768, 32767).astype("<i2").tofile(path)
        made.append(SpokenChannel(path, tuple(Span(*span) for span in spans)))
    return tuple(made)


@pytest.fixture(scope="module")
def heard(engine: WhisperEngine, channels: tuple[SpokenChannel, ...]) -> Recognition:
    return engine.recognise(channels, "en")


def count_windows(engine: WhisperEngine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Windows in each call of the encoder, from now on."""
    counted: list[int] = []
    encode = engine._loaded.encode
    monkeypatch.setattr(engine._loaded, "encode", lambda features: counted.append(len(features)) or encode(features))
    return counted


def words_of(recognition: Recognition) -> list[Word]:
    return [word for channel in recognition.channels for utterance in channel for word in utterance.words]


def test_words_come_out_and_are_those_the_model_was_made_to_say(heard: Recognition) -> None:
    words = words_of(heard)
    assert len(words) > 50
    assert {word.text for word in words} <= set(SAID)
    assert len({word.text for word in words}) > 5
    assert len({word.confidence for word in words}) > 5
    assert all(word.confidence is not None and 0 < word.confidence <= 1 for word in words)


def test_every_span_is_answered_in_order_and_long_ones_in_parts(
    heard: Recognition, channels: tuple[SpokenChannel, ...]
) -> None:
    for channel, utterances in zip(channels, heard.channels, strict=True):
        spans = [utterance.span for utterance in utterances]
        assert all(a.end <= b.start for a, b in pairwise(spans))
        assert sum(span.length for span in spans) == pytest.approx(channel.speech_seconds)
    assert [u.span for u in heard.channels[1]] == list(channels[1].spans)
    assert len(heard.channels[0]) == len(SPANS[0]) + 2  # 65 s are three parts


def test_words_lie_inside_their_span_and_in_order(heard: Recognition) -> None:
    for utterances in heard.channels:
        for utterance in utterances:
            reached = utterance.span.start
            for word in utterance.words:
                assert type(word.start) is float
                assert type(word.end) is float
                assert reached - 0.001 <= word.start <= word.end <= utterance.span.end + 0.001
                reached = word.end


def test_words_are_found_in_several_spans_of_one_window(
    heard: Recognition, channels: tuple[SpokenChannel, ...]
) -> None:
    shared = [window for window in fill_windows(channels) if len(window.pieces) > 1]
    assert shared
    texts = {u.span: u.words for utterances in heard.channels for u in utterances}
    assert any(sum(bool(texts[piece.span]) for piece in window.pieces) > 1 for window in shared)


def test_each_utterance_carries_its_windows_figures(heard: Recognition) -> None:
    for utterances in heard.channels:
        for utterance in utterances:
            assert utterance.facts["avg_logprob"] < 0
            assert 0 <= utterance.facts["no_speech_prob"] <= 1
            assert utterance.facts["compression_ratio"] >= 0
            assert "language_probability" not in utterance.facts


def test_the_same_sound_gives_the_same_words(
    engine: WhisperEngine, heard: Recognition, folder: Path, channels: tuple[SpokenChannel, ...]
) -> None:
    assert engine.recognise(channels, "en") == heard
    assert WhisperEngine.load(str(folder), threads=2).recognise(channels, "en-US") == heard


def test_one_thread_and_windows_together_hear_the_same_spans(
    folder: Path, heard: Recognition, channels: tuple[SpokenChannel, ...]
) -> None:
    other = WhisperEngine.load(str(folder), threads=1, at_once=3).recognise(channels, "en")
    assert [[u.span for u in c] for c in other.channels] == [[u.span for u in c] for c in heard.channels]
    assert len(words_of(other)) > 50


def test_what_was_heard_before_changes_nothing(
    engine: WhisperEngine, heard: Recognition, channels: tuple[SpokenChannel, ...]
) -> None:
    alone = engine.recognise([SpokenChannel(channels[1].path, channels[1].spans[2:])], "en")
    again = engine.recognise(channels, "en")
    assert again == heard
    assert alone.channels[0][0].words == heard.channels[1][2].words


def test_progress_rises_by_window_to_exactly_one(engine: WhisperEngine, channels: tuple[SpokenChannel, ...]) -> None:
    seen: list[float] = []
    engine.recognise(channels, "en", on_progress=seen.append)
    assert len(seen) == len(fill_windows(channels))
    assert all(a < b for a, b in pairwise([0.0, *seen]))
    assert seen[-1] == 1.0


def test_cancelling_stops_between_windows(engine: WhisperEngine, channels: tuple[SpokenChannel, ...]) -> None:
    seen: list[float] = []
    with pytest.raises(Cancelled):
        engine.recognise(channels, "en", on_progress=seen.append, cancelled=lambda: len(seen) == 2)
    assert len(seen) == 2


def test_the_language_is_detected_on_several_windows_with_its_probability(
    engine: WhisperEngine, channels: tuple[SpokenChannel, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    voted: list[int] = []
    vote = whisper_languages.vote
    monkeypatch.setattr(module, "vote", lambda windows, heard: voted.append(len(windows)) or vote(windows, heard))
    encoded = count_windows(engine, monkeypatch)
    heard = engine.recognise(channels, None)
    assert voted == [whisper_languages.DETECT_WINDOWS]
    assert sum(encoded) == len(fill_windows(channels))  # none is encoded twice, once to detect and once to write down
    assert heard.language in LANGUAGES
    assert heard.language_probability is not None
    assert 0 < heard.language_probability <= 1
    assert all(0 <= u.facts["language_probability"] <= 1 for c in heard.channels for u in c)
    assert heard == engine.recognise(channels, None)


def test_silence_of_everybody_is_no_work(engine: WhisperEngine, channels: tuple[SpokenChannel, ...]) -> None:
    quiet = [SpokenChannel(channel.path, ()) for channel in channels]
    assert engine.recognise(quiet, "ru") == Recognition(((), ()), "ru")
    assert engine.recognise(quiet, None) == Recognition(((), ()), None)


@pytest.mark.parametrize("language", ["xx", "english", "yue"])
def test_a_language_the_model_does_not_know_is_refused(
    engine: WhisperEngine, channels: tuple[SpokenChannel, ...], language: str
) -> None:
    with pytest.raises(NeedsModel, match=f"'{language}'"):
        engine.recognise(channels, language)


def test_a_model_for_english_alone_never_guesses(tmp_path: Path, channels: tuple[SpokenChannel, ...]) -> None:
    english = WhisperEngine.load(str(build_whisper_model(tmp_path / "small.en", english_only=True)), threads=2)
    with pytest.raises(NeedsModel, match="only English"):
        english.recognise(channels, None)
    with pytest.raises(NeedsModel, match="'ru'"):
        english.recognise(channels, "ru")
    assert english.recognise(channels[1:], "en").language == "en"


def test_a_looping_window_is_heard_again_and_the_better_hearing_kept(
    engine: WhisperEngine, channels: tuple[SpokenChannel, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    once = engine.recognise(channels[1:], "en")
    ratios = [u.facts["compression_ratio"] for u in once.channels[0]]
    monkeypatch.setattr(whisper_call, "LOOPING", 0.0)
    twice = engine.recognise(channels[1:], "en")
    assert all(u.facts["compression_ratio"] <= ratio for u, ratio in zip(twice.channels[0], ratios, strict=True))


def test_the_model_is_loaded_for_this_processor_with_the_threads_given(folder: Path, engine: WhisperEngine) -> None:
    assert (engine.name, engine.draft) == ("whisper", False)
    assert engine.model.startswith("random (CTranslate2 ")
    assert engine.model.endswith("int8)")
    assert engine._loaded.model.device == "cpu"
    assert engine._loaded.model.compute_type.startswith("int8")


def test_a_graphics_card_that_is_seen_is_used_and_its_fault_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda _device: {"float16"})
    with pytest.raises(EngineFailed, match="CUDA"):  # this build or machine has none, and the engine asked for it
        WhisperEngine.load(str(folder))


def test_choosing_and_loading_by_request_works_end_to_end(folder: Path, channels: tuple[SpokenChannel, ...]) -> None:
    choice = choose_engine(EngineRequest("auto", model=str(folder), language="ko"))
    assert choice.name == "whisper"
    loaded = load_engine(choice, threads=2)
    assert loaded.recognise(channels[1:], "ko").language == "ko"


@pytest.mark.parametrize("gone", ["tokenizer.json", "model.bin", "config.json", "vocabulary.json"])
def test_a_folder_with_a_part_missing_is_refused_before_loading(folder: Path, tmp_path: Path, gone: str) -> None:
    broken = tmp_path / "model"
    shutil.copytree(folder, broken)
    (broken / gone).unlink()
    with pytest.raises(NeedsModel, match=gone):
        choose_engine(EngineRequest("whisper", model=str(broken)))
    with pytest.raises(NeedsModel, match=gone):
        WhisperEngine.load(str(broken))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("model.bin", b"encoder/conv2/weight\0", b"encoder/conv2/weihgt\0"),
        ("tokenizer.json", b'"type":"BPE"', b'"type":"XYZ"'),
    ],
)
def test_damage_that_shows_only_on_loading_names_the_file(
    folder: Path, tmp_path: Path, name: str, old: bytes, new: bytes
) -> None:
    broken = tmp_path / "model"
    shutil.copytree(folder, broken)
    data = (broken / name).read_bytes()
    assert old in data
    (broken / name).write_bytes(data.replace(old, new))
    with pytest.raises(NeedsModel, match=f"{name} does not load") as caught:
        WhisperEngine.load(str(broken))
    assert "CALLCOACH_WHISPER_MODEL" in caught.value.advice


def test_faults_while_recognising_may_be_tried_again(
    engine: WhisperEngine, channels: tuple[SpokenChannel, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = SpokenChannel(tmp_path / "gone.raw", channels[0].spans)
    with pytest.raises(EngineFailed, match="could not be read") as caught:
        engine.recognise([gone], "en")
    assert not caught.value.permanent
    for fault, words in (
        (RuntimeError("CUDA failed with error out of memory\nat ops.cc"), "graphics card ran out of memory"),
        (MemoryError(), "not enough memory"),
        (ValueError("Invalid input features shape.\nmore"), "Invalid input features shape"),
    ):
        monkeypatch.setattr(engine._loaded, "encode", lambda _features, fault=fault: (_ for _ in ()).throw(fault))
        with pytest.raises(EngineFailed, match=words):
            engine.recognise(channels, "en")
