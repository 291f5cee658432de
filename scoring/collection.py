"""Python's garbage collection in a process that scores call after call."""

from __future__ import annotations

import gc
from typing import Final

OBJECTS_BEFORE_A_LOOK: Final = 50_000
"""How many more objects there may be than at the last look for unreachable ones (Python's own number is 700).

Judging a four-minute call makes some ten thousand objects at once, nearly all of which are let go without a look: with
700 a tenth of the time went into looking through those in use. A call of hours is still looked through as it grows.
"""


def leave_loaded_alone() -> None:
    """Take what is loaded out of collection for good, and look for unreachable objects less often.

    Called when the packs are read: a full collection would go through all of them, and copy them into each fork.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_A_LOOK)
