"""`callcoach transcribe` asked to end in the middle: nothing of the call stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus.sounds import tone, wav
from tests.waiting import wait_until


def hears_everything() -> None:
    """A shell starts what it runs in the background deaf to Ctrl-C, nohup deaf to SIGHUP; children inherit both."""
    for asked in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(asked, signal.SIG_DFL)


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
        preexec_fn=hears_everything,
    )
    wait_until(lambda: list(folder.rglob("*.raw*")) or process.poll() is not None, seconds=60, what="decoded sound")

    process.send_signal(asked)

    assert process.wait(30) == 128 + asked
    assert list(folder.rglob("*.raw*")) == []
