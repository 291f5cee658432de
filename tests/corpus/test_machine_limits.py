"""A full disk or a limit of the machine is named as that, and never held against the recording."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus.sounds import tone, wav
from transcription.audio import decode_call
from transcription.children import ChildLimits, run_child
from transcription.errors import AudioLimits, MachineLimit, TranscriptionError
from transcription.web_audio import make_web_audio

GREEDY = "tests.corpus.greedy_child"
FULL = Path("/dev/full")
"""A device on which every write ends with "no space left"."""


def limit_of(what: str, **more: object) -> tuple[type[Exception], str]:
    with pytest.raises((MachineLimit, AudioLimits)) as caught:
        run_child(GREEDY, {"what": what, **more}, ChildLimits(cpu=1, wall=60))
    return type(caught.value), str(getattr(caught.value, "limit"))  # noqa: B009 - both have it


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_the_machines(number: int) -> None:
    assert limit_of("error", number=number) == (MachineLimit, "disk")


def test_a_child_that_the_system_kills_is_the_machines_want_of_memory() -> None:
    assert limit_of("killed") == (MachineLimit, "memory")


def test_a_file_over_our_own_limit_is_the_recordings_fault() -> None:
    assert limit_of("error", number=errno.EFBIG) == (AudioLimits, "disk")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("sounds", [1, 2])
def test_decoding_onto_a_full_disk_says_so_and_names_the_folder(tmp_path: Path, sounds: int) -> None:
    paths = []
    for number in range(sounds):
        paths.append(tmp_path / f"{number}.wav")
        paths[-1].write_bytes(wav(tone(60)))
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / f"leg{number}.raw.0").symlink_to(FULL)
    with pytest.raises(MachineLimit, match="no room on the disk") as caught:
        decode_call(paths, tmp_path / "out")
    assert caught.value.limit == "disk"
    assert caught.value.where == str(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert FULL.exists()


@pytest.mark.parametrize(("megabytes", "made"), [(1, "decoding"), (4, "web audio")])
def test_a_lower_limit_on_the_size_of_files_is_named(tmp_path: Path, megabytes: int, made: str) -> None:
    # 120 s are 3.8 MB decoded; the web audio of noise-like sound of this length is far below, so it is made.
    path = tmp_path / "call.wav"
    path.write_bytes(wav(tone(120)))
    program = f"""
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({megabytes} * 1024 * 1024,) * 2)
from pathlib import Path
from transcription.errors import TranscriptionError
from transcription.web_audio import make_web_audio
try:
    make_web_audio([Path({str(path)!r})], Path({str(tmp_path / "web")!r}))
    print("made")
except TranscriptionError as error:
    print(type(error).__name__, error.limit)
"""
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ("MachineLimit file" if made == "decoding" else "made")
    assert sorted(p.name for p in (tmp_path / "web").iterdir()) == (
        [] if made == "decoding" else ["audio.webm", "peaks.json"]
    )


def test_the_command_names_the_machines_limit_and_ends_as_no_fault_of_the_input(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(tone(120)))
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "transcribe", str(path), "--engine", "sphinx", "--language", "en"],
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp"), "CALLCOACH_DATA": str(tmp_path / "data")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024,) * 2),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "ulimit -f" in done.stderr
    assert "The recording is as it was." in done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_web_audio_on_a_full_disk_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(tone(3)))
    before = make_web_audio([path], tmp_path / "web").audio.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TranscriptionError, match="no room on the disk"):
        make_web_audio([path], tmp_path / "web", remake=True)
    assert (tmp_path / "web" / "audio.webm").read_bytes() == before
    assert sorted(p.name for p in (tmp_path / "web").iterdir()) == ["audio.webm", "peaks.json"]
