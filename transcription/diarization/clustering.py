"""Which voices a channel holds: windows' vectors in one or two groups, and how strongly each belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.spectra import Floats

SAMPLE: Final = 1_500
"""Windows that are clustered at most, spread evenly: the cost of clustering grows with their square."""

APART: Final = 4.95
"""How far apart two groups' means must lie, in standard deviations within a group, for two people.

One person's windows, cut in two by force, lie 3.0 to 4.9 apart (70 one-person channels, synthetic and real, of half
a minute and more); two people's 5.0 to 16 (66 pairs). A normal distribution cut at its middle gives 2.6."""

FEW: Final = 45.0
"""Few windows fall into groups by chance: APART grows by this over their number. Ten recordings of one person of 2 to
12 s are told from 45 pairs of 6 to 37 s with it."""

FEWEST: Final = 10
"""Windows under which nobody can tell: about 4 s of speech. They are one voice, with little confidence."""

_ROUNDS: Final = 10

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Voices:
    """One or two voices in a channel's windows.

    `evidence` is `(windows, voices)` log-likelihoods; `apart` how far the two groups' means lie from each other in
    standard deviations, `needed` how far they must for two people; both also tell how sure "one voice" is.
    """

    evidence: Doubles
    apart: float
    needed: float

    @property
    def count(self) -> int:
        """1 or 2."""
        return int(self.evidence.shape[1])


def tell_voices(vectors: Floats, most: int = 2, margin: float = 0.0) -> Voices:
    """One or two voices in windows' unit vectors `(windows, size)`; `margin` asks for more distance than APART."""
    count = len(vectors)
    needed = APART + margin + FEW / max(count, 1)
    if most < 2 or count < FEWEST:
        return Voices(np.zeros((count, 1)), 0.0, needed)
    labels = _halves(vectors)
    if labels is None:
        return Voices(np.zeros((count, 1)), 0.0, needed)
    axis = vectors[labels == 1].mean(axis=0) - vectors[labels == 0].mean(axis=0)
    along = (vectors @ axis).astype(np.float64)
    means = np.array([along[labels == n].mean() for n in (0, 1)])
    spread = float(np.sqrt(np.mean((along - means[labels]) ** 2))) + 1e-6
    apart = float(means[1] - means[0]) / spread
    if apart < needed:
        return Voices(np.zeros((count, 1)), apart, needed)
    return Voices(-0.5 * ((along[:, None] - means) / spread) ** 2, apart, needed)


def _halves(vectors: Floats) -> NDArray[np.int64] | None:
    """Each window's group, 0 or 1: Ward's linkage on a sample, then k-means by angle on all; None for one group."""
    from sklearn.cluster import AgglomerativeClustering

    chosen = np.unique(np.linspace(0, len(vectors) - 1, min(len(vectors), SAMPLE)).round().astype(int))
    some = AgglomerativeClustering(n_clusters=2, linkage="ward").fit_predict(vectors[chosen])
    centroids = np.stack([vectors[chosen][some == n].mean(axis=0) for n in (0, 1)])
    labels = _closest(vectors, centroids)
    for _ in range(_ROUNDS):
        if labels.min() == labels.max():
            return None
        closer = _closest(vectors, np.stack([vectors[labels == n].mean(axis=0) for n in (0, 1)]))
        if np.array_equal(closer, labels):
            break
        labels = closer
    return labels if labels.min() < labels.max() else None


def _closest(vectors: Floats, centroids: Floats) -> NDArray[np.int64]:
    lengths = np.maximum(np.linalg.norm(centroids, axis=1), 1e-6)
    nearest: NDArray[np.int64] = np.argmax(vectors @ (centroids.T / lengths), axis=1)
    return nearest
