"""A third person on a channel shared by two: somebody who takes over from one of them, as after a transfer."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.clustering import APART, FEW, FEWEST, STEEP, Voices, apart, halves, logistic
from transcription.diarization.spectra import Floats

Doubles = NDArray[np.float64]

MARGIN: Final = 0.8
"""How much further apart than two voices of a channel the halves of one of its voices must lie, standard deviations."""

DOUBTFUL: Final = 1.3
"""How much less than that still makes a third person likely, where two change places at one moment: the halves then
lie barely as far apart as one person's may, and the turns concerned must not be sure. Made calls in which two of the
three voices come from one synthesiser lie there; none of 20 recordings of two people does."""

LEAST: Final = 6.0
"""Seconds that the one who leaves and the one who comes must each speak."""

BETWEEN: Final = 2.0
"""Seconds the one who stays must speak before the takeover, and after it."""

ASTRAY: Final = 0.1
"""Largest share of windows on the wrong side of the takeover, the two who change places together. Halves of one
person's windows mostly leave 0.3 and more there, of half a minute's recording 0.12 (20 recordings of two people); calls
of three with a transfer leave 0.00 to 0.04."""

UNSURE: Final = 0.6
"""How sure the turns of a doubtful third person are, and of whoever he was taken apart from: nobody's by role."""

_AGAINST: Final = 6.0  # natural logarithm; how much less likely the one who left is afterwards, the one who came before


def find_third(vectors: Floats, times: Doubles, seconds: Doubles, voices: Voices) -> Voices | None:
    """Three voices where one of two is two people, of whom the second speaks only after the first; None otherwise.

    `vectors` `(windows, size)`; `times` each window's middle and `seconds` how much speech it stands for; `voices` the
    two that were told apart. Both must hold: the halves of one voice lie as far apart as two people's do, and the
    three fall into one who stays and two who change places at one moment.
    """
    two = np.argmax(voices.evidence, axis=1)
    found: list[tuple[float, int, NDArray[np.int64]]] = []
    for voice in (0, 1):
        own = np.flatnonzero(two == voice)
        parts = halves(vectors[own]) if len(own) >= 2 * FEWEST else None
        if parts is None:
            continue
        beyond = apart(vectors[own], parts) - APART - MARGIN - FEW / len(own)
        if beyond >= -DOUBTFUL:
            labels = two.copy()
            labels[own[parts == 1]] = 2
            found.append((beyond, voice, labels))
    for beyond, voice, labels in sorted(found, key=lambda item: -item[0]):
        change = _change(labels, times, seconds)
        if change is not None:
            leaves, comes, moment = change
            evidence = _evidence(vectors, labels)
            evidence[times >= moment, leaves] -= _AGAINST
            evidence[times < moment, comes] -= _AGAINST
            sure = min(voices.sure, logistic(1.5 + STEEP * beyond) if beyond >= 0 else UNSURE)
            of_each = tuple(voices.sure if n == 1 - voice else sure for n in range(3))
            return Voices(evidence, sure, of_each)
    return None


def _change(labels: NDArray[np.int64], times: Doubles, seconds: Doubles) -> tuple[int, int, float] | None:
    """Who leaves, who comes, and when, among three voices of whom the third stays; None where no two change places."""
    best: tuple[float, int, int, float] | None = None
    for pair in combinations(range(3), 2):
        stays = 3 - sum(pair)
        for leaves, comes in permutations(pair):
            if min(seconds[labels == leaves].sum(), seconds[labels == comes].sum()) < LEAST:
                continue
            astray, moment = _moment(times[labels == leaves], times[labels == comes])
            before = labels == stays
            around = (seconds[before & (times < moment)].sum(), seconds[before & (times >= moment)].sum())
            if astray <= ASTRAY and min(around) >= BETWEEN and (best is None or astray < best[0]):
                best = (astray, leaves, comes, moment)
    return None if best is None else best[1:]


def _moment(leaves: Doubles, comes: Doubles) -> tuple[float, float]:
    """The share of windows on the wrong side of the best moment (of each voice, summed), and that moment."""
    edges = np.unique(comes)
    early = np.searchsorted(np.sort(comes), edges) / len(comes)
    late = 1 - np.searchsorted(np.sort(leaves), edges) / len(leaves)
    at = int(np.argmin(early + late))
    return float(early[at] + late[at]), float(edges[at])


def _evidence(vectors: Floats, labels: NDArray[np.int64]) -> Doubles:
    """Log-likelihoods `(windows, 3)`: normal distributions of one spread in the plane through the voices' means."""
    means = np.stack([vectors[labels == n].mean(axis=0) for n in range(3)]).astype(np.float64)
    plane, _ = np.linalg.qr((means[1:] - means[0]).T)
    along, centres = vectors @ plane, means @ plane
    spread = float(np.mean((along - centres[labels]) ** 2)) + 1e-9
    evidence: Doubles = -0.5 * ((along[:, None] - centres) ** 2).sum(axis=2) / spread
    return evidence
