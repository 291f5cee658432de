"""How the notifications of single areas are said: each a sentence built from the facts of its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from web.reading.notice_kinds import accounts, calibration, coaching, disputes, library

AREAS: tuple[Mapping[str, Callable[[Mapping[str, Any]], str]], ...] = (
    disputes.SENTENCES,
    calibration.SENTENCES,
    coaching.SENTENCES,
    library.SENTENCES,
    accounts.SENTENCES,
)
