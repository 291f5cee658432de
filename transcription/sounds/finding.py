"""Marks of one channel: what is heard on it where nobody speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.sounds.frames import STEP, Frames, measure_frames
from transcription.sounds.music import mark_music
from transcription.sounds.tones import Tone, find_tones, mark_tones, signals
from transcription.speech import Span
from transcription.transcript import Mark

TUNE_PAUSE: Final = 2.0
TUNE_SHORTEST: Final = 2.0
TUNE_PITCHES: Final = 3
PITCH_HZ: Final = 20.0
"""Tones of so many pitches, with no longer pause (seconds) and over a longer time, are a tune."""


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
    known = {tone.first for tone in sure}  # no two tones begin at one frame
    other, tunes = _tunes([tone for tone in tones if tone.first not in known])
    music = _joined([*mark_music(_muted(frames, sure), said, channel), *_as_music(tunes, channel)])
    # A flute's notes are pure tones too: what sounds within music belongs to the music.
    lone = [tone for tone in (*sure, *other) if not _within(tone.first * STEP, tone.last * STEP, music)]
    marks = [*mark_tones(sorted(lone, key=lambda tone: tone.first), channel), *music]
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.kind)))


def _tunes(tones: Sequence[Tone]) -> tuple[list[Tone], list[list[Tone]]]:
    """Single tones, and runs of tones of several pitches, which are a tune; the three tones before an announcement
    (ITU-T E.180, special information) are too short for one."""
    single: list[Tone] = []
    tunes: list[list[Tone]] = []
    runs: list[list[Tone]] = []
    for tone in tones:
        if not runs or (tone.first - runs[-1][-1].last) * STEP > TUNE_PAUSE:
            runs.append([])
        runs[-1].append(tone)
    for run in runs:
        pitches = {round(tone.high / PITCH_HZ) for tone in run if not tone.key}
        lasts = (run[-1].last - run[0].first) * STEP > TUNE_SHORTEST
        if len(pitches) >= TUNE_PITCHES and lasts:
            tunes.append(run)
        else:
            single += run
    return single, tunes


def _as_music(tunes: Sequence[Sequence[Tone]], channel: int | None) -> list[Mark]:
    return [Mark(tune[0].first * STEP, tune[-1].last * STEP, "music", channel) for tune in tunes]


def _joined(marks: Sequence[Mark]) -> list[Mark]:
    """Music that touches music as one mark, and noise only where no music is."""
    music: list[Mark] = []
    for mark in sorted((m for m in marks if m.kind == "music"), key=lambda m: (m.start, m.end)):
        if music and mark.start <= music[-1].end + STEP / 2:
            music[-1] = replace(music[-1], end=max(music[-1].end, mark.end))
        else:
            music.append(mark)
    noise = [m for m in marks if m.kind == "noise" and not any(m.start < o.end and o.start < m.end for o in music)]
    return [*music, *noise]


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
