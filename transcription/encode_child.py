"""The child process that writes what the browser plays: Opus in WebM, and the peaks its waveform is drawn from.

Started by `transcription.web_audio` with raw 16 kHz channels that the decode child made.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from transcription.children import child_main
from transcription.speech import RATE

PEAKS_PER_SECOND: Final = 20
_BLOCK: Final = RATE * 10
_FADE: Final = RATE // 200
"""Samples (5 ms) over which the sound fades out before a muted stretch and in behind it, so that it does not click."""

# Joint stereo at this rate carries one lane's voice into the other at -60 dB or less, -36 dB while both shout at once
# in the same pitch (then the other lane's own voice covers it); a silent lane stays silent below -80 dB. Switching
# phase inversion off changes nothing, twice the rate gains 12 dB.
_BIT_RATE: Final = {1: 24_000, 2: 40_000}
_OPTIONS: Final = {"application": "voip", "compression_level": "5"}


def encode(request: dict[str, Any]) -> dict[str, Any]:
    """Write `request["audio"]` and `request["peaks"]` from the raw files in `request["channels"]` (one or two).

    `request["mute"]` lists [channel or None for all, start, end] in seconds to be silent in both.
    """
    channels = [Path(name) for name in request["channels"]]
    mute = request.get("mute", [])
    length = max(path.stat().st_size for path in channels) // 2
    peaks = _Peaks(len(channels))
    with av.open(request["audio"], mode="w", format="webm") as container:
        layout = "mono" if len(channels) == 1 else "stereo"
        stream = container.add_stream("libopus", rate=RATE, layout=layout, options=_OPTIONS)
        stream.bit_rate = _BIT_RATE[len(channels)]
        position = 0
        for block in _blocks(channels, length):
            _silence(block, position, mute)
            peaks.add(block)
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(block.T).reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = RATE, position, Fraction(1, RATE)
            position += block.shape[1]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    duration = round(length / RATE, 2)
    document = {"channels": peaks.values(), "duration": duration, "per_second": PEAKS_PER_SECOND}
    if mute:
        document["muted"] = mute
    Path(request["peaks"]).write_text(json.dumps(document, separators=(",", ":")), encoding="ascii")
    return {"duration": duration}


def _blocks(channels: Sequence[Path], length: int) -> Iterator[NDArray[np.int16]]:
    """(channels, samples) int16 blocks; a shorter leg is padded with silence."""
    files = [open(path, "rb") for path in channels]  # noqa: SIM115
    try:
        for start in range(0, length, _BLOCK):
            count = min(_BLOCK, length - start)
            block = np.zeros((len(files), count), dtype="<i2")
            for number, file in enumerate(files):
                samples = np.frombuffer(file.read(count * 2), dtype="<i2")
                block[number, : samples.size] = samples
            yield block
    finally:
        for file in files:
            file.close()


def _silence(block: NDArray[np.int16], position: int, mute: Sequence[Sequence[Any]]) -> None:
    """Zero the muted stretches of a block that begins at sample `position`, with a short fade outside of each."""
    count = block.shape[1]
    for channel, start, end in mute:
        first, behind = math.floor(start * RATE) - position, math.ceil(end * RATE) - position
        if behind + _FADE <= 0 or first - _FADE >= count:
            continue
        rows = range(block.shape[0]) if channel is None else [channel] if channel < block.shape[0] else []
        low, high = max(0, first - _FADE), min(count, behind + _FADE)
        at = np.arange(low, high)
        outside = np.maximum(np.maximum(first - at, at - (behind - 1)), 0)
        gain = np.minimum(outside / _FADE, 1.0)
        for row in rows:
            block[row, low:high] = np.rint(block[row, low:high] * gain).astype(np.int16)


class _Peaks:
    """Largest absolute sample per twentieth of a second and channel, as 0..1."""

    def __init__(self, channels: int) -> None:
        self._values: list[list[float]] = [[] for _ in range(channels)]

    def add(self, block: NDArray[np.int16]) -> None:
        size = RATE // PEAKS_PER_SECOND
        padded = np.pad(block, ((0, 0), (0, -block.shape[1] % size)))
        highest = np.abs(padded.astype(np.int32)).reshape(block.shape[0], -1, size).max(axis=2) / 32768
        for values, row in zip(self._values, highest, strict=True):
            values.extend(round(float(value), 3) for value in row)

    def values(self) -> list[list[float]]:
        return self._values


WORK: Final = encode

if __name__ == "__main__":
    child_main(WORK)
