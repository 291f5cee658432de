"""Memory does not grow with a call's length: five and twenty minutes through the whole pipeline, in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def measure(minutes: float, channels: int) -> dict[str, float]:
    """The facts the benchmark prints for a call of this length."""
    command = [sys.executable, "-m", "benchmarks.long_call", "--json", "--without-web-audio"]
    ran = subprocess.run(
        [*command, "--hours", str(minutes / 60), "--channels", str(channels)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    facts: dict[str, float] = json.loads(ran.stdout)
    return facts


def test_memory_does_not_grow_with_the_length_of_a_call() -> None:
    short, long = measure(5, 2), measure(20, 2)
    assert (short["call_hours"], long["call_hours"]) == pytest.approx((5 / 60, 20 / 60), abs=0.001)
    assert long["words"] > 3 * short["words"] > 300  # there was speech, and it went all the way through
    # What is left grows by the words themselves: 15 minutes of them are a few megabytes, their sound would be 58.
    assert long["above_the_model_mb"] - short["above_the_model_mb"] < 15
    assert long["above_the_model_mb"] < 300
