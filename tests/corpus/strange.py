"""More hostile recordings: lying chunks of every container, lists in disguise, and many channels."""

from __future__ import annotations

import io
import random
import struct

import av
import numpy as np
from av.audio.frame import AudioFrame

from tests.corpus.entries import ENTRIES, Entry, Read, Refused
from tests.corpus.sounds import encoded, tone, wav

DAMAGED = Refused("damaged or not what it claims to be")
SILENT = Refused("there is no sound in it")
UNKNOWN = Refused("coded in a way we cannot read")
_SECONDS = 2.0
_SAMPLES = tone(_SECONDS).T.tobytes()
_ALL = 0xFFFFFFFF


def _chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(data) if size is None else size) + data + b"\0" * (len(data) % 2)


def _fmt(channels: int = 1, rate: int = 8000, bits: int = 16, tag: int = 1, more: bytes = b"") -> bytes:
    align = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, rate * align, align, bits) + more


def _riff(*chunks: bytes, kind: bytes = b"RIFF", size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return kind + struct.pack("<I", len(body) if size is None else size) + body


_DATA = _chunk(b"data", _SAMPLES)
_PCM = bytes.fromhex("0100000000001000800000aa00389b71")


def _rf64(data: int, table: int = 0) -> bytes:
    sizes = _chunk(b"ds64", struct.pack("<QQQI", 2**33, data, len(_SAMPLES) // 2, table))
    return _riff(sizes, _chunk(b"fmt ", _fmt()), _chunk(b"data", _SAMPLES, _ALL), kind=b"RF64", size=_ALL)


def _extensible(more: bytes) -> bytes:
    return _riff(_chunk(b"fmt ", _fmt(tag=0xFFFE, more=more)), _DATA)


def _many_channels(container: str, codec: str, rate: int) -> bytes:
    """Eight channels as a cinema has them."""
    file = io.BytesIO()
    sound = tone(_SECONDS, rate, 8)
    with av.open(file, mode="w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="7.1")
        interleaved = np.ascontiguousarray(sound.T).reshape(1, -1)
        frame = AudioFrame.from_ndarray(interleaved, format="s16", layout="7.1")
        frame.sample_rate, frame.pts = rate, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def _video_with_sound() -> bytes:
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as out:
        picture = out.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sound = out.add_stream("aac", rate=16000, layout="mono")
        for number in range(20):
            image = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), "uint8"), format="rgb24")
            image.pts = number
            out.mux(picture.encode(image))
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(tone(_SECONDS, 16000)), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 16000, 0
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
        out.mux(picture.encode(None))
    return file.getvalue()


def _chained_otherwise() -> bytes:
    opus = encoded("ogg", "libopus", tone(3, 48000), 48000)
    return opus + encoded("ogg", "vorbis", tone(3, 44100, 2), 44100)


def _m4a_saying(box: bytes, behind: int, lie: bytes) -> bytes:
    data = encoded("mp4", "aac", tone(3, 44100), 44100)
    at = data.index(box) + behind
    return data[:at] + lie + data[at + len(lie) :]


def _caf(rate: float) -> bytes:
    description = struct.pack(">d", rate) + b"lpcm" + struct.pack(">IIIII", 0, 2, 1, 1, 16)
    return b"caff\0\1\0\0desc" + struct.pack(">q", 32) + description + b"data" + struct.pack(">q", -1) + _SAMPLES


def _aiff_lying() -> bytes:
    common = b"COMM" + struct.pack(">IHIH", 18, 1, _ALL, 16) + b"\x40\x0b\xfa" + bytes(7)
    return b"FORM" + struct.pack(">I", 2**31) + b"AIFF" + common + b"SSND" + struct.pack(">III", 2**31, 0, 0) + _SAMPLES


WHOLE = Read(1.9, 2.1)
STRANGE: tuple[Entry, ...] = (
    Entry("RF64", lambda: _rf64(len(_SAMPLES)), WHOLE),
    Entry("RF64 that says 2^63 bytes", lambda: _rf64(2**63 - 1), WHOLE),
    Entry("WAV extensible", lambda: _extensible(struct.pack("<HHI", 22, 16, 3) + _PCM), WHOLE),
    Entry("WAV extensible without its extension", lambda: _extensible(b""), UNKNOWN),
    Entry(
        "WAV extensible of an unknown kind", lambda: _extensible(struct.pack("<HHI", 22, 16, 3) + b"\xff" * 16), UNKNOWN
    ),
    Entry("WAV, odd chunk before", lambda: _riff(_chunk(b"fmt ", _fmt()), _chunk(b"junk", b"12345"), _DATA), WHOLE),
    Entry(
        "WAV, a chunk of 4 GB first",
        lambda: _riff(_chunk(b"LIST", b"abcd", _ALL - 15), _chunk(b"fmt ", _fmt()), _DATA),
        DAMAGED,
    ),
    Entry("WAV, format of 4 GB", lambda: _riff(_chunk(b"fmt ", _fmt(), _ALL), _DATA), DAMAGED),
    Entry("WAV, no format", lambda: _riff(_DATA), DAMAGED),
    Entry("WAV, 100,000 empty chunks", lambda: _riff(b"junk\0\0\0\0" * 100_000, _chunk(b"fmt ", _fmt()), _DATA), WHOLE),
    Entry(
        "WAV, half a sample at the end", lambda: _riff(_chunk(b"fmt ", _fmt()), _chunk(b"data", _SAMPLES[:-1])), WHOLE
    ),
    Entry("WAV, coded as Opus it is not", lambda: _riff(_chunk(b"fmt ", _fmt(tag=0x704F)), _DATA), UNKNOWN),
    Entry("WAV, 8 channels", lambda: wav(tone(2, 8000, 8)), WHOLE),
    Entry("WAV, 9 channels", lambda: wav(tone(1, 8000, 9)), Refused("it has 9 channels")),
    Entry("WAV, 384 kHz", lambda: wav(tone(0.2, 384_000), rate=384_000), Refused("384000 Hz is outside")),
    Entry("FLAC, 7.1", lambda: _many_channels("flac", "flac", 16000), WHOLE, "call.flac"),
    Entry("M4A, 7.1", lambda: _many_channels("mp4", "aac", 16000), WHOLE, "call.m4a"),
    Entry("video with audio", _video_with_sound, WHOLE, "call.mp4"),
    Entry("Ogg, chained with another codec", _chained_otherwise, Read(2.9, 3.1, partial=True)),
    Entry(
        "M4A, sample sizes of 4 GB", lambda: _m4a_saying(b"stsz", 8, b"\0\0\0\1\xff\xff\xff\xff"), SILENT, "call.m4a"
    ),
    Entry("M4A, 4 billion times", lambda: _m4a_saying(b"stts", 8, b"\xff\xff\xff\xff"), DAMAGED, "call.m4a"),
    Entry("CAF, rate is no number", lambda: _caf(float("nan")), SILENT, "call.caf"),
    Entry("CAF, infinite rate", lambda: _caf(float("inf")), Refused("Hz is outside"), "call.caf"),
    Entry("AIFF, lengths of 2 GB", _aiff_lying, DAMAGED, "call.aiff"),
    Entry("AMR, sign only", lambda: b"#!AMR\n", SILENT, "call.amr"),
    Entry("MP3, frame signs only", lambda: b"\xff\xfb\x90\x00" * 20_000, SILENT, "call.mp3"),
    Entry("AAC, random behind its sign", lambda: b"\xff\xf1" + random.Random(3).randbytes(50_000), SILENT, "call.aac"),
    Entry("FLAC, metadata of 16 MB said", lambda: b"fLaC\x03\xff\xff\xff" + bytes(3000), DAMAGED, "call.flac"),
    Entry(
        "ID3 tag before a list of files", lambda: b"ID3\4\0\0\0\0\0\0ffconcat version 1.0\nfile /etc/passwd\n", DAMAGED
    ),
    Entry("playlist behind a byte order mark", lambda: b"\xef\xbb\xbf#EXTM3U\nsecret.wav\n", Refused("it is text")),
    Entry("playlist behind blank lines", lambda: b"\n\n#EXTM3U\n/etc/passwd\n", Refused("it is text")),
    Entry(
        "ffconcat behind a byte order mark",
        lambda: b"\xef\xbb\xbfffconcat version 1.0\nfile secret.wav",
        Refused("it is text"),
    ),
    Entry("PLS playlist", lambda: b"[playlist]\nFile1=/etc/passwd\n", Refused("it is text")),
    Entry("cue sheet", lambda: b'FILE "secret.wav" WAVE\n TRACK 01 AUDIO\n', Refused("it is text")),
)
ALL_ENTRIES: tuple[Entry, ...] = (*ENTRIES, *STRANGE)
