"""Where decoded frames go: checked, resampled to 16 kHz, written to a raw file per channel, measured on the way."""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from transcription.bandwidth import BandMeter
from transcription.errors import AudioTooLong, UnreadableAudio
from transcription.headerless import SoundCheck
from transcription.levels import LevelMeter
from transcription.speech import RATE

MAX_CHANNELS: Final = 8
MOST_PLANES: Final = 8
LOWEST_RATE: Final = 6_000
HIGHEST_RATE: Final = 192_000

_BLOCK: Final = 4 * RATE
"""Samples measured and written together."""

_LOUDEST: Final = 8.0
"""Floating point samples beyond this (1.0 is full scale) are garbage, as are those that are no numbers."""


class Sink:
    """Takes decoded frames; `outs` are files open for writing, one for each channel there may be.

    `mix` makes one channel of all (a leg of a call); `longest` is the most seconds of a call of one or two channels;
    `check` judges whether what a headerless file holds is sound.
    """

    def __init__(self, outs: list[Any], *, mix: bool, longest: float, check: SoundCheck | None = None) -> None:
        self._outs = outs
        self._mix = mix
        self.longest = longest
        self._check = check
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None
        self._layout: Any = None
        self._waiting: list[NDArray[np.int16]] = []
        self._waiting_samples = 0
        self.rate = 0
        self.source_channels = 0
        self.channels = 0
        self.samples = 0
        self.taken = 0.0
        """Seconds taken so far, of sound and of silence put in."""

        self.meters: list[LevelMeter] = []
        self.bands: list[BandMeter] = []

    def take(self, frame: AudioFrame) -> None:
        """One decoded frame. Raises UnreadableAudio for a rate or channel count no call has, AudioTooLong."""
        count = frame.layout.nb_channels
        check_rate(frame.sample_rate)
        if not 1 <= count <= MAX_CHANNELS:
            raise UnreadableAudio(f"it has {count} channels, more than the {MAX_CHANNELS} we read")
        self.taken += frame.samples / frame.sample_rate
        if self._check is not None:
            self._check.add([int(value) for value in frame.to_ndarray().reshape(-1)])
        frame = _finite(frame)
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape or self._resampler is None:
            self._end_resampling()
            self._start(frame, shape)
        frame.pts = None
        if self._resampler is not None:
            self._wait(self._resampler.resample(frame))

    def silence(self, seconds: float) -> None:
        """Silence in place of lost sound. Raises AudioTooLong."""
        if not self.channels:
            return
        self._end_resampling()
        self.taken += seconds
        left = round(seconds * RATE)
        while left > 0:
            self._keep(np.zeros((self.channels, min(left, _BLOCK)), dtype=np.int16))
            left -= _BLOCK

    def finish(self) -> None:
        """Write what the resampler and the last block still hold."""
        self._end_resampling()
        self._write()

    def _start(self, frame: AudioFrame, shape: tuple[str, str, int]) -> None:
        if self._layout is None:
            self.rate, self.source_channels = frame.sample_rate, frame.layout.nb_channels
            self._layout = "mono" if self._mix or self.source_channels == 1 else frame.layout
            self.channels = 1 if self._mix else self.source_channels
            self.meters = [LevelMeter() for _ in range(self.channels)]
            self.bands = [BandMeter() for _ in range(self.channels)]
        self._shape = shape
        # PyAV reads past the end of its list of planes where a frame has eight: so many channels come interleaved.
        planar = self.channels < MOST_PLANES
        self._resampler = AudioResampler(format="s16p" if planar else "s16", layout=self._layout, rate=RATE)

    def _end_resampling(self) -> None:
        if self._resampler is not None:
            self._wait(self._resampler.resample(None))
            self._resampler = None

    def _wait(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            samples = cast("NDArray[np.int16]", frame.to_ndarray())  # as the resampler was told
            self._keep(samples if frame.format.is_planar else samples.reshape(-1, self.channels).T)

    def _keep(self, planes: NDArray[np.int16]) -> None:
        self._waiting.append(planes)
        self._waiting_samples += planes.shape[1]
        if self._waiting_samples >= _BLOCK:
            self._write()

    def _write(self) -> None:
        if not self._waiting:
            return
        block = np.concatenate(self._waiting, axis=1)
        self._waiting, self._waiting_samples = [], 0
        for channel in range(self.channels):
            self._outs[channel].write(block[channel].tobytes())
            self.meters[channel].add(block[channel])
            self.bands[channel].add(block[channel])
        self.samples += block.shape[1]
        # More than two channels share the room that two may take.
        if self.samples / RATE * max(1, self.channels / 2) > self.longest:
            raise AudioTooLong(self.longest)


def check_rate(rate: int) -> None:
    """Raises UnreadableAudio for a sample rate that no recording of a voice has."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise UnreadableAudio(f"its rate of {rate} Hz is outside {LOWEST_RATE}-{HIGHEST_RATE} Hz")


def _finite(frame: AudioFrame) -> AudioFrame:
    """The frame itself, or one in which floating point garbage (NaN, infinity) is silence or full scale."""
    if not frame.format.name.startswith(("flt", "dbl")):
        return frame
    if frame.format.is_planar and frame.layout.nb_channels >= MOST_PLANES:
        frame = _interleaved(frame)
    values = frame.to_ndarray()
    with np.errstate(invalid="ignore"):
        if bool((np.abs(values) <= _LOUDEST).all()):
            return frame
    clean = np.nan_to_num(np.clip(values, -_LOUDEST, _LOUDEST), nan=0.0).astype(values.dtype)
    made = AudioFrame.from_ndarray(clean, format=frame.format.name, layout=frame.layout.name)
    made.sample_rate = frame.sample_rate
    return made


def _interleaved(frame: AudioFrame) -> AudioFrame:
    """The same samples, channel after channel within each moment."""
    packed = AudioResampler(format=frame.format.packed.name, layout=frame.layout, rate=frame.sample_rate)
    frame.pts = None
    made = packed.resample(frame)[0]
    made.sample_rate = frame.sample_rate
    return made
