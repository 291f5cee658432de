"""Telephone sound without a header (.ulaw, .alaw, .gsm, .g722): told by the file's name, believed only if it sounds.

Such a file begins with nothing that says what it is, so any file could be taken for one. Sound is predictable from one
sample to the next or quiet, and swings about zero; text, programs and packed data read as samples are none of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

PIECE: Final = 1024
"""Samples judged together: 64 or 128 ms."""

_EVERY: Final = 16
"""After the first `_EVERY` pieces one piece in so many is judged, so that hours cost little."""

_ORDER: Final = 8
_LOUDEST: Final = 32768 * 10 ** (-4 / 20)
"""Mean level no telephone sound keeps up: 4 dB under full scale, where programs and text read as samples lie."""

_QUIET: Final = 32768 * 10 ** (-25 / 20)
"""Under this level hiss is plausible; packed data read as samples has 9 to 10 dB under full scale."""

_OFFSET: Final = 0.35
"""Largest mean value, as a share of the swing about it. Text has 0.6 and more, a telephone line under 0.1."""

_SOUND_SHARE: Final = 0.7
"""Share of pieces that must sound."""

_GSM_FRAME: Final = 33
_GSM_SHARE: Final = 0.95


@dataclass(frozen=True, slots=True)
class HeaderlessKind:
    """A headerless format: `name` for storage, the decoder's `demuxer` with its options.

    `gain` (dB) is how much of a loud piece must be predictable: at 16 kHz neighbours are closer than at 8 kHz, and
    random codes that run through the adaptive G.722 decoder come out slightly coloured.
    """

    name: str
    demuxer: str
    options: tuple[tuple[str, str], ...]
    gain: float


_TELEPHONE: Final = (("sample_rate", "8000"), ("ch_layout", "mono"))
_ULAW: Final = HeaderlessKind("ulaw", "mulaw", _TELEPHONE, 1.5)
_ALAW: Final = HeaderlessKind("alaw", "alaw", _TELEPHONE, 1.5)
_GSM: Final = HeaderlessKind("gsm", "gsm", (("sample_rate", "8000"),), 1.5)
_G722: Final = HeaderlessKind("g722", "g722", (), 4.0)

BY_SUFFIX: Final[dict[str, HeaderlessKind]] = {
    **dict.fromkeys((".ulaw", ".mulaw", ".ul", ".pcmu"), _ULAW),
    **dict.fromkeys((".alaw", ".al", ".pcma"), _ALAW),
    ".gsm": _GSM,
    ".g722": _G722,
}
"""The names telephone systems give such files."""

KINDS: Final[dict[str, HeaderlessKind]] = {kind.name: kind for kind in BY_SUFFIX.values()}


def named_kind(name: str | None) -> HeaderlessKind | None:
    """The headerless format a file's name stands for, None for any other name."""
    return BY_SUFFIX.get(PurePath(name).suffix.lower()) if name else None


def begins_like_sound(kind: HeaderlessKind, head: bytes) -> bool:
    """Whether the first bytes can be such sound; G.722 can only be told once it is decoded, so it always can."""
    if kind is _GSM:
        frames = head[::_GSM_FRAME]
        good = sum(byte >> 4 == 0xD for byte in frames)  # every GSM frame begins with these four bits
        return len(head) >= _GSM_FRAME and good >= _GSM_SHARE * len(frames)
    if kind is _G722:
        return True
    table = _ULAW_TABLE if kind is _ULAW else _ALAW_TABLE
    check = SoundCheck(kind.gain)
    check.add([table[byte] for byte in head])
    return check.plausible()


class SoundCheck:
    """Judges decoded samples as they stream past; only whole pieces count, nothing is kept but two numbers."""

    def __init__(self, gain: float) -> None:
        self._gain = gain
        self._rest: list[int] = []
        self._pieces = self._judged = self._sounding = 0

    def add(self, samples: Sequence[int]) -> None:
        """Take the next samples, -32768..32767."""
        self._rest += samples
        while len(self._rest) >= PIECE:
            piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
            self._pieces += 1
            if self._pieces <= _EVERY or self._pieces % _EVERY == 0:
                self._judged += 1
                self._sounding += _sounds(piece, self._gain)

    def plausible(self) -> bool:
        """Whether what came so far can be sound. Less than one piece is judged as it is."""
        if not self._judged:
            return not self._rest or _sounds(self._rest, self._gain)
        return self._sounding >= _SOUND_SHARE * self._judged


def _sounds(piece: Sequence[int], gain: float) -> bool:
    count = len(piece)
    mean = sum(piece) / count
    level = math.sqrt(sum(value * value for value in piece) / count)
    if level < _QUIET / 16:
        return True
    swing = math.sqrt(max(0.0, level * level - mean * mean))
    if level > _LOUDEST or abs(mean) > _OFFSET * swing:
        return False
    return level < _QUIET or _prediction_gain([value - mean for value in piece]) >= gain


def _prediction_gain(values: Sequence[float]) -> float:
    """Decibels by which linear prediction from the eight samples before shrinks the signal (Levinson-Durbin)."""
    lags = [sum(map(float.__mul__, values, values[lag:])) for lag in range(_ORDER + 1)]
    energy = error = lags[0] * (1 + 1e-6) or 1.0
    weights: list[float] = []
    for order in range(1, _ORDER + 1):
        reflection = (lags[order] - sum(w * lags[order - 1 - n] for n, w in enumerate(weights))) / error
        weights = [w - reflection * weights[-1 - n] for n, w in enumerate(weights)] + [reflection]
        error *= 1 - reflection * reflection
        if error <= 0:
            return math.inf
    return 10 * math.log10(energy / error)


def _ulaw_sample(code: int) -> int:
    """ITU-T G.711: sign, three bits of exponent, four of mantissa, all inverted, with a bias of 132."""
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + 132) << ((code & 0x70) >> 4)
    return 132 - size if code & 0x80 else size - 132


def _alaw_sample(code: int) -> int:
    """ITU-T G.711: every other bit inverted; the sign bit set means positive."""
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 264) << (exponent - 1)
    return size if code & 0x80 else -size


_ULAW_TABLE: Final = tuple(_ulaw_sample(code) for code in range(256))
_ALAW_TABLE: Final = tuple(_alaw_sample(code) for code in range(256))
