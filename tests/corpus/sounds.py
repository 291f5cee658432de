"""Good and hostile recordings, made on the spot; nothing here is stored in the project."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray


def tone(seconds: float, rate: int = 8000, channels: int = 1) -> NDArray[np.int16]:
    """(channels, samples) int16: a different chirp in each channel, so that no two are alike."""
    t = np.arange(round(seconds * rate)) / rate
    rows = [
        8000 * np.sin(2 * np.pi * (300 + 170 * c) * t + (c + 2) * np.sin(2 * np.pi * 1.3 * t)) for c in range(channels)
    ]
    return np.array(rows).astype("<i2")


def wav(
    sound: NDArray[np.int16] | None = None,
    *,
    rate: int = 8000,
    channels: int | None = None,
    bits: int = 16,
    align: int | None = None,
    tag: int = 1,
    data_size: int | None = None,
    data: bytes | None = None,
) -> bytes:
    """A WAV file with every header field open to lies."""
    sound = tone(2, 8000) if sound is None else sound
    body = sound.T.tobytes() if data is None else data
    count = sound.shape[0] if channels is None else channels
    align = count * bits // 8 if align is None else align
    size = len(body) if data_size is None else data_size
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, tag, count, rate, min(rate * align, 2**32 - 1), align & 0xFFFF, bits)
    head += struct.pack("<4sI", b"data", size)
    return b"RIFF" + struct.pack("<I", min(2**32 - 1, 4 + len(head) + size)) + b"WAVE" + head + body


def encoded(
    container: str,
    codec: str,
    sound: NDArray[np.int16],
    rate: int,
    *,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """The sound in any container and codec that PyAV writes; `options` are the container's."""
    file = io.BytesIO()
    layout = "mono" if sound.shape[0] == 1 else "stereo"
    with av.open(file, mode="w", format=container) as out:
        options = {"strict": "experimental"} if codec == "vorbis" else {}
        stream = out.add_stream(codec, rate=rate, layout=layout, options=options)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        block = rate
        for start in range(0, sound.shape[1], block):
            part = np.ascontiguousarray(sound[:, start : start + block].T).reshape(1, -1)
            frame = AudioFrame.from_ndarray(part, format="s16", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def index_first(m4a: bytes) -> bytes:
    """The same M4A with its index before the sound, as it is written for the web."""
    parts: dict[bytes, bytes] = {}
    at = 0
    while at < len(m4a):
        size = int.from_bytes(m4a[at : at + 4], "big")
        parts[m4a[at + 4 : at + 8]] = m4a[at : at + size]
        at += size
    moov = bytearray(parts[b"moov"])
    table = moov.index(b"stco") + 8  # the places of the chunks, which move by the size of what now stands before them
    for entry in range(table + 4, table + 4 + 4 * int.from_bytes(moov[table : table + 4], "big"), 4):
        moved = int.from_bytes(moov[entry : entry + 4], "big") + len(moov)
        moov[entry : entry + 4] = moved.to_bytes(4, "big")
    return parts[b"ftyp"] + bytes(moov) + parts.get(b"free", b"") + parts[b"mdat"]


def long_silence(hours: float, container: str = "flac", codec: str = "flac", rate: int = 8000) -> bytes:
    """Hours of digital silence in a few kilobytes."""
    file = io.BytesIO()
    with av.open(file, mode="w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        if codec == "flac":
            stream.codec_context.options = {"frame_size": "65535"}
        block = rate * 600
        silence = AudioFrame.from_ndarray(np.zeros((1, block), dtype=np.int16), format="s16", layout="mono")
        for number in range(round(hours * 6)):
            silence.sample_rate, silence.pts, silence.time_base = rate, number * block, Fraction(1, rate)
            out.mux(stream.encode(silence))
        out.mux(stream.encode(None))
    return file.getvalue()


def video_without_sound() -> bytes:
    """An MP4 with a picture track only."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def damaged(data: bytes, begin: float = 0.4, end: float = 0.6, seed: int = 5) -> bytes:
    """The middle of a file overwritten with noise."""
    a, b = int(len(data) * begin), int(len(data) * end)
    return data[:a] + np.random.default_rng(seed).bytes(b - a) + data[b:]


def cut(data: bytes, share: float) -> bytes:
    """The first part of a file."""
    return data[: int(len(data) * share)]


def raw(demuxer: str, codec: str, sound: NDArray[np.int16], rate: int) -> bytes:
    """Encoded sound with no header at all."""
    return encoded(demuxer, codec, sound, rate)
