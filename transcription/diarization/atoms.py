"""Where one voice may hand over to another inside speech: the quiet places between syllables and phrases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from transcription.diarization.spectra import Floats

SHORTEST: Final = 20
"""Frames of 10 ms between two quiet places: 0.2 s, about a syllable."""

DIP: Final = 6.0
"""Decibels a quiet place lies below the speech on both of its sides."""

_SMOOTH: Final = 5  # frames: ripples within a pitch period are not pauses
_REACH: Final = 30  # frames: how far the speech on either side is looked for


@dataclass(frozen=True, slots=True)
class Atom:
    """Frames [first, last) of a span, said by one person; `dip` is how many dB its beginning lies below the speech."""

    first: int
    last: int
    dip: float


def cut_quietly(loudness: Floats) -> tuple[Atom, ...]:
    """Frames cut at every quiet place; `loudness` in dB, one value per 10 ms. The atoms tile the frames."""
    count = len(loudness)
    if count == 0:
        return ()
    smooth = np.convolve(np.pad(loudness, _SMOOTH // 2, mode="edge"), np.ones(_SMOOTH) / _SMOOTH, "valid")
    places = sorted(_dips(smooth), key=lambda place: (-place[1], place[0]))
    chosen: list[tuple[int, float]] = []
    for at, depth in places:
        if at < SHORTEST or count - at < SHORTEST:
            continue
        if all(abs(at - other) >= SHORTEST for other, _ in chosen):
            chosen.append((at, depth))
    edges = [(0, 0.0), *sorted(chosen)]
    ends = [at for at, _ in edges[1:]] + [count]
    return tuple(Atom(first, last, depth) for (first, depth), last in zip(edges, ends, strict=True))


def _dips(smooth: np.ndarray[tuple[int], np.dtype[np.floating]]) -> list[tuple[int, float]]:
    """(frame, depth in dB) of every local minimum that is deep enough."""
    found = []
    lowest = np.flatnonzero((smooth[1:-1] <= smooth[:-2]) & (smooth[1:-1] < smooth[2:])) + 1
    for at in lowest:
        before = smooth[max(0, at - _REACH) : at].max()
        after = smooth[at + 1 : at + 1 + _REACH].max()
        depth = float(min(before, after) - smooth[at])
        if depth >= DIP:
            found.append((int(at), depth))
    return found
