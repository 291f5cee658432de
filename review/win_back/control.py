"""The draw of the untouched control: by a stored seed, when a lead is found and before anybody has seen it; pure."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = 13  # hexadecimal digits that fit a float exactly


@dataclass(frozen=True, slots=True)
class Draw:
    """One lead's lot, 0..1, and the arm it gives: `control` below the share."""

    seed: str
    share: float
    lot: float

    @property
    def arm(self) -> str:
        """queue or control."""
        return "control" if self.lot < self.share else "queue"


def draw_arm(key: str, share: float, seed: str | None = None) -> Draw:
    """The draw for the lead called `key`; the same seed and key give the same lot. A new seed when none is given."""
    seed = seed or secrets.token_hex(8)
    digest = hashlib.sha256(f"{seed}\n{key}".encode()).hexdigest()
    return Draw(seed, share, int(digest[:_DIGITS], 16) / 16**_DIGITS)
