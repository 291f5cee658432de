"""How good a speech engine's words are, as one number: what "a better model is there now" compares."""

from __future__ import annotations

import re
from typing import Final

BEST: Final = 60
"""Nothing is better: calls of this rank need not be looked at."""

DRAFT: Final = 0
"""Words of a stand-in engine."""

UNKNOWN_WHISPER: Final = 1
"""A Whisper model whose name tells nothing: better than a draft, and not compared with other Whisper models."""

# In the order of the models' published word error rates (Whisper and Distil-Whisper model cards); the gaps leave room.
_SIZES: Final = (
    (re.compile(r"distil.*small"), 28),
    (re.compile(r"distil.*medium"), 38),
    (re.compile(r"distil.*large"), 52),
    (re.compile(r"tiny"), 10),
    (re.compile(r"base"), 20),
    (re.compile(r"small"), 30),
    (re.compile(r"medium"), 40),
    (re.compile(r"large-?v1"), 50),
    (re.compile(r"turbo"), 55),
    (re.compile(r"large"), BEST),
)


def rank_of_transcript(engine: str | None, model: str | None, *, draft: bool) -> int | None:
    """The rank of the words a call has; None when nothing can be said to be better: imported, or an unknown model."""
    if draft:
        return DRAFT
    if engine != "whisper":
        return None
    return _size(model)


def rank_of_model(engine: str, model: str | None) -> int:
    """The rank of an engine that could run now."""
    if engine != "whisper":
        return DRAFT
    return _size(model) or UNKNOWN_WHISPER


def knows_english_only(model: str | None) -> bool:
    """True for the models published for English alone (`small.en`)."""
    return (model or "").casefold().endswith(".en")


def _size(model: str | None) -> int | None:
    name = (model or "").replace("\\", "/").rstrip("/").rpartition("/")[2].casefold()
    return next((rank for pattern, rank in _SIZES if pattern.search(name)), None)
