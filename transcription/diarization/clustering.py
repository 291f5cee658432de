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

STEEP: Final = 3.0
_MOSTLY_TWO: Final = 1.5
"""How sure the number of voices is: a logistic curve over the distance from the border, as steep as the measurements
of APART; two voices start from more, since both people is what most channels asked about hold."""

_ROUNDS: Final = 10

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Voices:
    """The voices in a channel's windows: one or two, or three where one takes over from another.

    `evidence` is `(windows, voices)` log-likelihoods; `sure` how likely 0..1 the number of voices is right.
    """

    evidence: Doubles
    sure: float
    of_each: tuple[float, ...] = ()
    """The same for each voice, where a third was found: it concerns only the one that turned out to be two."""

    @property
    def count(self) -> int:
        """1, 2 or 3."""
        return int(self.evidence.shape[1])


def tell_voices(vectors: Floats, most: int = 2, margin: float = 0.0) -> Voices:
    """One or two voices in windows' unit vectors `(windows, size)`; `margin` asks for more distance than APART."""
    count = len(vectors)
    nobody_can_tell = Voices(np.zeros((count, 1)), 0.5)
    if most < 2:
        return Voices(np.zeros((count, 1)), 1.0)
    if count < FEWEST:
        return nobody_can_tell
    labels = halves(vectors)
    if labels is None:
        return nobody_can_tell
    along, means, spread = _along(vectors, labels)
    beyond = float(means[1] - means[0]) / spread - APART - margin
    chance = FEW / count
    if beyond < chance:
        # Where only the small number of windows speaks against two people, one is no better than a guess.
        return Voices(np.zeros((count, 1)), max(0.5, logistic(-STEEP * beyond)))
    sure = logistic(_MOSTLY_TWO + STEEP * (beyond - chance))
    return Voices(-0.5 * ((along[:, None] - means) / spread) ** 2, sure)


def apart(vectors: Floats, labels: NDArray[np.int64]) -> float:
    """How far apart the means of two groups lie along the line through them, in standard deviations within a group."""
    _, means, spread = _along(vectors, labels)
    return float(means[1] - means[0]) / spread


def _along(vectors: Floats, labels: NDArray[np.int64]) -> tuple[Doubles, Doubles, float]:
    """Each window's place on the line through two groups' means, the means there, and the spread within a group."""
    axis = vectors[labels == 1].mean(axis=0) - vectors[labels == 0].mean(axis=0)
    along = (vectors @ axis).astype(np.float64)
    means = np.array([along[labels == n].mean() for n in (0, 1)])
    return along, means, float(np.sqrt(np.mean((along - means[labels]) ** 2))) + 1e-6


def soften(evidence: Doubles, seconds: Doubles) -> Doubles:
    """Evidence `(windows, voices)` that no single window can carry beyond reason; `seconds` is each window's length.

    One window in fifty lies with the wrong voice however clearly (STRAY), and the more the shorter it is: of stretches
    of 0.7 s one in twenty was measured wrong.
    """
    shares = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    stray = np.minimum(0.4, STRAY * (WINDOW / np.maximum(seconds, 0.05)) ** 2)[:, None]
    softened: Doubles = np.log((1 - stray) * shares + stray * (1 - shares) / max(1, shares.shape[1] - 1))
    return softened


def halves(vectors: Floats) -> NDArray[np.int64] | None:
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


def logistic(x: float) -> float:
    """A chance 0..1 from log-odds."""
    return float(1 / (1 + np.exp(-x)))
