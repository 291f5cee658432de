"""Recordings in, one raw 16 kHz mono file per channel out, with measured facts; decoding runs in a limited child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transcription.children import ChildLimits, run_child
from transcription.errors import UnreadableAudio
from transcription.levels import SAME
from transcription.speech import RATE
from transcription.transcript import AudioQuality

LONGEST = 4 * 3600.0
"""Seconds one call may hold."""

PARTIAL_BELOW = 0.95
"""A recording whose decoded length is under this share of the declared one is partial."""


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What decoding one file may take; `longest` in seconds of sound."""

    longest: float = LONGEST
    child: ChildLimits = field(default_factory=ChildLimits)


@dataclass(frozen=True, slots=True)
class DecodedChannel:
    """One voice channel: a file of raw little-endian int16 samples, mono, 16 kHz."""

    path: Path
    samples: int
    peak_dbfs: float | None

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.samples / RATE


@dataclass(frozen=True, slots=True)
class DecodedCall:
    """A call's channels (of two files: one each) and what was measured about them."""

    channels: tuple[DecodedChannel, ...]
    quality: AudioQuality

    @property
    def duration(self) -> float:
        """Seconds of the longest channel."""
        return max(channel.seconds for channel in self.channels)


def decode_call(
    paths: Sequence[Path], workdir: Path, limits: DecodeLimits | None = None, names: Sequence[str] | None = None
) -> DecodedCall:
    """Decode one file with all its channels, or two files with one leg each, into `workdir`.

    `names` are the senders' names for the files where the paths do not tell (a store keeps files by hash): they count
    only for headerless telephone sound (.ulaw, .alaw, .gsm, .g722), which nothing else can tell.
    A stereo file with the same sound on both sides becomes one channel and is marked dual mono. Raises
    UnreadableAudio, AudioTooLong, AudioLimits and EngineFailed; nothing but the files named in the result is left.
    """
    if not 1 <= len(paths) <= 2:
        raise ValueError(f"a call has one or two recordings, not {len(paths)}")
    names = names or [path.name for path in paths]
    limits = limits or DecodeLimits()
    workdir.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    try:
        answers = []
        for number, (path, name) in enumerate(zip(paths, names, strict=True)):
            out = workdir / f"leg{number}.raw"
            made += [workdir / f"leg{number}.raw.{n}" for n in range(8)]
            answers.append(_decode_one(path, name, out, mix=len(paths) == 2, limits=limits))
        return _describe(answers)
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def _decode_one(path: Path, name: str, out: Path, *, mix: bool, limits: DecodeLimits) -> dict[str, Any]:
    if not path.is_file():
        raise UnreadableAudio(f"there is no file {path.name}")
    request = {
        "path": str(path.absolute()),
        "name": name,
        "out": str(out.absolute()),
        "mix": mix,
        "longest": limits.longest,
    }
    answer = run_child("transcription.decode_child", request, limits.child)
    answer["files"] = [Path(f"{out}.{n}") for n in range(answer["channels"])]
    return answer


def _describe(answers: list[dict[str, Any]]) -> DecodedCall:
    first = answers[0]
    same = len(answers) == 1 and first["likeness"] is not None and first["likeness"] >= SAME
    channels = [
        DecodedChannel(file, answer["samples"], levels["peak_dbfs"])
        for answer in answers
        for file, levels in zip(answer["files"], answer["levels"], strict=True)
    ]
    levels = [level for answer in answers for level in answer["levels"]]
    if same:
        channels[1].path.unlink()
        channels, levels = channels[:1], levels[:1]
    decoded = [answer["samples"] / RATE for answer in answers]
    declared = [answer["declared"] for answer in answers]
    quality = AudioQuality(
        channels=len(answers) if len(answers) > 1 else first["source_channels"],
        dual_mono=same,
        partial=any(
            said is not None and got < PARTIAL_BELOW * said for said, got in zip(declared, decoded, strict=True)
        ),
        declared=max((said for said in declared if said is not None), default=None),
        decoded=max(decoded),
        codec=first["codec"],
        rate=min(answer["rate"] for answer in answers),
        peak_dbfs=_highest(levels, "peak_dbfs"),
        rms_dbfs=_highest(levels, "rms_dbfs"),
        clipping=max(level["clipping"] for level in levels),
        noise_floor_dbfs=_highest(levels, "noise_floor_dbfs"),
    )
    return DecodedCall(tuple(channels), quality)


def _highest(levels: list[dict[str, Any]], key: str) -> float | None:
    return max((level[key] for level in levels if level[key] is not None), default=None)
