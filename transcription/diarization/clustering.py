"""Which voices a channel holds: windows' vectors in one or two groups, and how strongly each belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.spectra import Floats
from transcription.diarization.windows import WINDOW

SAMPLE: Final = 1_500
"""Windows that are clustered at most, spread evenly: the cost of clustering grows with their square."""

APART: Final = 4.65
"""How far apart two groups' means must lie, in standard deviations within a group, for two people.

A normal distribution cut at its middle gives 2.6. One person's windows, cut in two by force, lie up to 4.5 apart (60
channels of one person, synthetic and real, 24 to 100 s), those of two people 4.8 to 16 (84 of 87 pairs)."""

FEW: Final = 30.0
"""Few windows fall into groups by chance: APART grows by this over their number. Measured on recordings of one person
of 4 to 12 s, and on pairs of such people."""

FEWEST: Final = 10
"""Windows under which nobody can tell: about 4 s of speech. They are one voice, with little confidence."""

STRAY: Final = 0.02
"""Share of whole windows that lie with the wrong voice."""

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
    def sure(self) -> float:
        """How likely 0..1 the number of voices is right; 0.5 when there was too little to tell by.

        A logistic curve over the distance from the border, steep as the two groups of the measurements above; two
        voices start from more, since one channel with both people is what most such recordings are.
        """
        if self.apart <= 0.0:
            return 0.5
        beyond = self.apart - self.needed
        return float(1 / (1 + np.exp(-(1.5 + 3 * beyond if self.count > 1 else -3 * beyond))))

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


def soften(evidence: Doubles, seconds: Doubles) -> Doubles:
    """Evidence `(windows, voices)` that no single window can carry beyond reason; `seconds` is each window's length.

    One window in fifty lies with the wrong voice however clearly (STRAY), and the more the shorter it is: of stretches
    of 0.7 s one in twenty was measured wrong.
    """
    shares = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    stray = np.minimum(0.4, STRAY * (WINDOW / np.maximum(seconds, 0.05)) ** 2)[:, None]
    softened: Doubles = np.log((1 - stray) * shares + stray * (1 - shares))
    return softened


def _halves(vectors: Floats) -> NDArray[np.int64] | None:
    """Each window's group, 0 or 1: Ward's linkage on a sample, then k-means on all; None for one group."""
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
    nearest: NDArray[np.int64] = np.argmax(vectors @ centroids.T - 0.5 * (centroids**2).sum(axis=1), axis=1)
    return nearest
