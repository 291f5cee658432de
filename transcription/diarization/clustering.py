"""Which voices a channel holds: windows' vectors in one or two groups, and how strongly each belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.spectra import Floats

SAMPLE: Final = 1_500
"""Windows that are clustered at most, spread evenly: the cost of clustering grows with their square."""

ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class Voices:
    """One or two voices: their centroids `(voices, size)` and the evidence of every window `(windows, voices)`."""

    centroids: Floats
    evidence: NDArray[np.float64]


def tell_voices(vectors: Floats, most: int, apart: float) -> Voices:
    """The voices in windows' unit vectors; `apart` is the largest cosine at which two centroids are two people."""
    one = Voices(_unit(vectors.mean(axis=0, keepdims=True)), np.zeros((len(vectors), 1)))
    if most < 2 or len(vectors) < 4:
        return one
    labels = _halves(vectors)
    for _ in range(ROUNDS):
        if labels.min() == labels.max():
            return one
        centroids = _unit(np.stack([vectors[labels == n].mean(axis=0) for n in (0, 1)]))
        closer = np.argmax(vectors @ centroids.T, axis=1)
        if np.array_equal(closer, labels):
            break
        labels = closer
    if float(centroids[0] @ centroids[1]) > apart:
        return one
    axis = centroids[1] - centroids[0]
    along = (vectors @ axis).astype(np.float64)
    means = np.array([along[labels == n].mean() for n in (0, 1)])
    spread = np.sqrt(np.mean((along - means[labels]) ** 2)) + 1e-6
    evidence = -0.5 * ((along[:, None] - means) / spread) ** 2
    return Voices(centroids, evidence)


def _halves(vectors: Floats) -> NDArray[np.int64]:
    from sklearn.cluster import AgglomerativeClustering

    chosen = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).round().astype(int))
    labels = AgglomerativeClustering(n_clusters=2, linkage="ward").fit_predict(vectors[chosen])
    centroids = np.stack([vectors[chosen][labels == n].mean(axis=0) for n in (0, 1)])
    result: NDArray[np.int64] = np.argmax(vectors @ _unit(centroids).T, axis=1)
    return result


def _unit(rows: Floats) -> Floats:
    unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return unit
