"""Libraries that report their use to their makers are told not to before they load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HEARS = "from transcription.vad import *; from faster_whisper.vad import get_vad_model; get_vad_model()"


def test_the_voice_activity_model_leaves_no_trace_of_a_report(tmp_path: Path) -> None:
    # Under CI or a test the library is silent by itself: the child must not look like either.
    seen = ("CI", "GITHUB_ACTIONS", "PYTEST_CURRENT_TEST", "TF_BUILD")
    environment = {name: value for name, value in os.environ.items() if name not in (*seen, "ORT_DISABLE_TELEMETRY")}
    places = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    environment |= places | {"PYTHONDONTWRITEBYTECODE": "1"}

    subprocess.run([sys.executable, "-c", HEARS], env=environment, check=True, timeout=120)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
