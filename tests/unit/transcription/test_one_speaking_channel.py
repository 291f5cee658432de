"""Two channels of which only one speaks: both people may be on it, or one person alone."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from transcription.audio import DecodedCall, decode_call
from transcription.channels import name_voices
from transcription.listening import listen_to_call
from transcription.speech import RATE
from workers.demo.manifest import sample_calls

SECONDS = 60


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[NDArray[np.int16]]:
    """The rep's and the client's sound of a sample call's first minute."""
    sample = next(call for call in sample_calls() if call.name == "en-quick-close")
    call = decode_call(list(sample.files), tmp_path_factory.mktemp("people"))
    return [np.fromfile(channel.path, dtype="<i2")[: SECONDS * RATE] for channel in call.channels]


def beside_silence(sound: NDArray[np.int16], folder: Path) -> DecodedCall:
    """A call with the sound on the first channel and nothing on the second."""
    path = folder / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.stack([sound, np.zeros_like(sound)], axis=1).astype("<i2").tobytes())
    return decode_call([path], folder / "work")


def test_two_people_on_the_only_speaking_channel_are_told_apart(
    people: list[NDArray[np.int16]], tmp_path: Path
) -> None:
    call = beside_silence((people[0] // 2 + people[1] // 2).astype(np.int16), tmp_path)
    heard = listen_to_call(call, name_voices(2))
    assert [voice.role for voice in heard.voices] == ["speaker_a", "speaker_b"]
    assert {channel.path for channel in heard.channels} == {call.channels[0].path}
    assert all(channel.spans for channel in heard.channels)


def test_one_person_stays_on_the_side_the_order_gives(people: list[NDArray[np.int16]], tmp_path: Path) -> None:
    heard = listen_to_call(beside_silence(people[0], tmp_path), name_voices(2))
    assert [voice.role for voice in heard.voices] == ["rep", "client"]
    assert heard.stretches == ()


def test_channels_that_somebody_named_are_left_as_they_are(people: list[NDArray[np.int16]], tmp_path: Path) -> None:
    call = beside_silence((people[0] // 2 + people[1] // 2).astype(np.int16), tmp_path)
    heard = listen_to_call(call, name_voices(2, ("rep", "client")))
    assert [voice.role for voice in heard.voices] == ["rep", "client"]
