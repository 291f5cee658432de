"""Words with times, and raw channel files with sound of a known level, made for the tests of roles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcription.speech import RATE, Span, SpokenChannel, Utterance
from transcription.transcript import Word


def said(text: str, at: float, *, pace: float = 0.3, confidence: float = 0.9) -> Utterance:
    """One utterance that begins at `at` seconds, a word every `pace` seconds."""
    words = tuple(
        Word(word, at + n * pace, at + n * pace + pace * 0.8, confidence) for n, word in enumerate(text.split())
    )
    return Utterance(Span(at, at + len(words) * pace), words)


def talk(lines: Sequence[tuple[str, str]], side: str, *, pause: float = 0.5) -> tuple[Utterance, ...]:
    """One side of a conversation whose lines follow each other without overlap."""
    found = []
    at = 0.0
    for who, text in lines:
        if who == side:
            found.append(said(text, at))
        at += 0.3 * len(text.split()) + pause
    return tuple(found)


def voice(utterances: Sequence[Utterance], seconds: float, *, seed: int, level: float = 0.1) -> NDArray[np.float64]:
    """Sound as long as asked, loud (`level` of full scale) only where there are words: noise with a voice's rhythm."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * RATE))
    for utterance in utterances:
        for word in utterance.words:
            first, last = round((word.start or 0.0) * RATE), round((word.end or 0.0) * RATE)
            last = min(last, len(sound))
            time = np.arange(last - first) / RATE
            tone = np.sin(2 * np.pi * rng.uniform(90, 240) * time) * np.hanning(last - first)
            sound[first:last] = level * (tone + 0.4 * rng.standard_normal(last - first) * np.hanning(last - first))
    return sound


def channel(path: Path, sound: NDArray[np.float64]) -> SpokenChannel:
    """A decoded channel's file with this sound, and a line's faint noise in it."""
    rng = np.random.default_rng(len(sound))
    noisy = sound + 0.0003 * rng.standard_normal(len(sound))
    path.write_bytes(np.clip(noisy * 32767, -32768, 32767).astype("<i2").tobytes())
    return SpokenChannel(path, (Span(0.0, len(sound) / RATE),))
