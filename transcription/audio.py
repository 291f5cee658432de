"""Recordings in, one raw 16 kHz mono file per channel out, with measured facts; decoding runs in a limited child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from transcription.abreast import abreast
from transcription.children import ChildLimits, run_child
from transcription.errors import UnreadableAudio
from transcription.levels import LevelMeter
from transcription.magic import NO_SOUND
from transcription.pairs import PairFacts, compare_channels, surely_differ
from transcription.speech import RATE
from transcription.transcript import AudioQuality
from transcription.work_folders import naming_full_disk

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
    unsettled: Callable[[], float] | None = None
    """Measures the echo between the channels where that was put off; `quality.echo` is None till then."""

    def settled(self) -> DecodedCall:
        """The same with nothing put off; the channels' files must still be there."""
        if self.unsettled is None:
            return self
        return DecodedCall(self.channels, replace(self.quality, echo=self.unsettled()))

    @property
    def duration(self) -> float:
        """Seconds of the longest channel."""
        return max(channel.seconds for channel in self.channels)


def decode_call(
    paths: Sequence[Path],
    workdir: Path,
    limits: DecodeLimits | None = None,
    names: Sequence[str] | None = None,
    *,
    echo_later: bool = False,
) -> DecodedCall:
    """Decode one file with all its channels, or two files with one leg each, into `workdir`.

    `names` are the senders' names for the files where the paths do not tell (a store keeps files by hash): they count
    only for headerless telephone sound (.ulaw, .alaw, .gsm, .g722), which nothing else can tell.
    Two channels with the same sound become one and are marked dual mono; of more than two, silent ones and copies are
    left out. One leg of two may hold nothing at all: it is a silent channel. With `echo_later` the echo between two
    channels that surely differ is left to `DecodedCall.settled`, for when there is time.
    Raises UnreadableAudio, AudioTooLong, AudioLimits, MachineLimit and EngineFailed; only the files named in the
    result are left.
    """
    if not 1 <= len(paths) <= 2:
        raise ValueError(f"a call has one or two recordings, not {len(paths)}")
    names = names or [path.name for path in paths]
    limits = limits or DecodeLimits()
    workdir.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    try:
        works = []
        for number, (path, name) in enumerate(zip(paths, names, strict=True)):
            out = workdir / f"leg{number}.raw"
            made += [workdir / f"leg{number}.raw.{n}" for n in range(8)]
            works.append(partial(_decode_one, path, name, out, leg=len(paths) == 2, limits=limits))
        with naming_full_disk(workdir):
            legs = abreast(works)
        if not any(leg["samples"] for leg in legs):
            raise UnreadableAudio("there is no sound in it", looks_like=NO_SOUND)
        return _describe(legs, echo_later)
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def _decode_one(path: Path, name: str, out: Path, *, leg: bool, limits: DecodeLimits) -> dict[str, Any]:
    if not path.is_file():
        raise UnreadableAudio(f"there is no file {path.name}")
    request = {
        "path": str(path.absolute()),
        "name": name,
        "out": str(out.absolute()),
        "mix": leg,
        "longest": limits.longest,
    }
    try:
        answer = run_child("transcription.decode_child", request, limits.child)
    except UnreadableAudio as error:
        if not leg or error.looks_like != NO_SOUND:
            raise
        # Telephone systems write a header alone for a side that never spoke: the other leg is still a call.
        Path(f"{out}.0").touch()
        answer = _EMPTY_LEG
    return {**answer, "files": [Path(f"{out}.{n}") for n in range(answer["channels"])]}


def _describe(legs: list[dict[str, Any]], echo_later: bool) -> DecodedCall:
    channels = [
        _Channel(DecodedChannel(file, leg["samples"], levels["peak_dbfs"]), levels, bandwidth, course)
        for leg in legs
        for file, levels, bandwidth, course in zip(
            leg["files"], leg["levels"], leg["bandwidths"], leg["courses"], strict=True
        )
    ]
    count = len(channels) if len(legs) > 1 else legs[0]["source_channels"]
    later = echo_later and len(channels) == 2 and surely_differ(channels[0].course, channels[1].course)
    kept, echo = (channels, None) if later else _compare(channels)
    for channel in channels:
        if channel not in kept:
            channel.decoded.path.unlink()
    levels = [channel.levels for channel in kept]
    worst = min(legs, key=_share)
    partial = _share(worst) < PARTIAL_BELOW or any(leg["cut"] for leg in legs)
    declared = [leg["declared"] for leg in ([worst] if partial else legs) if leg["declared"] is not None]
    quality = AudioQuality(
        channels=count,
        dual_mono=count == 2 and len(kept) == 1,
        partial=partial,
        declared=max(declared, default=None),
        decoded=worst["decoded"] if partial else max(leg["decoded"] for leg in legs),
        codec=next(leg["codec"] for leg in legs if leg["codec"]),
        rate=min(leg["rate"] for leg in legs if leg["rate"]),
        peak_dbfs=_highest(level["peak_dbfs"] for level in levels),
        rms_dbfs=_highest(level["rms_dbfs"] for level in levels),
        clipping=max(level["clipping"] for level in levels),
        noise_floor_dbfs=_highest(level["noise_floor_dbfs"] for level in levels),
        bandwidth_hz=_highest(channel.bandwidth for channel in kept if not channel.levels["silent"]),
        echo=echo,
        silent_channels=tuple(number for number, level in enumerate(levels) if level["silent"]),
    )
    unsettled = (lambda: _echo(channels[0], channels[1])) if later else None
    return DecodedCall(tuple(channel.decoded for channel in kept), quality, unsettled)


@dataclass(frozen=True, slots=True)
class _Channel:
    decoded: DecodedChannel
    levels: dict[str, Any]
    bandwidth: float | None
    course: list[float]


def _compare(channels: list[_Channel]) -> tuple[list[_Channel], float | None]:
    """The channels to keep, and the strongest echo between two of them (None when only one is left)."""
    kept = channels[:1]
    if len(channels) > 2:
        # Recorders of two people write four or six channels: what is empty is no third person.
        channels = [channel for channel in channels if not channel.levels["silent"]] or channels
        kept = channels[:1]
    echoes = []
    for channel in channels[1:]:
        pairs = [_pair(other, channel) for other in kept]
        if any(pair.same for pair in pairs):
            continue
        kept.append(channel)
        echoes += [pair.echo for pair in pairs]
    return kept, max(echoes, default=None)


def _pair(one: _Channel, other: _Channel) -> PairFacts:
    return compare_channels(one.decoded.path, other.decoded.path, (one.levels["rms_dbfs"], other.levels["rms_dbfs"]))


def _echo(one: _Channel, other: _Channel) -> float:
    return _pair(one, other).echo


def _share(leg: dict[str, Any]) -> float:
    """The share of what a leg declares that could be decoded; 1 when it declares nothing."""
    return float(leg["decoded"] / leg["declared"]) if leg["declared"] else 1.0


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


_EMPTY_LEG: Final[dict[str, Any]] = {
    "codec": None,
    "rate": 0,
    "source_channels": 1,
    "channels": 1,
    "samples": 0,
    "decoded": 0.0,
    "declared": None,
    "cut": False,
    "levels": [asdict(LevelMeter().levels())],
    "courses": [[]],
    "bandwidths": [None],
}
