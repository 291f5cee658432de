"""Hold music and steady noise: long sound that keeps its pitches or its beat, or does not change at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.sounds.frames import STEP, WINDOW, Frames
from transcription.transcript import Mark, MarkKind

LASTING: Final = 1.5
"""Activation from which partials keep their pitch as notes do. Measured: noise up to 1.1, music from 1.5 to 3.5;
speech reaches 2.0, but what is surely speech is not looked at here."""

LASTING_STEADY: Final = 2.0
"""The same where the level does not move: narrow line noise reaches 1.5, held chords start at 2.6."""

BEAT: Final = 0.6
"""Autocorrelation of the onsets from which there is a beat. Measured: noise, crackle and speech up to 0.3, comfort
noise set anew in a regular step 0.5, drum loops and arpeggios from 0.75."""

UNCHANGED: Final = 0.85
STEADY_DB: Final = 3.0
"""A hum keeps the very same partials from window to window (music does not) and noise keeps its level."""

MUSIC_DBFS: Final = -50.0
NOISE_DBFS: Final = -45.0
"""Music under this nobody would notice; steady noise under this is every line's own."""

SHORTEST: Final = {"music": 5.0, "noise": 10.0}
"""Seconds; shorter stretches are a sung word, a ring-tone in the room, a passing car."""

BRIDGE: Final = 4.0
"""Seconds without sound that a piece of music may pause for."""

_BEAT_FRAMES: Final = 250  # 8 s
_SLOWEST, _FASTEST = 63, 6  # lags of 2 s and 0.2 s


def mark_music(frames: Frames, speech: NDArray[np.bool_], channel: int | None) -> tuple[Mark, ...]:
    """Marks of music and of steady noise; where `speech` is true a stretch is cut, for people talk there."""
    kinds = _window_kinds(frames)
    marks: list[Mark] = []
    for kind in ("music", "noise"):
        for first, last in _runs(kinds, kind, frames):
            for start, end in _without(first, last, speech):
                if (end - start) * STEP >= SHORTEST[kind]:
                    marks.append(Mark(start * STEP, end * STEP, _kind(kind), channel))
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end)))


def _kind(kind: str) -> MarkKind:
    return "music" if kind == "music" else "noise"


def _window_kinds(frames: Frames) -> list[str]:
    """What each window of 2 s holds: "music", "noise", "silence" or "" for anything else."""
    kinds = []
    for n in range(len(frames.lasting)):
        rows = slice(n * WINDOW, (n + 1) * WINDOW)
        heard = frames.heard[rows]
        if heard.mean() < 0.25:
            kinds.append("silence" if not heard.any() else "")
            continue
        level = frames.level[rows][heard]
        beat = _beat(frames.onset, n)
        steady = float(level.std()) < STEADY_DB and beat < BEAT
        hums = steady and _unchanged(frames, n)
        lasts = float(frames.lasting[n]) >= (LASTING_STEADY if steady else LASTING) and not hums
        if (beat >= BEAT or lasts) and float(level.mean()) > MUSIC_DBFS:
            kinds.append("music")
        elif steady and float(level.mean()) > NOISE_DBFS:
            kinds.append("noise")
        else:
            kinds.append("")
    return kinds


def _unchanged(frames: Frames, n: int) -> bool:
    """True when a window's partials are those of its neighbours; the first and the last window have one only."""
    near = [
        float(frames.likeness[k])
        for k in range(max(1, n - 1), min(len(frames.likeness), n + 3))
        if frames.lasting[k] > 0 and frames.lasting[k - 1] > 0
    ]
    return bool(near) and max(near) >= UNCHANGED and min(near) >= UNCHANGED - 0.15


def _beat(onset: NDArray[np.float32], window: int) -> float:
    """How regular the onsets are in the 8 s around a window, 0..1."""
    middle = window * WINDOW + WINDOW // 2
    first = max(0, min(middle - _BEAT_FRAMES // 2, onset.size - _BEAT_FRAMES))
    part = onset[first : first + _BEAT_FRAMES].astype(np.float64)
    if part.size < 2 * _SLOWEST:
        return 0.0
    part = part - part.mean()
    energy = float(part @ part)
    if energy <= 0:
        return 0.0
    lags = [float(part[lag:] @ part[:-lag]) / energy for lag in range(_FASTEST, _SLOWEST)]
    return max(lags)


def _runs(kinds: Sequence[str], kind: str, frames: Frames) -> list[tuple[int, int]]:
    """Stretches of windows of a kind in frames, short silences bridged, ending where the sound does."""
    runs: list[list[int]] = []
    for n, found in enumerate(kinds):
        if found != kind:
            continue
        gap = (n - runs[-1][1]) * WINDOW * STEP if runs else 0.0
        between = kinds[runs[-1][1] : n] if runs else []
        if runs and gap <= BRIDGE and (kind == "music" or "music" not in between):
            runs[-1][1] = n + 1
        else:
            runs.append([n, n + 1])
    edges: list[tuple[int, int]] = []
    for first, last in runs:
        # A window before and after that only begins or ends with the sound belongs to it.
        begin, end = max(0, (first - 1) * WINDOW), min(len(frames.heard), (last + 1) * WINDOW)
        begin = max(begin, _quiet_before(frames.heard, first * WINDOW, begin))
        end = min(end, _quiet_after(frames.heard, min(last * WINDOW, len(frames.heard)), end))
        heard = np.flatnonzero(frames.heard[begin:end])
        if heard.size:
            start = begin + int(heard[0])
            edges.append((max(start, edges[-1][1]) if edges else start, begin + int(heard[-1]) + 1))
    return edges


def _quiet_before(heard: NDArray[np.bool_], at: int, least: int) -> int:
    quiet = np.flatnonzero(~heard[least:at])
    return least + int(quiet[-1]) + 1 if quiet.size else least


def _quiet_after(heard: NDArray[np.bool_], at: int, most: int) -> int:
    quiet = np.flatnonzero(~heard[at:most])
    return at + int(quiet[0]) if quiet.size else most


def _without(first: int, last: int, speech: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The stretch without the parts in which somebody speaks."""
    said = np.zeros(last - first + 2, dtype=bool)
    known = speech[first:last]
    said[1 : 1 + known.size] = known
    said[0] = said[-1] = True
    edges = np.flatnonzero(np.diff(said.astype(np.int8)))
    return [(first + int(a), first + int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
