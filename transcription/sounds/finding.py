"""Marks of one channel: what is heard on it where nobody speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcription.sounds.frames import STEP, Frames, measure_frames
from transcription.sounds.music import mark_music
from transcription.sounds.tones import Tone, find_tones, mark_tones, signals
from transcription.speech import Span
from transcription.transcript import Mark


def find_marks(
    path: Path,
    speech: Sequence[Span] = (),
    *,
    channel: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Mark, ...]:
    """Ring-back, tones, music and steady noise on a decoded channel (raw int16 16 kHz), in order of time.

    `speech` is where somebody surely speaks: nothing is marked there. The file is read in blocks; kept are some
    60 bytes for each 32 ms. Raises Cancelled.
    """
    count = -(-path.stat().st_size // 2 // round(STEP * 16_000)) + 1
    said = _mask(speech, count)
    frames = measure_frames(path, said, cancelled=cancelled)
    tones = find_tones(frames)
    sure = signals(tones)
    music = mark_music(_muted(frames, sure), said, channel)
    # A flute's notes are pure tones too: what sounds within music belongs to the music.
    other = [tone for tone in tones if not _within(tone.first * STEP, tone.last * STEP, music)]
    marks = [*mark_tones(other, channel), *music]
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.kind)))


def _mask(spans: Sequence[Span], count: int) -> NDArray[np.bool_]:
    said = np.zeros(count, dtype=bool)
    for span in spans:
        said[max(0, round(span.start / STEP)) : max(0, round(span.end / STEP))] = True
    return said


def _muted(frames: Frames, tones: Sequence[Tone]) -> Frames:
    """The frames without the network's signals, which are regular enough to pass for a beat."""
    heard, onset = frames.heard.copy(), frames.onset.copy()
    for tone in tones:
        first, last = tone.first, tone.last
        heard[max(0, first - 2) : last + 2] = False
        onset[max(0, first - 2) : last + 2] = 0
    return replace(frames, heard=heard, onset=onset)


def _within(start: float, end: float, marks: Sequence[Mark]) -> bool:
    return any(mark.start - 0.5 <= start and end <= mark.end + 0.5 for mark in marks if mark.kind == "music")
