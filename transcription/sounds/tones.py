"""Signals of the telephone network among the frames: ring-back, busy and dial tones, pressed keys, fax, beeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

import numpy as np

from transcription.sounds.frames import STEP, Frames
from transcription.transcript import Mark, MarkKind

PURE: Final = 0.80
"""Share of the sound in two tones from which a frame is a tone: about 6 dB above everything else on the line."""

STEADY_HZ: Final = 25.0
"""A signal keeps its pitch to this from frame to frame (two close tones beat); a voice moves further."""

PROGRESS_HZ: Final = (340.0, 640.0)
"""Band of ring-back, busy and dial tones of all countries (ITU-T E.180 and its list of national tones)."""

RING_PAUSE: Final = 0.9
RING_GAP: Final = 6.5
RING_SHORTEST: Final = 0.3
"""Seconds: the shortest pause between two rings (Korea has 2, Britain 2 after each pair), the longest (the United
States have 4), and the shortest ring (Britain 0.4). Busy tones pause for half a second at most."""

LOWEST_HZ: Final = 300.0
"""Signals lie in the band of the telephone; a pure tone below is hum or a murmur."""

REGULAR: Final = 0.13
"""Seconds by which rings of one call differ; notes that happen to return differ by more."""

NEARLY: Final = 0.85
"""Share of the signals that must be regular: a gap in the recording makes one longer or shorter."""

KEY_SHORTEST: Final = 2
TONE_SHORTEST: Final = 5
"""Frames a key and any other signal sound at least: 64 and 160 ms."""

LONE_SHORTEST: Final = 0.4
LONE_HIGH_HZ: Final = 900.0
"""A single signal under this pitch must sound for so many seconds: a murmured "mhm" is as pure and shorter."""

_KEY_LOW: Final = (697, 770, 852, 941)
_KEY_HIGH: Final = (1209, 1336, 1477, 1633)
_KEY_OFF: Final = 0.025
_SAME_HZ: Final = 20.0


@dataclass(frozen=True, slots=True)
class Tone:
    """One unbroken signal: frames from `first` up to `last` (left out), and its one or two pitches in Hz."""

    first: int
    last: int
    low: float
    high: float

    @property
    def seconds(self) -> float:
        """Length."""
        return (self.last - self.first) * STEP

    @property
    def key(self) -> bool:
        """True for a pressed key (ITU-T Q.23)."""
        return _near(self.low, _KEY_LOW) and _near(self.high, _KEY_HIGH)

    @property
    def progress(self) -> bool:
        """True for a tone of the kind that tells how a call proceeds."""
        low, high = PROGRESS_HZ
        return all(low <= pitch <= high for pitch in (self.low or self.high, self.high))


def find_tones(frames: Frames) -> tuple[Tone, ...]:
    """Every steady signal of one or two tones, in order."""
    found: list[Tone] = []
    start: int | None = None
    for n in range(len(frames.heard) + 1):
        pure = n < len(frames.heard) and bool(frames.heard[n]) and float(frames.purity[n]) >= PURE
        if start is not None and (not pure or not _same(frames, n - 1, n)):
            tone = _tone(frames, start, n)
            if (tone.low or tone.high) >= LOWEST_HZ and n - start >= (KEY_SHORTEST if tone.key else TONE_SHORTEST):
                found.append(tone)
            start = None
        if pure and start is None:
            start = n
    return tuple(found)


def mark_tones(tones: Sequence[Tone], channel: int | None) -> tuple[Mark, ...]:
    """Ring-back and other signals as marks: rings with their pauses are one mark, and so are keys one after another."""
    marks: list[Mark] = []
    for group in _alike(tones):
        kind: MarkKind = "ringback" if _rings(group) else "tone"
        if len(group) == 1 and group[0].high < LONE_HIGH_HZ and group[0].seconds < LONE_SHORTEST and not group[0].key:
            continue
        apart = RING_GAP if kind == "ringback" else 1.5
        marks += [Mark(run[0].first * STEP, run[-1].last * STEP, kind, channel) for run in _close(group, apart)]
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.end)))


def signals(tones: Sequence[Tone]) -> tuple[Tone, ...]:
    """The tones that are surely the network's: keys, and progress tones that come again or last."""
    sure: list[Tone] = []
    for group in _alike(tones):
        lasts = group[0].progress and (group[0].seconds > 1.5 or (len(group) > 3 and _regular(group)))
        if group[0].key or lasts or (len(group) > 1 and _rings(group)):
            sure += group
    return tuple(sorted(sure, key=lambda tone: tone.first))


def _rings(group: Sequence[Tone]) -> bool:
    """True when these tones are rings: in the band, and with the long pauses only ring-back has."""
    if not group[0].progress or group[0].seconds < RING_SHORTEST:
        return False
    if len(group) == 1:  # answered after the first ring, or only its end was recorded
        return 0.35 <= group[0].seconds <= 2.5
    return _regular(group) and max(_pauses(group)) >= RING_PAUSE


def _regular(group: Sequence[Tone]) -> bool:
    """True when nearly all signals are equally long and pause in a pattern of at most two pauses; the first and the
    last may be cut short by the recording or the answer."""
    pauses = _pauses(group)
    return (
        _equal([tone.seconds for tone in group[1:-1] or group[:1]], REGULAR)
        and max(group[0].seconds, group[-1].seconds) <= max(tone.seconds for tone in group[1:-1] or group) + REGULAR
        and _equal([pause for pause in pauses if pause >= RING_PAUSE], 2 * REGULAR)
        and _equal([pause for pause in pauses if pause < RING_PAUSE], 2 * REGULAR)
    )


def _equal(lengths: Sequence[float], off: float) -> bool:
    """True when nearly all lie near the middle one."""
    if not lengths:
        return True
    middle = sorted(lengths)[len(lengths) // 2]
    return sum(abs(length - middle) <= off for length in lengths) >= NEARLY * len(lengths)


def _pauses(group: Sequence[Tone]) -> list[float]:
    return [(b.first - a.last) * STEP for a, b in pairwise(group)]


def _alike(tones: Sequence[Tone]) -> list[list[Tone]]:
    """Tones of the same pitches that follow each other within a ring's pause; all keys are alike."""
    groups: list[list[Tone]] = []
    open_groups: list[list[Tone]] = []
    for tone in tones:
        open_groups = [group for group in open_groups if (tone.first - group[-1].last) * STEP <= RING_GAP]
        group = next((group for group in reversed(open_groups) if _same_signal(group[-1], tone)), None)
        if group is None:
            group = []
            groups.append(group)
            open_groups.append(group)
        group.append(tone)
    return groups


def _same_signal(last: Tone, tone: Tone) -> bool:
    if tone.key and last.key:
        return True
    lower = abs((tone.low or tone.high) - (last.low or last.high))
    return abs(tone.high - last.high) <= _SAME_HZ and lower <= 3 * _SAME_HZ


def _close(group: Sequence[Tone], apart: float) -> list[list[Tone]]:
    """The group cut where more than `apart` seconds lie between two tones."""
    breaks = np.cumsum([0, *(pause > apart for pause in _pauses(group))])
    return [[tone for tone, _ in run] for _, run in groupby(zip(group, breaks, strict=True), key=lambda item: item[1])]


def _same(frames: Frames, before: int, at: int) -> bool:
    if not frames.heard[before]:
        return False
    (low_a, high_a), (low_b, high_b) = frames.tones[before], frames.tones[at]
    if bool(low_a) == bool(low_b):
        return bool(abs(low_a - low_b) <= STEADY_HZ and abs(high_a - high_b) <= STEADY_HZ)
    # A weak second tone comes and goes at the edges of a signal; the strong one stays.
    pair, single = ((low_a, high_a), high_b) if low_a else ((low_b, high_b), high_a)
    return bool(min(abs(single - pitch) for pitch in pair) <= STEADY_HZ)


def _tone(frames: Frames, first: int, last: int) -> Tone:
    pitches = frames.tones[first:last]
    paired = pitches[:, 0] > 0
    if paired.mean() >= 0.5:
        low, high = np.median(pitches[paired], axis=0)
        return Tone(first, last, float(low), float(high))
    return Tone(first, last, 0.0, float(np.median(pitches[~paired, 1])))


def _near(pitch: float, grid: Sequence[int]) -> bool:
    return any(abs(pitch - line) <= _KEY_OFF * line for line in grid)
