"""Sounds of a telephone line in which nobody speaks, generated: call-progress tones, hold music, line noise.

Every function gives float32 samples in -1..1 at 16 kHz and takes its length in seconds; the same seed gives the same
samples. Tones and cadences are those of ITU-T E.180 (ring-back, busy) and Q.23 (DTMF), the fax tones those of T.30.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 16_000
Sound = NDArray[np.float32]

RINGING: Final[dict[str, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    "us": ((440, 480), (2, 4)),
    "ru": ((425,), (1, 4)),
    "de": ((425,), (1, 4)),
    "fr": ((440,), (1.5, 3.5)),
    "gb": ((400, 450), (0.4, 0.2, 0.4, 2)),
    "kr": ((440, 480), (1, 2)),
    "cn": ((450,), (1, 4)),
    "in": ((400, 425), (0.4, 0.2, 0.4, 2)),
    "au": ((400, 425, 450), (0.4, 0.2, 0.4, 2)),
}
"""Ring-back tones: frequencies in Hz, then seconds on and off in turn."""

BUSY: Final[dict[str, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    "us": ((480, 620), (0.5, 0.5)),
    "us-congestion": ((480, 620), (0.25, 0.25)),
    "ru": ((425,), (0.35, 0.35)),
    "de": ((425,), (0.48, 0.48)),
    "gb": ((400,), (0.375, 0.375)),
    "kr": ((480, 620), (0.5, 0.5)),
    "cn": ((450,), (0.35, 0.35)),
    "dial": ((350, 440), (1, 0)),
}
"""Busy, congestion and dial tones."""

_KEYS: Final = "123A456B789C*0#D"
_LOW: Final = (697, 770, 852, 941)
_HIGH: Final = (1209, 1336, 1477, 1633)


def cadence(tones: Sequence[float], pattern: Sequence[float], seconds: float, level: float = 0.1) -> Sound:
    """Tones sounding together, on and off in turn as `pattern` says (seconds)."""
    t = _time(seconds)
    sound = sum(np.sin(2 * np.pi * tone * t) for tone in tones) * (level / len(tones))
    edges = np.cumsum(pattern)
    on = np.searchsorted(edges, t % edges[-1], side="right") % 2 == 0
    return _as_sound(sound * _soft(on))


def keys(digits: str, seconds: float, level: float = 0.15) -> Sound:
    """Keys pressed on a telephone, each for a tenth of a second, five a second."""
    t = _time(seconds)
    sound = np.zeros_like(t)
    for n, digit in enumerate(digits):
        low, high = divmod(_KEYS.index(digit), 4)
        on = (t >= n * 0.2) & (t < n * 0.2 + 0.1)
        sound += on * level / 2 * (np.sin(2 * np.pi * _LOW[low] * t) + np.sin(2 * np.pi * _HIGH[high] * t))
    return _as_sound(sound)


def fax(seconds: float) -> Sound:
    """A calling fax: 1100 Hz for half a second every 3.5 s."""
    return cadence((1100,), (0.5, 3.0), seconds)


def chords(seconds: float, level: float = 0.15) -> Sound:
    """A soft pad: a chord of three notes with overtones, another every two seconds."""
    roots = ((261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7))
    t = _time(seconds)
    sound = np.zeros_like(t)
    for n, chord in enumerate(roots):
        on = _soft((t // 2).astype(int) % 4 == n, 0.08)
        for note in chord:
            for k in range(1, 6):
                sound += on * np.sin(2 * np.pi * note * k * t + k) / k**1.5
    return _scaled(sound, level)


def melody(seconds: float, level: float = 0.15, *, vibrato: float = 0.0, seed: int = 1) -> Sound:
    """Plucked notes of a pentatonic scale, three a second; with `vibrato` bowed like a violin instead."""
    rng = np.random.default_rng(seed)
    scale = 261.6 * 2 ** (np.array([0, 2, 4, 7, 9, 12, 14, 16]) / 12)
    length = 1 / 3
    t = np.arange(int(length * RATE)) / RATE
    at = 3
    notes = []
    for _ in range(int(seconds / length) + 1):
        at = int(np.clip(at + rng.integers(-2, 3), 0, 7))
        pitch = scale[at] * (1 + vibrato * np.sin(2 * np.pi * 5.5 * t))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        shape = np.minimum(1, t / 0.05) * np.minimum(1, (length - t) / 0.05) if vibrato else np.exp(-5 * t)
        notes.append(shape * sum(np.sin(k * phase) / k for k in range(1, 9)))
    return _scaled(np.concatenate(notes)[: int(seconds * RATE)], level)


def drums(seconds: float, level: float = 0.2, *, seed: int = 2) -> Sound:
    """A drum loop at 112 beats a minute: bass drum, snare and hi-hat."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(int(seconds * RATE) + RATE)
    t = np.arange(RATE // 2) / RATE
    beat = 60 / 112
    kick = np.sin(2 * np.pi * (50 * t + 6 * (1 - np.exp(-30 * t)))) * np.exp(-9 * t)
    for n in range(int(seconds / beat * 2)):
        at = int(n * beat / 2 * RATE)
        sound[at : at + t.size] += 0.25 * np.diff(rng.normal(size=t.size + 1)) * np.exp(-60 * t)
        if n % 4 == 0:
            sound[at : at + t.size] += kick
        if n % 4 == 2:
            sound[at : at + t.size] += 0.5 * rng.normal(size=t.size) * np.exp(-20 * t)
    return _scaled(sound[: int(seconds * RATE)], level)


def band(seconds: float, level: float = 0.2) -> Sound:
    """Everything at once: pad, melody, bass and drums."""
    t = _time(seconds)
    bass = np.sin(2 * np.pi * 65.4 * 2 ** (((t // 2) % 4) / 6) * t) * np.exp(-3 * (t % 0.536))
    mixed = chords(seconds) + 0.9 * melody(seconds) + 0.6 * drums(seconds) + 0.1 * bass
    return _scaled(mixed, level)


def arpeggio(seconds: float, level: float = 0.15) -> Sound:
    """An electronic arpeggio of square-like waves, eight notes a second."""
    t = _time(seconds)
    notes = np.array([261.6, 329.6, 392.0, 523.3, 392.0, 329.6])
    pitch = notes[(t * 8).astype(int) % notes.size]
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = sum(np.sin(k * phase) / k for k in (1, 3, 5, 7)) * np.exp(-6 * (t % 0.125))
    return _scaled(sound, level)


def ballad(seconds: float, level: float = 0.15, *, seed: int = 9) -> Sound:
    """A slow bowed tune over a pad: long notes with vibrato, the least unlike a voice."""
    rng = np.random.default_rng(seed)
    pitches = 220.0 * 2 ** (rng.choice([0, 3, 5, 7, 10, 12], int(seconds / 0.9) + 1) / 12)
    t = _time(seconds)
    pitch = np.repeat(pitches, int(0.9 * RATE))[: t.size]
    smooth = np.convolve(pitch, np.ones(800) / 800, mode="same") * (1 + 0.008 * np.sin(2 * np.pi * 5 * t))
    phase = 2 * np.pi * np.cumsum(smooth) / RATE
    tune = sum(np.sin(k * phase) / k**1.2 for k in range(1, 10)) * (0.6 + 0.4 * np.sin(np.pi * (t % 0.9) / 0.9))
    return _scaled(tune + 4 * chords(seconds), level)


MUSIC: Final[dict[str, Callable[[float], Sound]]] = {
    "chords": chords,
    "melody": melody,
    "violin": lambda seconds: melody(seconds, vibrato=0.012),
    "drums": drums,
    "band": band,
    "arpeggio": arpeggio,
    "ballad": ballad,
}
"""Kinds of hold music."""


def white(seconds: float, level: float = 0.01, *, seed: int = 3) -> Sound:
    """White noise; `level` is its RMS."""
    return _as_sound(level * np.random.default_rng(seed).standard_normal(int(seconds * RATE), dtype=np.float32))


def pink(seconds: float, level: float = 0.01, *, seed: int = 4) -> Sound:
    """Noise falling by 3 dB an octave (Kellet's filter of three poles, made here in the frequency domain)."""
    spectrum = np.fft.rfft(white(seconds, 1.0, seed=seed))
    spectrum[1:] /= np.sqrt(np.arange(1, spectrum.size))
    spectrum[0] = 0
    return _rms(np.fft.irfft(spectrum, int(seconds * RATE)), level)


def hum(seconds: float, level: float = 0.01, *, mains: float = 50.0) -> Sound:
    """Mains hum with its odd and even overtones over a little noise."""
    t = _time(seconds)
    sound = sum(np.sin(2 * np.pi * mains * k * t + k * k) / k for k in range(1, 13))
    return _rms(sound + 0.1 * white(seconds, 1.0), level)


def crackle(seconds: float, level: float = 0.01, *, seed: int = 5) -> Sound:
    """Clicks of a bad contact, about twelve a second, over faint noise."""
    rng = np.random.default_rng(seed)
    sound = 0.05 * rng.standard_normal(int(seconds * RATE))
    ring = np.exp(-np.arange(80) / 12) * np.cos(np.arange(80) * 0.9)
    for at in rng.integers(0, max(1, sound.size - 80), int(12 * seconds)):
        sound[at : at + 80] += ring * rng.exponential(3) * rng.choice([-1, 1])
    return _rms(sound, level)


def comfort(seconds: float, level: float = 0.002, *, seed: int = 6) -> Sound:
    """Comfort noise as codecs make it: band-limited noise whose level is set anew every 160 ms."""
    rng = np.random.default_rng(seed)
    noise = telephone(white(seconds, 1.0, seed=seed))
    steps = np.repeat(10 ** (rng.normal(0, 1.5, int(seconds / 0.16) + 2) / 20), int(0.16 * RATE))
    return _rms(noise * steps[: noise.size], level)


NOISE: Final[dict[str, Callable[[float, float], Sound]]] = {
    "white": white,
    "pink": pink,
    "hum 50 Hz": lambda seconds, level: hum(seconds, level, mains=50.0),
    "hum 60 Hz": lambda seconds, level: hum(seconds, level, mains=60.0),
    "crackle": crackle,
    "comfort": comfort,
}
"""Kinds of line noise; the second argument is the RMS level."""


def telephone(sound: Sound) -> Sound:
    """The sound as a telephone line lets it through: 300 to 3400 Hz."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(sound.size, 1 / RATE)
    spectrum *= 1 / (1 + (280 / np.maximum(hertz, 1)) ** 8) / (1 + (hertz / 3500) ** 20)
    return _as_sound(np.fft.irfft(spectrum, sound.size))


def mu_law(sound: Sound) -> Sound:
    """The sound coarsened as eight-bit mu-law does it."""
    small = np.sign(sound) * np.log1p(255 * np.abs(np.clip(sound, -1, 1))) / np.log(256)
    small = np.round(small * 127) / 127
    return _as_sound(np.sign(small) * (256 ** np.abs(small) - 1) / 255)


def samples(sound: Sound) -> NDArray[np.int16]:
    """The sound as int16, clipped at full scale."""
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype("<i2")


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(int(seconds * RATE)) / RATE


def _soft(on: NDArray[np.bool_], seconds: float = 0.005) -> NDArray[np.float64]:
    """A gate with edges so soft that they do not click."""
    width = max(1, int(seconds * RATE))
    padded = np.concatenate((np.zeros(width), np.cumsum(on.astype(np.float64))))
    return (padded[width:] - padded[:-width]) / width


def _scaled(sound: NDArray[np.floating], level: float) -> Sound:
    return _as_sound(sound * (level / max(1e-9, float(np.abs(sound).max()))))


def _rms(sound: NDArray[np.floating], level: float) -> Sound:
    return _as_sound(sound * (level / max(1e-12, float(np.sqrt(np.mean(np.square(sound)))))))


def _as_sound(sound: NDArray[np.floating]) -> Sound:
    return sound.astype(np.float32)
