"""What notifications of calibration say. Where one leads stands in its body as `url`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {}
