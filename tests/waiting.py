"""Waiting in tests: poll a condition until it holds or the time is up, and say what was awaited."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], *, seconds: float = 10.0, every: float = 0.05, what: str = "condition") -> T:
    """The first truthy value of `condition`; AssertionError naming `what` when `seconds` pass without one."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"waited {seconds:g} s for {what}; last value: {value!r}")
        pause.wait(every)
