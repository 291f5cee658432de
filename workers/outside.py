"""Sound for outsiders: made in a process of its own when a call was given to somebody from outside."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from review.db import Database
from review.outside.hiding import hiding_of
from review.outside.sound import PREFIX, SoundForOutsiders, wanted_sounds
from review.settings import Settings
from review.storage import AudioStore
from transcription.errors import UnreadableAudio
from transcription.web_audio import AUDIO_NAME, find_web_audio, make_web_audio, read_muted
from workers.own_process import OwnProcess

log = logging.getLogger("workers")

LOOK_SECONDS: Final = 10.0
AGAIN_SECONDS: Final = 600.0  # before sound that could not be made is tried again
LONGEST_SECONDS: Final = 3600.0


class SoundWork:
    """Looks for sound that is to be made; called each round of the sweep."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.process = OwnProcess("making sound for outsiders", LONGEST_SECONDS)
        self._looked = -LOOK_SECONDS
        self._asked: dict[str, float] = {}  # folders a process was started for, and when

    def tick(self, settings: Settings) -> bool:
        """Start making what is missing; True when it was started now."""
        if self.process.runs or time.monotonic() - self._looked < LOOK_SECONDS:
            return False
        self._looked = time.monotonic()
        try:
            with self.database.read() as session:
                missing = {item.outside for item in wanted_sounds(session) if not _is_made(settings.data, item)}
        except SQLAlchemyError as error:
            log.warning("which calls outsiders are to hear could not be asked: %s", error)
            return False
        self._asked = {folder: at for folder, at in self._asked.items() if folder in missing}
        now = time.monotonic()
        if not any(now - self._asked.get(folder, -AGAIN_SECONDS) >= AGAIN_SECONDS for folder in missing):
            return False
        self._asked |= dict.fromkeys(missing, now)
        self.process.start(settings, ("outside", "sound"))
        return True

    def stop(self) -> None:
        """End a run; what it did not make is made by the next one."""
        self.process.stop()


def make_sounds(database: Database, store: AudioStore, settings: Settings) -> tuple[int, int]:
    """Make everything that is missing; how many were made, and how many could not be."""
    with database.read() as session:
        missing = [item for item in wanted_sounds(session) if not _is_made(settings.data, item)]
    made = failed = 0
    for item in missing:
        with database.read() as session:
            silent = hiding_of(session, item.call_id).silent
        everybody, outside = settings.data / item.folder, settings.data / item.outside
        try:
            make_web_audio(
                [store.path(sha256) for sha256, _name in item.legs],
                outside,
                mute=(*read_muted(everybody), *silent),
                names=[name for _sha256, name in item.legs],
            )
        except (UnreadableAudio, OSError) as error:
            log.warning("call %d was not made for outsiders to hear: %s", item.call_id, error)
            failed += 1
            continue
        made += 1
        for older in everybody.glob(f"{PREFIX}*"):
            if older != outside:
                shutil.rmtree(older, ignore_errors=True)
    return made, failed


def _is_made(data: Path, item: SoundForOutsiders) -> bool:
    return not (data / item.folder / AUDIO_NAME).is_file() or find_web_audio(data / item.outside) is not None
