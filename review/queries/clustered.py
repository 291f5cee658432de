"""The interval of a share whose cases come in clusters: several objections of one call are not several calls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Clusters:
    """What the spread of a share needs of its clusters: how many, and their sums of squares, added up over all.

    Of each cluster with `n` cases and `k` successes: `nn` sums n*n, `kn` sums k*n, `kk` sums k*k.
    """

    count: int = 0
    nn: int = 0
    kn: int = 0
    kk: int = 0

    def __add__(self, other: Clusters) -> Clusters:
        """Both together; a cluster may be in one of them only."""
        return Clusters(self.count + other.count, self.nn + other.nn, self.kn + other.kn, self.kk + other.kk)


def clustered_interval(successes: int, cases: int, clusters: Clusters) -> tuple[float, float] | None:
    """The 95 % interval of a share, 0..1: Wilson's (1927) on as many cases as the clusters are worth.

    They are worth cases / design effect, the variance of the ratio between clusters over that of independent cases
    (Kish 1965; for the interval Korn and Graubard 1998), never more than the cases. Where that cannot be measured (one
    cluster, or all cases alike) a cluster is worth one case, which is the most that can have been lost.
    """
    if cases <= 0:
        return None
    share = successes / cases
    worth = _worth(share, cases, clusters)
    spread = Z95 * math.sqrt(share * (1 - share) / worth + Z95**2 / (4 * worth**2))
    middle = share + Z95**2 / (2 * worth)
    scale = 1 + Z95**2 / worth
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def _worth(share: float, cases: int, clusters: Clusters) -> float:
    """How many independent cases tell as much; between 1 and `cases`."""
    many = clusters.count
    if many >= cases or many <= 0:
        return float(cases)
    alone = share * (1 - share) / cases
    if many == 1 or alone == 0:
        return float(many)
    between = max(0.0, clusters.kk - 2 * share * clusters.kn + share * share * clusters.nn)
    variance = many / (many - 1) * between / cases**2
    return max(1.0, min(float(cases), cases * alone / variance)) if variance > 0 else float(cases)
