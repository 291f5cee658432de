"""What the browser plays and draws: `audio.webm` (Opus, one lane per channel) and `peaks.json`, made once per call."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transcription.audio import DecodedCall, DecodeLimits, decode_call
from transcription.children import ChildLimits, run_child

AUDIO_NAME = "audio.webm"
PEAKS_NAME = "peaks.json"


@dataclass(frozen=True, slots=True)
class WebAudio:
    """Files for the player; `duration` in seconds. `peaks` holds
    {"channels": [[0..1, 20 per second], ...], "duration": seconds, "per_second": 20}."""

    audio: Path
    peaks: Path
    duration: float


def make_web_audio(paths: Sequence[Path], out_dir: Path, limits: DecodeLimits | None = None) -> WebAudio:
    """Make the player's files from a call's recording (one file, or two legs) unless they are there already.

    Two legs become two lanes in the order given, the shorter padded with silence. The files appear whole or not at
    all. Raises what `decode_call` raises.
    """
    there = find_web_audio(out_dir)
    if there is not None:
        return there
    out_dir.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".making-", dir=out_dir))
    try:
        return _write(decode_call(paths, work, limits), out_dir, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def make_web_audio_from(call: DecodedCall, out_dir: Path) -> WebAudio:
    """The same from a call that is decoded already, so that it need not be decoded twice."""
    there = find_web_audio(out_dir)
    if there is not None:
        return there
    out_dir.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".making-", dir=out_dir))
    try:
        return _write(call, out_dir, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def find_web_audio(out_dir: Path) -> WebAudio | None:
    """The player's files in a folder, or None when they are not (both) there."""
    audio, peaks = out_dir / AUDIO_NAME, out_dir / PEAKS_NAME
    if not audio.is_file() or not peaks.is_file():
        return None
    return WebAudio(audio, peaks, float(json.loads(peaks.read_text(encoding="ascii"))["duration"]))


def _write(call: DecodedCall, out_dir: Path, work: Path) -> WebAudio:
    # A browser plays two lanes; of the rare recordings with more, the first two are the call's legs.
    channels = [str(channel.path.absolute()) for channel in call.channels[:2]]
    audio, peaks = work / AUDIO_NAME, work / PEAKS_NAME
    request = {"channels": channels, "audio": str(audio.absolute()), "peaks": str(peaks.absolute())}
    answer = run_child("transcription.encode_child", request, ChildLimits(cpu=900, wall=1200.0))
    for made in (peaks, audio):
        with open(made, "rb") as file:
            os.fsync(file.fileno())
        os.replace(made, out_dir / made.name)
    return WebAudio(out_dir / AUDIO_NAME, out_dir / PEAKS_NAME, float(answer["duration"]))
