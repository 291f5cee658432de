"""All channels of a call in one: what a PBX that records in mono would have kept."""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from transcription.audio import decode_call
from transcription.speech import RATE


def mix_down(audio: Sequence[Path], target: Path) -> Path:
    """One 16 kHz mono WAV of the sum of all channels, brought down together only if the sum would clip."""
    with tempfile.TemporaryDirectory(prefix="mixing-") as folder:
        call = decode_call(audio, Path(folder))
        sounds = [np.fromfile(channel.path, dtype="<i2") for channel in call.channels]
    total = np.zeros(max(sound.size for sound in sounds), dtype=np.int32)
    for sound in sounds:
        total[: sound.size] += sound
    peak = int(np.abs(total).max(initial=0))
    if peak > 32767:
        total = (total * (32767 / peak)).astype(np.int32)
    target.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(total.astype("<i2").tobytes())
    return target
