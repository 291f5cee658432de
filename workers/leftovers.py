"""What killed processes left behind: decoded sound and half-written recordings, found and removed."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Final

from review.storage import AudioStore
from transcription.errors import MachineLimit
from transcription.work_folders import remove_left_folders

log = logging.getLogger("workers")

WORK_PREFIX: Final = "call-"
"""How a worker's folders begin in the installation's work folder."""

HALF_WRITTEN_SECONDS: Final = 24 * 3600.0
"""Age from which a recording that is still being received is nobody's any more: no upload takes a day."""


def remove_decoded_sound(work: Path) -> int:
    """Remove what killed workers and commands had decoded, in the work folder and among temporary files; how many."""
    removed = 0
    try:
        removed = remove_left_folders(work, WORK_PREFIX)
        removed += remove_left_folders()
    except (OSError, MachineLimit) as error:
        log.warning("what killed processes left behind could not be looked for: %s", error)
    if removed:
        log.info("decoded sound of %d killed processes removed", removed)
    return removed


def remove_half_written(store: AudioStore) -> int:
    """Remove recordings whose receiving was cut off a day ago; how many."""
    try:
        removed = store.sweep_incoming(older_than=HALF_WRITTEN_SECONDS, now=time.time())
    except OSError as error:
        log.warning("half-written recordings could not be removed: %s", error)
        return 0
    if removed:
        log.info("%d half-written recordings of killed processes removed", removed)
    return removed
