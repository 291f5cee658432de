"""Two channels side by side: whether they carry the same sound, and how much of one is heard in the other.

Both read the decoded channels block by block at 4 kHz, where most of a voice's energy lies; memory does not grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from transcription.speech import RATE

_Sound = NDArray[np.float32]

_DOWN: Final = 4
_LOW_RATE: Final = RATE // _DOWN
_FRAME: Final = 128
"""Samples at 4 kHz per decision who talks: 32 ms."""

_BEFORE: Final = 2 * _FRAME
"""How much earlier the other channel is looked at: 64 ms, more than codecs delay one copy against the other."""

_AFTER: Final = 16 * _FRAME
"""How much later: 512 ms, the longest echo looked for."""

_FFT: Final = 8192
_BLOCK: Final = 46 * _FRAME
"""Samples compared at once; with the margins they fit one transform, so that nothing wraps around."""

_EMPHASIS: Final = 0.9
"""First difference with this weight: evens out the spectrum, so that two voices are not alike by their low tones."""

_TALKER_DB: Final = 3.0
"""A channel's speaker is the talker where it is so much louder than the other channel."""

_ACTIVE_DB: Final = 20.0
"""Frames up to so far under a channel's mean level are speech."""

_INAUDIBLE_DB: Final = 45.0
"""An echo so far under the talker is drowned by any line (cf. ITU-T G.131): from here on it counts for less."""

_CHANCE: Final = 5.0
"""The highest of 2,000 correlations of independent voices lies four to five times their spread from zero."""

SAME: Final = 0.85
"""Channels whose correlation at the best delay is at least this carry the same sound, maybe through another codec.

Two voices with a strong echo (6 dB) of each in the other reach 0.8; speech that went through AMR, AAC or Opus at
12 kbit/s keeps 0.87 to 0.98."""

APART: Final = 0.6
"""Likeness of two courses of energy under which channels surely differ, long before their sound is compared.

Where the sound correlates by SAME, the courses are alike by no less (Cauchy and Schwarz): copies reach 0.95 and more,
two people who take turns stay under 0.1. The rest is for noise outside of the band that is compared, and for delay."""

SAME_WITHIN_DB: Final = 12.0
"""Copies differ in level by no more than this; what is further down is an echo of the only one who speaks."""


@dataclass(frozen=True, slots=True)
class PairFacts:
    """`likeness` 0..1: correlation at the best delay within 64 ms. `level_db`: the first channel's level over the
    second's. `echo` 0..1: how much of what one channel holds while the other's speaker talks is that speaker."""

    likeness: float
    level_db: float
    echo: float

    @property
    def same(self) -> bool:
        """Whether both channels carry the same sound."""
        return self.likeness >= SAME and abs(self.level_db) <= SAME_WITHIN_DB


def compare_channels(first: Path, second: Path, rms_dbfs: tuple[float | None, float | None]) -> PairFacts:
    """Compare two raw int16 16 kHz files of the given mean levels; the shorter one is taken as silent at its end."""
    if rms_dbfs[0] is None or rms_dbfs[1] is None:
        return PairFacts(0.0, 0.0, 0.0)
    there, back = _Direction(), _Direction()
    cross = np.zeros(_FFT // 2 + 1, dtype=np.complex128)
    energy = np.zeros(2)
    inner = slice(_BEFORE, _BEFORE + _BLOCK)
    floors = [level - _ACTIVE_DB for level in (rms_dbfs[0], rms_dbfs[1])]
    for one, other in _blocks(first, second):
        cross += np.conj(np.fft.rfft(one.sound[inner], _FFT)) * np.fft.rfft(other.sound, _FFT)
        energy += [float(block.power[_BEFORE // _FRAME :][: _BLOCK // _FRAME].sum()) for block in (one, other)]
        talks = (
            (one.dbfs > floors[0]) & (one.dbfs - other.dbfs >= _TALKER_DB),
            (other.dbfs > floors[1]) & (other.dbfs - one.dbfs >= _TALKER_DB),
        )
        there.add(one, talks[0], other, talks[1])
        back.add(other, talks[1], one, talks[0])
    found = np.abs(np.fft.irfft(cross, _FFT)[: 2 * _BEFORE])
    scale = float(np.sqrt(energy[0] * energy[1]))
    return PairFacts(
        likeness=min(1.0, float(found.max()) / scale) if scale else 0.0,
        level_db=rms_dbfs[0] - rms_dbfs[1],
        echo=round(max(there.echo(), back.echo()), 4),
    )


def surely_differ(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two channels cannot carry the same sound, by their `LevelMeter.course` alone."""
    count = min(len(first), len(second))
    one, other = np.array(first), np.array(second)
    whole = float(np.sqrt(one.sum() * other.sum()))
    return whole > 0 and float(np.sqrt(one[:count] * other[:count]).sum()) < APART * whole


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of one channel with its margins: samples at 4 kHz, and per frame their power and the full level."""

    sound: _Sound
    power: _Sound
    dbfs: _Sound


class _Direction:
    """What is found of one channel, the talker's, in the other while the other's own speaker is quiet."""

    def __init__(self) -> None:
        lags = (_BEFORE + _AFTER) // _FRAME + 1
        self._cross = np.zeros(_FFT // 2 + 1, dtype=np.complex128)
        self._talker = np.zeros(lags)
        self._other = np.zeros(lags)

    def add(self, talker: _Block, talks: NDArray[np.bool_], other: _Block, other_talks: NDArray[np.bool_]) -> None:
        margin, count = _BEFORE // _FRAME, _BLOCK // _FRAME
        mask = talks[margin : margin + count]
        if not mask.any():
            return
        sound = talker.sound[_BEFORE : _BEFORE + _BLOCK] * np.repeat(mask, _FRAME)
        listening = (~other_talks).astype(np.float32)
        quiet = other.sound * np.repeat(listening, _FRAME)
        self._cross += np.conj(np.fft.rfft(sound, _FFT)) * np.fft.rfft(quiet, _FFT)
        talking = talker.power[margin : margin + count] * mask
        self._talker += sliding_window_view(listening, count) @ talking
        self._other += sliding_window_view(other.power * listening, count) @ mask.astype(np.float32)

    def echo(self) -> float:
        found = np.abs(np.fft.irfft(self._cross, _FFT)[: _BEFORE + _AFTER])
        nearest = np.rint(np.arange(found.size) / _FRAME).astype(np.int64)
        audible = self._other[nearest] + self._talker[nearest] * 10 ** (-_INAUDIBLE_DB / 10)
        scale = np.sqrt(self._talker[nearest] * audible)
        share = np.divide(found, scale, out=np.zeros_like(found), where=scale > 0)
        chance = _CHANCE * 1.4826 * float(np.median(share))
        best = float(share[_BEFORE - _FRAME // 4 :].max())  # an echo comes after its sound; 8 ms for rounding
        return float(min(1.0, max(0.0, best * best - chance * chance) ** 0.5))


def _blocks(first: Path, second: Path) -> Iterator[tuple[_Block, _Block]]:
    """Both channels, a block at a time, each with the margins before and after it."""
    with open(first, "rb") as one, open(second, "rb") as other:
        reading = _Reader(one), _Reader(other)
        while True:
            blocks = [reader.next() for reader in reading]
            if blocks[0] is None and blocks[1] is None:
                return
            yield blocks[0] or _SILENT, blocks[1] or _SILENT


class _Reader:
    """One raw channel, filtered and thinned out to 4 kHz, with what the next block needs of this one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._taps = _low_pass()
        self._raw = np.zeros(_TAPS - _DOWN, np.float32)
        self._sound = np.zeros(_BEFORE, np.float32)
        self._dbfs = np.full(_BEFORE // _FRAME, -200.0, np.float32)
        self._last = 0.0
        self._left = _BEFORE
        """Samples in hand that no block has had in its middle."""

    def next(self) -> _Block | None:
        """The next block, None behind the end."""
        need = _SPAN - self._sound.size
        raw = np.frombuffer(self._file.read(2 * _DOWN * need), dtype="<i2").astype(np.float32)
        self._left += -(-raw.size // _DOWN)
        if self._left <= _BEFORE:
            return None
        self._left -= _BLOCK
        raw = np.pad(raw, (0, _DOWN * need - raw.size))
        joined = np.concatenate((self._raw, raw))
        # Every product of a sample and a tap that counts, then their sums along the diagonals: one in four of what the
        # filter would give at the full rate.
        products = self._taps @ joined.reshape(-1, _DOWN).T
        low: _Sound = products[0, :need].copy()
        for n in range(1, _TAPS // _DOWN):
            low += products[n, n : n + need]
        flat: _Sound = np.concatenate((np.array([self._last], np.float32), low))
        self._raw, self._last = joined[raw.size :], float(low[-1])
        sound: _Sound = np.concatenate((self._sound, flat[1:] - _EMPHASIS * flat[:-1]))
        frames = raw.reshape(-1, _DOWN * _FRAME)
        energy = np.einsum("ij,ij->i", frames, frames) / (_DOWN * _FRAME * 32768**2)
        dbfs = np.concatenate((self._dbfs, 10 * np.log10(energy + 1e-20)))
        self._sound, self._dbfs = sound[_BLOCK:], dbfs[_BLOCK // _FRAME :]
        sounds = sound.reshape(-1, _FRAME)
        return _Block(sound, np.einsum("ij,ij->i", sounds, sounds), dbfs)


def _low_pass() -> _Sound:
    """Windowed sinc, 1.8 kHz at 16 kHz, so that thinning out folds little back; (8, 4) for samples four by four."""
    n = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(2 * 1800 / RATE * n) * np.hamming(_TAPS)
    normal: _Sound = (taps / taps.sum()).astype(np.float32)
    return normal.reshape(-1, _DOWN)


_SPAN: Final = _BEFORE + _BLOCK + _AFTER
_TAPS: Final = 32
_SILENT: Final = _Block(
    np.zeros(_SPAN, np.float32),
    np.zeros(_SPAN // _FRAME, np.float32),
    np.full(_SPAN // _FRAME, -200.0, np.float32),
)
