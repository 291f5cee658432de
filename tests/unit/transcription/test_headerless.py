"""Headerless sound is believed only if it sounds: on generated lines, on noise that is data, on real speech."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec import CodecContext
from numpy.typing import NDArray

from transcription.errors import UnreadableAudio
from transcription.headerless import BY_SUFFIX, SoundCheck, begins_like_sound, named_kind
from transcription.magic import identify_head


def coded(codec: str, sound: NDArray[np.int16]) -> bytes:
    """Samples as mu-law or A-law bytes."""
    encoder = CodecContext.create(codec, "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 8000, "mono", "s16"  # type: ignore[assignment]
    frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = 8000
    return b"".join(bytes(packet) for packet in encoder.encode(frame))


LINES = {
    "digital silence": np.zeros(4096),
    "hiss": np.random.default_rng(0).normal(0, 100, 4096),
    "dial tone": 4000 * np.sin(np.arange(4096) * 2 * np.pi * 425 / 8000),
    "key tone": 6000 * (np.sin(np.arange(4096) * 0.547) + np.sin(np.arange(4096) * 1.16)),
    "two kilohertz": 8000 * np.sin(np.arange(4096) * np.pi / 2),
}


@pytest.mark.parametrize("suffix", [".ulaw", ".alaw"])
@pytest.mark.parametrize("name", LINES)
def test_what_a_line_carries_is_sound(name: str, suffix: str) -> None:
    head = coded("pcm_mulaw" if suffix == ".ulaw" else "pcm_alaw", LINES[name].astype("<i2"))
    assert begins_like_sound(BY_SUFFIX[suffix], head)
    assert identify_head(head, name="x" + suffix).name == suffix[1:]


@pytest.mark.parametrize("suffix", [".ulaw", ".alaw", ".gsm"])
@pytest.mark.parametrize("seed", range(20))
def test_packed_data_is_none(seed: int, suffix: str) -> None:
    assert not begins_like_sound(BY_SUFFIX[suffix], np.random.default_rng(seed).bytes(4096))


def test_text_in_any_writing_is_none() -> None:
    for text in ("the price is too high\n", "это слишком дорого\n", "너무 비싸요\n", "太贵了\n"):
        for suffix in (".ulaw", ".alaw", ".gsm", ".g722"):
            data = (text * 400).encode()[:4096]
            with pytest.raises(UnreadableAudio):
                identify_head(data, name="x" + suffix)


def test_real_speech_is_sound_wherever_it_begins(shared_data: Path) -> None:
    for name in ("auto_repairs_40.agent.wav", "auto_repairs_40.caller.wav", "chromecast_sales_mono.wav"):
        with wave.open(str(shared_data / "audio" / name)) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        for codec, suffix in (("pcm_mulaw", ".ulaw"), ("pcm_alaw", ".alaw")):
            data = coded(codec, sound)
            refused = [
                at
                for at in range(0, len(data), 16_384)
                if not begins_like_sound(BY_SUFFIX[suffix], data[at : at + 4096])
            ]
            assert refused == []


def test_a_check_of_nothing_and_of_less_than_a_piece() -> None:
    assert SoundCheck(1.5).plausible()
    short = SoundCheck(1.5)
    short.add([30_000, -30_000, 100, 20_000] * 10)
    assert not short.plausible()


def test_only_the_ending_of_a_name_counts() -> None:
    assert named_kind("call.ULAW") is BY_SUFFIX[".ulaw"]
    assert named_kind("../a.gsm") is BY_SUFFIX[".gsm"]
    assert named_kind("ulaw") is None
    assert named_kind("call.ulaw.wav") is None
    assert named_kind(None) is None
