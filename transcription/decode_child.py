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
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from transcription.children import allow_no_more_files, child_main
from transcription.errors import AudioLimits, AudioTooLong, UnreadableAudio
from transcription.levels import LevelMeter, Likeness
from transcription.magic import MediaKind, identify_media
from transcription.speech import RATE
from transcription.wav_header import find_wav_data

MAX_CHANNELS: Final = 8
LOWEST_RATE: Final = 6_000
HIGHEST_RATE: Final = 192_000
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
            sink = _Sink(outs, mix=bool(request["mix"]), most=float(request["longest"]))
            facts = _decode_file(file, kind, sink)
            for out in outs:
                out.flush()
    except OSError as error:
        # FFmpeg's own errors are OSErrors too; only the machine's pass as they are, for another attempt may succeed.
        if error.errno == errno.EFBIG:
            raise AudioLimits("disk") from None
        if error.errno == errno.ENOSPC or not isinstance(error, av.FFmpegError):
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


def _warm_up() -> None:
    """Decode a few samples of our own, so that every module PyAV loads late is loaded before files are closed off."""
    silence = bytes(160)
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + fmt + struct.pack("<4sI", b"data", len(silence)) + silence
    sink = _Sink([io.BytesIO()], mix=True, most=1.0)
    with av.open(io.BytesIO(b"RIFF" + struct.pack("<I", len(body)) + body), mode="r", format="wav") as container:
        for frame in container.decode(audio=0):
            sink.take(frame)
    sink.finish()
    with contextlib.suppress(av.FFmpegError):
        av.open(io.BytesIO(b"junk"), format="wav")


def _unreadable(error: Exception) -> UnreadableAudio:
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreadableAudio(f"it is damaged or not what it claims to be ({words.strip().lower()})")


def _decode_file(file: BinaryIO, kind: MediaKind, sink: _Sink) -> dict[str, Any]:
    options = {"enable_drefs": "0", "use_absolute_path": "0"} if kind.demuxer == "mov" else dict(kind.options)
    with av.open(file, mode="r", format=kind.demuxer, options=options, metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise UnreadableAudio("there is no sound in it")
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            raise UnreadableAudio("its sound is coded in a way we cannot read")
        stream.codec_context.thread_count = 1
        length = None if container.duration is None else container.duration / 1_000_000
        codec = stream.codec_context.name
        damaged = good_bytes = 0
        for packet in _packets(container, stream):
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError, IndexError) as error:
                if isinstance(error, MemoryError):
                    raise
                damaged += 1
                continue
            good_bytes += packet.size if frames else 0
            for frame in frames:
                sink.take(frame)
        sink.finish()
    if not sink.channels or not sink.samples:
        raise UnreadableAudio("there is no sound in it")
    decoded = sink.samples / RATE
    return {
        "kind": kind.name,
        "codec": codec,
        "rate": sink.rate,
        "source_channels": sink.source_channels,
        "channels": sink.channels,
        "samples": sink.samples,
        "declared": _declared(file, kind, length, decoded, good_bytes),
        "damaged": damaged,
        "levels": [asdict(meter.levels()) for meter in sink.meters],
        "likeness": sink.likeness.correlation() if sink.channels == 2 else None,
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


def _declared(file: BinaryIO, kind: MediaKind, length: float | None, decoded: float, good: int) -> float | None:
    """Seconds the file claims to hold, None when it makes no claim we can read."""
    if kind.name == "wav":
        data = find_wav_data(file)
        if data is None or not data.promised or not data.present or length is None:
            return length
        return length * data.promised / data.present
    if kind.name in ("mp3", "aac"):
        if kind.name == "mp3" and _has_frame_count(file, kind.offset):
            return length
        # No frame count: what share of the file's bytes could be decoded tells what is missing.
        size = file.seek(0, 2) - kind.offset
        file.seek(-128, 2) if size > 128 else file.seek(0)
        size -= 128 if file.read(3) == b"TAG" else 0
        return decoded * max(1.0, size / good) if good else None
    return length if length and length > 0 else None


def _has_frame_count(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    first = file.read(4096)
    return any(sign in first for sign in (b"Xing", b"Info", b"VBRI"))


class _Sink:
    """Takes decoded frames, checks and resamples them, writes one raw file per channel and measures what it writes."""

    def __init__(self, outs: list[Any], *, mix: bool, most: float) -> None:
        self._outs = outs
        self._mix = mix
        self._longest = most
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None
        self._layout: Any = None
        self.rate = 0
        self.source_channels = 0
        self.channels = 0
        self.samples = 0
        self.meters: list[LevelMeter] = []
        self.likeness = Likeness()

    def take(self, frame: AudioFrame) -> None:
        """One decoded frame. Raises UnreadableAudio for a rate or channel count no call has, AudioTooLong."""
        count = frame.layout.nb_channels
        if not LOWEST_RATE <= frame.sample_rate <= HIGHEST_RATE:
            raise UnreadableAudio(f"its rate of {frame.sample_rate} Hz is outside {LOWEST_RATE}-{HIGHEST_RATE} Hz")
        if not 1 <= count <= MAX_CHANNELS:
            raise UnreadableAudio(f"it has {count} channels, more than the {MAX_CHANNELS} we read")
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            self._flush()
            self._start(frame, shape)
        frame.pts = None
        if self._resampler is not None:
            self._write(self._resampler.resample(frame))

    def finish(self) -> None:
        """Write what the resampler still holds."""
        self._flush()

    def _start(self, frame: AudioFrame, shape: tuple[str, str, int]) -> None:
        if self._layout is None:
            self.rate, self.source_channels = frame.sample_rate, frame.layout.nb_channels
            self._layout = "mono" if self._mix or self.source_channels == 1 else frame.layout
            self.channels = 1 if self._mix else self.source_channels
            self.meters = [LevelMeter() for _ in range(self.channels)]
        self._shape = shape
        self._resampler = AudioResampler(format="s16p", layout=self._layout, rate=RATE)

    def _flush(self) -> None:
        if self._resampler is not None:
            self._write(self._resampler.resample(None))
            self._resampler = None

    def _write(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            planes = cast(NDArray[np.int16], frame.to_ndarray())
            for channel in range(self.channels):
                self._outs[channel].write(planes[channel].tobytes())
                self.meters[channel].add(planes[channel])
            if self.channels == 2:
                self.likeness.add(planes[0], planes[1])
            self.samples += planes.shape[1]
            # More than two channels share the room that two may take.
            if self.samples / RATE * max(1, self.channels / 2) > self._longest:
                raise AudioTooLong(self._longest)


if __name__ == "__main__":
    child_main(decode)
