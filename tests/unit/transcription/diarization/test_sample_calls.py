"""Two people on one channel, told apart by what ships: sample calls mixed down, and real recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.diarization import Case, measure
from benchmarks.lines import LINES, over_line
from benchmarks.mixing import mix_down
from benchmarks.references import sample_references
from benchmarks.speaker_measures import Stretch, words_on_the_right_person
from transcription.audio import decode_call
from transcription.diarization import choose_backend, diarize, tell_voices_apart
from transcription.engines.sphinx import SphinxEngine
from transcription.pipeline import TranscribeOptions, transcribe
from transcription.speech import SpokenChannel
from transcription.vad import find_speech

CHROMECAST = (
    "hi I'd like to buy a Chromecast and I was wondering whether you could help me with that",
    "certainly which color would you like we have blue black and red",
    "uh let's go with the black one",
    "would you like the new Chromecast Ultra model or the regular Chromecast",
    "regular Chromecast is fine thank you",
    "okay sure would you like to ship it regular or express",
    "express please",
    "terrific it's on the way thank you",
    "thank you very much bye",
)
"""Said by the client first, then in turns, in `chromecast_sales_mono.wav`."""


def spoken_channels(audio: tuple[Path, ...], folder: Path) -> list[SpokenChannel]:
    call = decode_call(list(audio), folder)
    return [SpokenChannel(channel.path, find_speech(channel.path)) for channel in call.channels]


def samples_of(channel: SpokenChannel) -> np.ndarray:
    return np.fromfile(channel.path, dtype="<i2")


def two_people(channels: list[SpokenChannel], line: str, target: Path) -> Case:
    """A call's two channels as one over a kind of line, with the truth of the unmixed channels."""
    over_line([samples_of(channel) for channel in channels], line).tofile(target)
    truth = tuple(Stretch(str(n), span.start, span.end) for n, channel in enumerate(channels) for span in channel.spans)
    return Case("call", line, target, truth, ())


@pytest.mark.parametrize("name", ["ru-send-email", "en-quick-close"])
def test_a_sample_call_over_every_line(name: str, tmp_path: Path) -> None:
    reference = next(reference for reference in sample_references(None) if reference.name == name)
    channels = spoken_channels(reference.audio, tmp_path)
    for line in LINES:
        result = measure(two_people(channels, line, tmp_path / "mixed.raw"), choose_backend())
        assert result.people == 2, line
        assert (result.seconds_right or 0) > 0.95, line
        assert result.sure > 0.8, line
    for channel in channels:
        assert {stretch.speaker for stretch in diarize(channel)} == {0}
        assert tell_voices_apart(channel) is None


def test_the_same_bytes_give_the_same_stretches_on_any_number_of_threads(tmp_path: Path) -> None:
    from threadpoolctl import threadpool_limits

    reference = next(reference for reference in sample_references("ru"))
    channels = spoken_channels(reference.audio, tmp_path)
    case = two_people(channels, "equal", tmp_path / "mixed.raw")
    mixed = SpokenChannel(case.path, find_speech(case.path)[:12])
    with threadpool_limits(1):
        one = diarize(mixed)
    with threadpool_limits(2):
        assert diarize(mixed) == one


def test_a_real_call_of_two_legs_mixed_down(shared_data: Path, tmp_path: Path) -> None:
    audio = shared_data / "audio"
    channels = spoken_channels((audio / "auto_repairs_40.agent.wav", audio / "auto_repairs_40.caller.wav"), tmp_path)
    result = measure(two_people(channels, "mu-law", tmp_path / "mixed.raw"), choose_backend())
    assert (result.seconds_right or 0) > 0.95
    assert (result.der or 0) < 0.1
    for channel in channels:
        assert tell_voices_apart(channel) is None


def words_right(said: list[tuple[str, str]], audio: Path, workdir: Path) -> float:
    """Share of the words that the whole pipeline gives to the right person."""
    engine = SphinxEngine()
    try:
        transcript = transcribe([audio], engine, TranscribeOptions(language="en"), workdir=workdir)
    finally:
        engine.close()
    heard = [(turn.role, word.text.lower()) for turn in transcript.turns for word in turn.words]
    return words_on_the_right_person(said, heard, named=False).share or 0.0


@pytest.mark.slow
def test_words_of_a_real_sales_call_in_mono_go_to_the_right_person(shared_data: Path, tmp_path: Path) -> None:
    said = [(str(n % 2), word.lower()) for n, text in enumerate(CHROMECAST) for word in text.split()]
    assert words_right(said, shared_data / "audio" / "chromecast_sales_mono.wav", tmp_path) >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["en-quick-close", "en-hard-no"])
def test_words_of_a_mixed_call_go_to_the_right_person(name: str, tmp_path: Path) -> None:
    reference = next(reference for reference in sample_references("en") if reference.name == name)
    mixed = mix_down(reference.audio, tmp_path / "mixed.wav")
    said = [(turn.role, word) for turn in reference.turns or () for word in turn.text.lower().split()]
    assert words_right(said, mixed, tmp_path) >= 0.9
