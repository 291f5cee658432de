"""The whisper engine on a model of random numbers: loading, batches, word times, progress, cancelling, refusals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from transcription.engines import EngineRequest, choose_engine, load_engine
from transcription.engines.whisper import WhisperEngine, Window, lay_windows, place
from transcription.errors import Cancelled, NeedsModel
from transcription.speech import Span, SpokenChannel


@pytest.fixture(scope="module")
def engine(tiny_whisper: Path) -> WhisperEngine:
    return WhisperEngine.load(str(tiny_whisper), threads=1)


def test_every_word_lies_in_a_span_that_was_sent(
    engine: WhisperEngine, noisy_channels: tuple[SpokenChannel, ...]
) -> None:
    heard = engine.recognise(noisy_channels, "en")
    assert heard.language == "en"
    for channel, utterances in zip(noisy_channels, heard.channels, strict=True):
        assert utterances
        for utterance in utterances:
            assert utterance.span in channel.spans
            for word in utterance.words:
                assert type(word.start) is float
                assert type(word.end) is float
                assert utterance.span.start <= word.start <= word.end <= utterance.span.end
                assert 0 <= (word.confidence or 0.0) <= 1


def test_the_same_sound_gives_the_same_words_whatever_the_threads(
    tiny_whisper: Path, engine: WhisperEngine, noisy_channels: tuple[SpokenChannel, ...]
) -> None:
    two = WhisperEngine.load(str(tiny_whisper), threads=2)
    assert two.recognise(noisy_channels, "ru") == engine.recognise(noisy_channels, "ru")


def test_progress_rises_to_one_by_batches(engine: WhisperEngine, noisy_channels: tuple[SpokenChannel, ...]) -> None:
    seen: list[float] = []
    engine._batch, before = 1, engine._batch
    try:
        engine.recognise(noisy_channels, "en", on_progress=seen.append)
    finally:
        engine._batch = before
    assert len(seen) == 5
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_cancelling_stops_before_the_next_batch(
    engine: WhisperEngine, noisy_channels: tuple[SpokenChannel, ...]
) -> None:
    with pytest.raises(Cancelled):
        engine.recognise(noisy_channels, "en", cancelled=lambda: True)


def test_an_unknown_language_is_detected_once_for_the_call(
    engine: WhisperEngine, noisy_channels: tuple[SpokenChannel, ...]
) -> None:
    assert engine._model.model.is_multilingual
    heard = engine.recognise(noisy_channels[1:], None)
    assert heard.language in engine._model.supported_languages
    assert heard == engine.recognise(noisy_channels[1:], heard.language)


def test_a_language_the_model_does_not_know_is_refused(
    engine: WhisperEngine, noisy_channels: tuple[SpokenChannel, ...]
) -> None:
    with pytest.raises(NeedsModel, match="'xx'"):
        engine.recognise(noisy_channels, "xx")


@pytest.mark.parametrize("gone", ["tokenizer.json", "model.bin", "config.json", "vocabulary.json"])
def test_a_folder_with_a_part_missing_is_refused_before_loading(tiny_whisper: Path, tmp_path: Path, gone: str) -> None:
    folder = shutil.copytree(tiny_whisper, tmp_path / "model")
    (folder / gone).unlink()
    with pytest.raises(NeedsModel, match=gone):
        choose_engine(EngineRequest("whisper", model=str(folder)))


def test_a_damaged_model_is_refused_with_advice(tiny_whisper: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_whisper, tmp_path / "model")
    (folder / "model.bin").write_bytes(b"junk" * 1000)
    choice = choose_engine(EngineRequest("whisper", model=str(folder)))
    with pytest.raises(NeedsModel, match="cannot be loaded") as caught:
        load_engine(choice, threads=1)
    assert "CALLCOACH_WHISPER_MODEL" in caught.value.advice


def test_a_model_laid_into_the_models_folder_is_found_by_its_name(tiny_whisper: Path) -> None:
    choice = choose_engine(EngineRequest("auto", model=tiny_whisper.name, models_dir=tiny_whisper.parent))
    assert (choice.name, choice.model) == ("whisper", tiny_whisper.name)


def test_windows_hold_as_many_spans_as_fit() -> None:
    spans = [Span(0, 10), Span(12, 22), Span(30, 40), Span(50, 51)]
    assert [w.spans for w in lay_windows(0, spans)] == [tuple(spans[:2]), tuple(spans[2:])]


def test_times_in_a_window_go_back_to_the_call() -> None:
    window = Window(0, (Span(10, 12), Span(100, 103)))
    assert place(window, 1.5) == (0, 11.5)
    assert place(window, 2.5) == (1, 100.5)
    assert place(window, 99.0) == (1, 103)
