"""Who speaks when on one channel that holds two people, or three after a transfer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.atoms import Atom, cut_quietly
from transcription.diarization.backend import VoiceBackend, choose_backend
from transcription.diarization.clustering import Voices, soften, tell_voices
from transcription.diarization.smoothing import certainty, most_likely
from transcription.diarization.spectra import FRAMES_PER_SECOND, HOP, Floats, loudness_of, power_mels
from transcription.diarization.stretches import Stretch, number_by_appearance
from transcription.diarization.third_voice import find_third
from transcription.diarization.windows import STEP, WINDOW, Windows, describe_spans, place_windows, window_seconds
from transcription.errors import Cancelled
from transcription.speech import RATE, Span, SpokenChannel

_CHANGE: Final = 3.0  # natural logarithm of how much less likely a change of speaker is than none

_REACH: Final = 0.625 * WINDOW * FRAMES_PER_SECOND
"""Frames on both sides of a window's middle it speaks for: a little beyond its edges, to reach every frame."""

_BLOCK: Final = 30.0  # seconds read at once

Doubles = NDArray[np.float64]


def diarize(
    channel: SpokenChannel,
    *,
    most: int = 3,
    backend: VoiceBackend | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Stretch, ...]:
    """The channel's spans cut where somebody else speaks, each stretch with its speaker and confidence 0..1.

    The stretches tile the spans, in order, and are cut only at quiet places. When all is one voice, everything is
    speaker 0. A third person is found only where he takes over from one of two. Two people talking at once are one
    stretch of whoever is clearer. Raises Cancelled.
    """
    from threadpoolctl import threadpool_limits

    backend = backend or choose_backend(None)
    # Sums in another order differ in their last bits: one thread, so that the same bytes come out on any machine.
    with threadpool_limits(1):
        windows = [place_windows(span) for span in channel.spans]
        vectors = describe_spans(channel, windows, backend, cancelled)
        voices = _voices(channel, windows, vectors, most)
        sure = np.array(voices.of_each or (voices.sure,) * voices.count)
        softened = soften(voices.evidence, window_seconds(windows))
        stretches: list[Stretch] = []
        first = 0
        for span, places in zip(channel.spans, windows, strict=True):
            _check(cancelled)
            own = slice(first, first + len(places))
            if voices.count == 1:
                stretches.append(Stretch(span, 0, round(min(voices.sure, backend.alone), 3)))
            else:
                stretches += _cut_span(channel, span, places, voices.evidence[own], softened[own], sure)
            first += len(places)
    return number_by_appearance(stretches)


def _voices(channel: SpokenChannel, windows: Sequence[Windows], vectors: Floats, most: int) -> Voices:
    """The voices of all windows: a third is looked for when two are there and three may be."""
    voices = tell_voices(vectors, most)
    if most < 3 or voices.count < 2:
        return voices
    places = [(span, window) for span, own in zip(channel.spans, windows, strict=True) for window in own]
    times = np.array([span.start + (first + last) / 2 / RATE for span, (first, last) in places])
    # Windows overlap: each stands for the time to the next one.
    seconds = np.minimum(window_seconds(windows), STEP)
    return find_third(vectors, times, seconds, voices) or voices


def _cut_span(
    channel: SpokenChannel, span: Span, places: Windows, evidence: Doubles, softened: Doubles, sure: Doubles
) -> list[Stretch]:
    """The stretches of one span: cut by the windows' full evidence, judged by what they can honestly carry."""
    atoms = cut_quietly(_loudness(channel, span))
    if not atoms:
        return []
    changes = np.full(len(atoms), _CHANGE)
    path = most_likely(_evidence_of_atoms(atoms, places, evidence), changes)
    return _joined(span, atoms, path, sure * certainty(_evidence_of_atoms(atoms, places, softened), changes))


def _evidence_of_atoms(atoms: Sequence[Atom], places: Windows, evidence: Doubles) -> Doubles:
    """What the windows around each atom say, the nearer the more, once per STEP of the atom's length."""
    count = atoms[-1].last
    said, heard = np.zeros((count, evidence.shape[1])), np.full(count, 1e-9)
    for (first, last), row in zip(places, evidence, strict=True):
        centre = (first + last) / 2 / HOP
        near = slice(max(0, int(centre - _REACH)), min(count, int(centre + _REACH) + 1))
        weights = np.maximum(1 - np.abs(np.arange(near.start, near.stop) - centre) / _REACH, 0.0)
        said[near] += weights[:, None] * row
        heard[near] += weights
    each = said / heard[:, None]
    return np.stack([each[atom.first : atom.last].sum(axis=0) for atom in atoms]) / (STEP * FRAMES_PER_SECOND) / 2


def _loudness(channel: SpokenChannel, span: Span) -> Floats:
    """The span's level in dB per 10 ms, read in blocks: a span may be as long as a call."""
    blocks: list[Floats] = []
    start = span.start
    while start < span.end:
        samples = channel.samples(Span(start, min(start + _BLOCK, span.end)))
        blocks.append(loudness_of(power_mels(samples))[: max(1, samples.size // HOP)])
        start += _BLOCK
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)


def _joined(span: Span, atoms: Sequence[Atom], path: NDArray[np.int64], sure: Doubles) -> list[Stretch]:
    stretches: list[Stretch] = []
    first = 0
    for n in range(1, len(atoms) + 1):
        if n < len(atoms) and path[n] == path[first]:
            continue
        start = span.start + atoms[first].first / 100
        end = span.end if n == len(atoms) else span.start + atoms[n].first / 100
        lengths = np.array([atom.last - atom.first for atom in atoms[first:n]])
        confidence = float(lengths @ sure[first:n, path[first]] / lengths.sum())
        stretches.append(Stretch(Span(start, end), int(path[first]), round(confidence, 3)))
        first = n
    return stretches


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled
