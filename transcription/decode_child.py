"""The child process that decodes one untrusted recording: raw 16 kHz mono files out, measured facts beside them.

Started by `transcription.audio`; the format is pinned by the file's first bytes, every frame's rate and channel count
is checked before it is resampled, and once the files are open no other file can be opened.
"""

from __future__ import annotations

import contextlib
import errno
import io
import struct
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import av

from transcription.children import allow_no_more_files, child_main
from transcription.declared import declared_seconds, ogg_goes_on_otherwise, ogg_is_cut
from transcription.decode_sink import MAX_CHANNELS, Sink, check_rate
from transcription.errors import NO_ROOM, AudioTooLong, UnreadableAudio
from transcription.headerless import SoundCheck
from transcription.magic import NO_SOUND, MediaKind, identify_media
from transcription.speech import RATE
from transcription.timeline import Timeline
from transcription.wav_header import has_plain_samples

_TIMED: Final = frozenset({"ogg", "webm", "m4a", "flac"})
"""Containers whose packets carry times of their own."""

_WAV_PACKET: Final = "8192"
"""Bytes the WAV reader takes at once where every sample is coded by itself: half a second of a telephone call. By
itself it takes a sixteenth of a second, and each packet costs as much as decoding it."""

_DAMAGED_STOP: Final = 200
"""Places in a row at which the container cannot be read before we give up on the rest."""


def decode(request: dict[str, Any]) -> dict[str, Any]:
    """Decode `request["path"]` to `request["out"]` + ".0", ".1", ...; facts of the sound come back."""
    outs = [open(f"{request['out']}.{n}", "wb") for n in range(MAX_CHANNELS)]  # noqa: SIM115
    sink = None
    try:
        with open(request["path"], "rb") as file:
            kind = identify_media(file, request.get("name"))
            _warm_up()
            allow_no_more_files()
            check = SoundCheck(kind.headerless.gain) if kind.headerless is not None else None
            sink = Sink(outs, mix=bool(request["mix"]), longest=float(request["longest"]), check=check)
            facts = _decode_file(file, kind, sink)
            if check is not None and not check.plausible():
                raise UnreadableAudio(f"its name says .{kind.name}, but what it holds does not sound like a call")
            for out in outs:
                out.flush()
    except OSError as error:
        # FFmpeg's own errors are OSErrors too; only the machine's pass as they are, for another attempt may succeed.
        if error.errno in (errno.EFBIG, *NO_ROOM) or not isinstance(error, av.FFmpegError):
            raise
        raise _unreadable(error) from None
    except (av.FFmpegError, ValueError, LookupError, ArithmeticError) as error:
        raise _unreadable(error) from None
    finally:
        for number, out in enumerate(outs):
            # What was flushed is safe; a write that failed has been reported and would only fail again here.
            with contextlib.suppress(OSError):
                out.close()
            if sink is None or number >= sink.channels:
                Path(out.name).unlink()
    return facts


@cache
def _warm_up() -> None:
    """Decode a few samples of our own, so that every module PyAV loads late is loaded before files are closed off.

    A child forked from a process that has done it has nothing left to load.
    """
    sound = bytes(range(256)) * 32
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + fmt + struct.pack("<4sI", b"data", len(sound)) + sound
    sink = Sink([io.BytesIO()], mix=True, longest=1.0)
    with av.open(io.BytesIO(b"RIFF" + struct.pack("<I", len(body)) + body), mode="r", format="wav") as container:
        for frame in container.decode(audio=0):
            sink.take(frame)
    sink.finish()
    with contextlib.suppress(av.FFmpegError):
        av.open(io.BytesIO(b"junk"), format="wav")


def _unreadable(error: Exception) -> UnreadableAudio:
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreadableAudio(f"it is damaged or not what it claims to be ({words.strip().lower()})")


def _decode_file(file: BinaryIO, kind: MediaKind, sink: Sink) -> dict[str, Any]:
    options = {"enable_drefs": "0", "use_absolute_path": "0"} if kind.demuxer == "mov" else dict(kind.options)
    if kind.demuxer == "wav" and has_plain_samples(file):
        options["max_size"] = _WAV_PACKET
    with av.open(file, mode="r", format=kind.demuxer, options=options, metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise UnreadableAudio("there is no sound in it", looks_like=NO_SOUND)
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            raise UnreadableAudio("its sound is coded in a way we cannot read")
        if kind.name == "flac" and stream.time_base is not None:
            check_rate(stream.time_base.denominator)  # the header's rate, in which its frames' times are counted
        stream.codec_context.thread_count = 1
        length = None if container.duration is None else container.duration / 1_000_000
        if kind.name in _TIMED and length is not None and length > sink.longest:
            raise AudioTooLong(sink.longest)
        codec = stream.codec_context.name
        timed = kind.name in _TIMED
        timeline = Timeline(timed=timed, sure=kind.name != "webm", length=length)
        damaged = good_bytes = 0
        for packet in _packets(container, stream):
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError, IndexError) as error:
                if isinstance(error, MemoryError):
                    raise
                damaged += 1
                timeline.lose(packet.size)
                continue
            before = sink.taken
            for frame in frames:
                hole = timeline.hole_before(frame.time if timed else None, sink.taken)
                if hole:
                    sink.silence(hole)
                    before += hole
                sink.take(frame)
            if frames:
                good_bytes += packet.size
                timeline.take(packet.size, sink.taken - before)
        sink.finish()
    if not sink.channels or not sink.samples:
        raise UnreadableAudio("there is no sound in it", looks_like=NO_SOUND)
    decoded = max(0.0, sink.samples / RATE - timeline.missing)
    declared = declared_seconds(file, kind, length, decoded, good_bytes)
    return {
        "kind": kind.name,
        "codec": codec,
        "rate": sink.rate,
        "source_channels": sink.source_channels,
        "channels": sink.channels,
        "samples": sink.samples,
        "decoded": decoded,
        "declared": declared,
        "cut": kind.name == "ogg" and (ogg_is_cut(file) or ogg_goes_on_otherwise(file)),
        "damaged": damaged,
        "levels": [asdict(meter.levels()) for meter in sink.meters],
        "courses": [meter.course() for meter in sink.meters],
        "bandwidths": [band.bandwidth(sink.rate) for band in sink.bands],
    }


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    """Packets of the stream; where the container is damaged the reading goes on behind the damage."""
    failures = 0
    while True:
        try:
            for packet in container.demux(stream):
                failures = 0
                yield packet
        except (av.FFmpegError, IndexError) as error:
            failures += 1
            if isinstance(error, MemoryError) or failures > _DAMAGED_STOP:
                raise
            continue
        return


WORK: Final = decode
WARM_UP: Final = _warm_up

if __name__ == "__main__":
    child_main(WORK)
