"""Folders of decoded sound: gone at the end, found after a kill, never taken from a living owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus.sounds import tone, wav
from tests.waiting import wait_until
from transcription.web_audio import make_web_audio
from transcription.work_folders import PREFIX, remove_left_folders, work_folder
from workers.leftovers import WORK_PREFIX, remove_decoded_sound

ROOT = str(Path(__file__).resolve().parents[2])
HOLD = """
import signal, sys
from pathlib import Path
from transcription.work_folders import work_folder
with work_folder(Path(sys.argv[1]), sys.argv[2]) as folder:
    (folder / "leg0.raw.0").write_bytes(bytes(1000))
    (folder / "transcribe-x").mkdir()
    (folder / "transcribe-x" / "leg0.raw.0").write_bytes(bytes(1000))
    print(folder, flush=True)
    signal.pause()
"""


def holder(parent: Path, prefix: str = PREFIX) -> tuple[subprocess.Popen[str], Path]:
    """Another process that works in a folder, and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(parent), prefix],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_folder_is_gone_at_the_end_and_after_an_error(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        (folder / "a").write_bytes(b"x")
        assert folder.stat().st_mode & 0o077 == 0
    with pytest.raises(RuntimeError), work_folder(tmp_path) as folder:
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_only_the_folders_of_killed_processes_are_removed(tmp_path: Path) -> None:
    (dead, left), (alive, held) = holder(tmp_path), holder(tmp_path)
    try:
        with work_folder(tmp_path) as mine:
            assert remove_left_folders(tmp_path) == 0
            kill(dead)
            assert list(left.rglob("*.raw.0")), "a kill leaves it"
            assert remove_left_folders(tmp_path) == 1
            assert not left.exists()
            assert held.is_dir()
            assert mine.is_dir()
    finally:
        kill(alive)
    assert remove_left_folders(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_is_never_touched(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_bytes(b"x")
    parent = tmp_path / "tmp"
    parent.mkdir()
    (parent / "another-program").mkdir()
    (parent / f"{PREFIX}a-file").write_bytes(b"x")
    (parent / f"{PREFIX}a-link").symlink_to(elsewhere)
    assert remove_left_folders(parent) == 0
    assert len(list(parent.iterdir())) == 3
    assert (elsewhere / "kept").exists()
    assert remove_left_folders(tmp_path / "nowhere") == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_stays(tmp_path: Path) -> None:
    folder = tmp_path / f"{PREFIX}theirs"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    assert remove_left_folders(tmp_path) == 0
    assert folder.is_dir()


def test_the_sweep_removes_what_workers_and_commands_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, temporary = tmp_path / "work", tmp_path / "tmp"
    for folder in (work, temporary):
        folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    (worker, _), (command, _) = holder(work, WORK_PREFIX), holder(temporary)
    kill(worker)
    kill(command)
    assert remove_decoded_sound(work) == 2
    assert [*work.iterdir(), *temporary.iterdir()] == []


def test_the_next_making_of_web_audio_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    path, web = tmp_path / "call.wav", tmp_path / "web"
    path.write_bytes(wav(tone(2)))
    web.mkdir()
    process, _ = holder(web, ".making-")
    kill(process)
    make_web_audio([path], web)
    assert sorted(p.name for p in web.iterdir()) == ["audio.webm", "peaks.json"]


def test_a_killed_command_leaves_sound_only_until_the_next_one(tmp_path: Path) -> None:
    call, folder = tmp_path / "call.wav", tmp_path / "tmp"
    call.write_bytes(wav(tone(600)))
    folder.mkdir()
    command = [sys.executable, "-m", "workers.cli.main", "transcribe", "--engine", "sphinx", "--language", "en"]
    environment = {**os.environ, "TMPDIR": str(folder), "CALLCOACH_DATA": str(tmp_path / "data")}
    process = subprocess.Popen(
        [*command, str(call)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: list(folder.rglob("*.raw*")) or process.poll() is not None, seconds=60, what="decoded sound")
    process.kill()
    process.wait()
    assert list(folder.rglob("*.raw*"))
    short = tmp_path / "short.wav"
    short.write_bytes(wav(tone(1)))
    subprocess.run([*command, str(short)], env=environment, capture_output=True, check=True)
    assert list(folder.iterdir()) == []
