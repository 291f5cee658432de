"""What every view needs of the installation: settings, database, recordings, Redis; made once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app

from review.db import Database
from review.settings import Settings
from review.storage import AudioStore

KEY = "callcoach"


@dataclass(frozen=True, slots=True)
class Parts:
    """The installation behind one application object."""

    settings: Settings
    database: Database
    store: AudioStore
    redis: Any  # a redis.Redis client; every use of it must live with Redis being down


def parts() -> Parts:
    """The parts of the application that answers the present request."""
    return cast(Parts, current_app.extensions[KEY])
