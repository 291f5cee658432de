"""The languages the pages are written in, by their codes; the first is the default. Each has a catalogue of words."""

from __future__ import annotations

from typing import Final

UI_LANGUAGES: Final[tuple[str, ...]] = ("en", "ru", "ko", "zh")
