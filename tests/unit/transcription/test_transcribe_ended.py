"""`callcoach transcribe` asked to end in the middle: nothing of the call stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.corpus.sounds import tone, wav


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_no_sound_of_the_call_is_left_in_the_temporary_folder(tmp_path: Path, asked: signal.Signals) -> None:
    call, folder = tmp_path / "call.wav", tmp_path / "tmp"
    call.write_bytes(wav(tone(600)))
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.cli.main", "transcribe", str(call), "--engine", "sphinx", "--language", "en"],
        env={**os.environ, "TMPDIR": str(folder), "CALLCOACH_DATA": str(tmp_path / "data")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not list(folder.rglob("*.raw*")) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)

    process.send_signal(asked)

    assert process.wait(30) == 128 + asked
    assert list(folder.rglob("*.raw*")) == []
