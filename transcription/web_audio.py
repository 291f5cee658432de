"""What the browser plays and draws: `audio.webm` (Opus, one lane per channel) and `peaks.json`, made once per call."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from transcription.audio import DecodedCall, DecodeLimits, decode_call
from transcription.children import ChildLimits, run_child
from transcription.speech import Span
from transcription.work_folders import naming_full_disk, remove_left_folders, work_folder

AUDIO_NAME = "audio.webm"
PEAKS_NAME = "peaks.json"
_MAKING: Final = ".making-"


@dataclass(frozen=True, slots=True)
class WebAudio:
    """Files for the player; `duration` in seconds. `peaks` holds
    {"channels": [[0..1, 20 per second], ...], "duration": seconds, "per_second": 20} and, where something is silenced,
    "muted": [[channel or null, start, end], ...] in seconds."""

    audio: Path
    peaks: Path
    duration: float


def make_web_audio(
    paths: Sequence[Path],
    out_dir: Path,
    limits: DecodeLimits | None = None,
    mute: Sequence[tuple[int | None, Span]] = (),
    remake: bool = False,
    names: Sequence[str] | None = None,
) -> WebAudio:
    """Make the player's files from a call's recording (one file, or two legs) unless they are there already.

    Two legs become two lanes in the order given, the shorter padded with silence. `mute` names stretches in seconds
    to silence in sound and peaks: of one channel, or of all with None. Files that are there but sound in a stretch to
    be muted are made again; `remake` makes them again in any case. The files appear whole or not at all, and a player
    in the middle of the old ones keeps them. `names` and what is raised: see
    `decode_call`.
    """
    there = None if remake else _find_muted(out_dir, mute)
    if there is not None:
        return there
    with _making(out_dir) as work:
        return _write(decode_call(paths, work, limits, names), out_dir, work, mute)


def make_web_audio_from(
    call: DecodedCall, out_dir: Path, mute: Sequence[tuple[int | None, Span]] = (), remake: bool = False
) -> WebAudio:
    """The same from a call that is decoded already, so that it need not be decoded twice."""
    there = None if remake else _find_muted(out_dir, mute)
    if there is not None:
        return there
    with _making(out_dir) as work:
        return _write(call, out_dir, work, mute)


@contextmanager
def _making(out_dir: Path) -> Iterator[Path]:
    """A folder beside the files to be made, so that they can be put in their place; those of killed processes go."""
    with naming_full_disk(out_dir):
        out_dir.mkdir(parents=True, exist_ok=True)
    remove_left_folders(out_dir, _MAKING)
    with work_folder(out_dir, _MAKING) as work:
        yield work


def find_web_audio(out_dir: Path) -> WebAudio | None:
    """The player's files in a folder, or None when they are not (both) there."""
    audio, peaks = out_dir / AUDIO_NAME, out_dir / PEAKS_NAME
    if not audio.is_file() or not peaks.is_file():
        return None
    return WebAudio(audio, peaks, float(json.loads(peaks.read_text(encoding="ascii"))["duration"]))


def read_muted(out_dir: Path) -> tuple[tuple[int | None, Span], ...]:
    """What is silenced in the player's files in a folder, as `make_web_audio` takes it; they must be there."""
    muted = json.loads((out_dir / PEAKS_NAME).read_text(encoding="ascii")).get("muted", [])
    return tuple((channel, Span(start, end)) for channel, start, end in muted)


def _find_muted(out_dir: Path, mute: Sequence[tuple[int | None, Span]]) -> WebAudio | None:
    """The player's files if they are there and every stretch of `mute` is silent in them already."""
    there = find_web_audio(out_dir)
    if there is None or not mute:
        return there
    muted = json.loads(there.peaks.read_text(encoding="ascii")).get("muted", [])
    return there if all(_covered(stretch, muted) for stretch in _plain(mute)) else None


def _covered(stretch: list[Any], muted: Sequence[Sequence[Any]]) -> bool:
    channel, start, end = stretch
    return any(have[0] in (None, channel) and have[1] <= start and end <= have[2] for have in muted)


def _plain(mute: Sequence[tuple[int | None, Span]]) -> list[list[Any]]:
    return [[channel, round(span.start, 3), round(span.end, 3)] for channel, span in mute]


def _write(call: DecodedCall, out_dir: Path, work: Path, mute: Sequence[tuple[int | None, Span]]) -> WebAudio:
    # A browser plays two lanes; of the rare recordings with more, the first two are the call's legs.
    channels = [str(channel.path.absolute()) for channel in call.channels[:2]]
    audio, peaks = work / AUDIO_NAME, work / PEAKS_NAME
    request = {
        "channels": channels,
        "audio": str(audio.absolute()),
        "peaks": str(peaks.absolute()),
        "mute": _plain(mute),
    }
    answer = run_child("transcription.encode_child", request, ChildLimits(cpu=1800, wall=3600.0))
    # The peaks say what is muted, so they go last: they must never promise silence that the sound does not have.
    for made in (audio, peaks):
        with open(made, "rb") as file:
            os.fsync(file.fileno())
        os.replace(made, out_dir / made.name)
    return WebAudio(out_dir / AUDIO_NAME, out_dir / PEAKS_NAME, float(answer["duration"]))
