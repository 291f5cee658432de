"""The interval of a share: how sure a percentage is, given how many it was counted from."""

from __future__ import annotations

import math
from typing import Final

Z95: Final = 1.959964


def wilson(successes: int, count: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share, 0..1 (Wilson 1927); None when nothing was counted."""
    if count <= 0:
        return None
    share = successes / count
    spread = Z95 * math.sqrt(share * (1 - share) / count + Z95**2 / (4 * count**2))
    middle = share + Z95**2 / (2 * count)
    scale = 1 + Z95**2 / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
