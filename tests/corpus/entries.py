"""The audio half of the hostile corpus: every input by name, how it is made, and what must come of it.

`python -m tests.corpus` prints the list. Nothing is stored: each entry is made when its test runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.corpus.packets import opus_dtx
from tests.corpus.sounds import cut, damaged, encoded, index_first, long_silence, tone, video_without_sound, wav


@dataclass(frozen=True)
class Refused:
    """An error of ours whose sentence holds `says`; `kind` is its class's name."""

    says: str
    kind: str = "UnreadableAudio"


@dataclass(frozen=True)
class Read:
    """Sound comes out: at least and at most so many seconds really decoded, marked partial or not."""

    least: float
    most: float
    partial: bool = False


@dataclass(frozen=True)
class Entry:
    """One input of the corpus; `name` is the file's name as the sender gives it."""

    title: str
    make: Callable[[], bytes]
    expected: Refused | Read
    name: str = "call.wav"


def _given(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def _mp3(rate: int = 16000, channels: int = 1, seconds: float = 20) -> bytes:
    return encoded("mp3", "libmp3lame", tone(seconds, rate, channels), rate, bit_rate=64_000)


def _flac(rate: int = 8000) -> bytes:
    return encoded("flac", "flac", tone(20, rate), rate)


def _opus(seconds: float = 20, container: str = "ogg") -> bytes:
    return encoded(container, "libopus", tone(seconds, 48000), 48000)


def _m4a(front: bool = False) -> bytes:
    made = encoded("mp4", "aac", tone(20, 44100), 44100)
    return index_first(made) if front else made


def _flac_saying(rate: int) -> bytes:
    data = bytearray(encoded("flac", "flac", tone(2), 8000))
    packed = int.from_bytes(data[18:21], "big")
    data[18:21] = ((rate << 4) | (packed & 0xF)).to_bytes(3, "big")
    return bytes(data)


def _id3(size: int, sound: bytes) -> bytes:
    """A tag of `size` bytes of zeros before the sound; the size is written seven bits a byte."""
    seven = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + seven + bytes(size) + sound


def _garbage_floats() -> bytes:
    values = np.tile(np.array([np.nan, np.inf, -np.inf, 0.5], "<f4"), 4000)
    return wav(tag=3, bits=32, data=values.tobytes(), channels=1)


_CONCAT = "ffconcat version 1.0\n"
_OTHER_FILE = Refused("it is a list of other files")
_DAMAGED = Refused("it is damaged")
_CODED = Refused("coded in a way we cannot read")
_TEXT = b"The client said the price is too high.\n" * 300

ENTRIES = (
    Entry("zero bytes", _given(b""), Refused("it is empty")),
    Entry("one byte", _given(b"R"), Refused("it is text")),
    Entry("WAV, header only", lambda: wav(data=b""), Refused("there is no sound in it")),
    Entry("WAV, first 30 bytes", lambda: wav()[:30], _DAMAGED),
    Entry("random bytes", lambda: np.random.default_rng(2).bytes(5000), Refused("no kind of sound")),
    Entry("WAV, data cut off", lambda: wav(tone(10))[:80_000], Read(4.9, 5.1, partial=True)),
    Entry("WAV, data=4 GB", lambda: wav(data_size=2**32 - 1), Read(1.99, 2.01)),
    Entry("WAV, data=4 GB less a page", lambda: wav(data_size=2**32 - 4096), Read(1.99, 2.01)),
    Entry("WAV, data=0", lambda: wav(data_size=0), Read(1.99, 2.01)),
    Entry("WAV, rate 0", lambda: wav(rate=0), _DAMAGED),
    Entry("WAV, rate 1 Hz", lambda: wav(rate=1), Refused("its rate of 1 Hz")),
    Entry("WAV, rate 3 MHz", lambda: wav(rate=3_000_000), Refused("its rate of 3000000 Hz")),
    Entry("WAV, rate 2^32-1", lambda: wav(rate=2**32 - 1), _DAMAGED),
    Entry("WAV, 0 channels", lambda: wav(channels=0, align=2), Refused("there is no sound in it")),
    Entry("WAV, 64 channels", lambda: wav(channels=64, data=bytes(64 * 2 * 800)), Refused("it has 64 channels")),
    Entry("WAV, 65535 channels", lambda: wav(channels=65535, data=bytes(65535 * 2)), Refused("no sound in it")),
    Entry("WAV, 0 bits", lambda: wav(bits=0, align=2), _CODED),
    Entry("WAV, 33 bits", lambda: wav(bits=33, align=4), _CODED),
    Entry("WAV, block_align 0", lambda: wav(align=0), Read(1.99, 2.01)),
    Entry("WAV, NaN and infinite floats", _garbage_floats, Read(1.99, 2.01)),
    Entry("WAV, junk behind the sound", lambda: wav() + np.random.default_rng(2).bytes(5000), Read(1.99, 2.01)),
    Entry("FLAC, 10 hours in 64 KB", lambda: long_silence(10), Refused("longer than 4 hours", "AudioTooLong")),
    Entry("FLAC, 1 Hz", lambda: _flac_saying(1), Refused("its rate of 1 Hz")),
    Entry("Opus, 10 hours of DTX", lambda: opus_dtx(10), Refused("longer than 4 hours", "AudioTooLong")),
    Entry("MP3, cut off", lambda: cut(_mp3(), 0.5), Read(9, 11, partial=True)),
    Entry("MP3, damaged in the middle", lambda: damaged(_mp3()), Read(15.5, 16.5, partial=True)),
    Entry("MP3, 1 % damaged", lambda: damaged(_mp3(), 0.5, 0.51), Read(19.5, 20.1)),
    Entry("FLAC, cut off", lambda: cut(_flac(), 0.5), Read(8, 11, partial=True)),
    Entry("FLAC, damaged in the middle", lambda: damaged(_flac()), Read(15, 16.5, partial=True)),
    Entry("FLAC, 1 % damaged", lambda: damaged(_flac(), 0.5, 0.51), Read(19.5, 20.1)),
    Entry("Ogg Opus, cut off", lambda: cut(_opus(), 0.5), Read(8, 11, partial=True)),
    Entry("Ogg Opus, last page missing", lambda: cut(_opus(), 0.97), Read(18, 19.5, partial=True)),
    Entry("Ogg Opus, damaged in the middle", lambda: damaged(_opus()), Read(14, 16.5, partial=True)),
    Entry("WebM Opus, cut off", lambda: cut(_opus(container="webm"), 0.5), Read(9, 11, partial=True)),
    Entry("WebM Opus, damaged in the middle", lambda: damaged(_opus(container="webm")), Read(12, 16.5, partial=True)),
    Entry("M4A, cut off, index at the end", lambda: cut(_m4a(), 0.9), _DAMAGED),
    Entry("M4A, cut off, index at the front", lambda: cut(_m4a(front=True), 0.5), Read(8, 11, partial=True)),
    Entry("M4A, damaged in the middle", lambda: damaged(_m4a()), Read(15, 16.5, partial=True)),
    Entry("M4A, 1 % damaged", lambda: damaged(_m4a(), 0.5, 0.51), Read(19.5, 20.1)),
    Entry("Ogg, chained", lambda: _opus(2) * 2, Read(3.9, 4.1)),
    Entry("Ogg, chained and cut off", lambda: cut(_opus(2) * 2, 0.8), Read(2, 3.9, partial=True)),
    Entry("Ogg, sign only", lambda: b"OggS" + bytes(100), _DAMAGED),
    Entry("WebM, sign only", lambda: b"\x1aE\xdf\xa3" + bytes(100), _DAMAGED),
    Entry("MP3, changing its rate", lambda: _mp3(16000, seconds=2) + _mp3(44100, seconds=2), Read(3.7, 4.3)),
    Entry("MP3, becoming stereo", lambda: _mp3(seconds=2) + _mp3(channels=2, seconds=2), Read(3.7, 4.3)),
    Entry("MP3, 64 MB ID3 tag", lambda: _id3(64 * 1024**2, _mp3(seconds=2)), Read(1.9, 2.2), "call.mp3"),
    Entry("ID3 tag only", lambda: _id3(2047, b""), _DAMAGED),
    Entry("ID3 tag that says 256 MB", lambda: b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(5000), _DAMAGED),
    Entry("video without audio", video_without_sound, Refused("there is no sound in it"), "call.mp4"),
    Entry("HTML named .wav", _given(b"<!DOCTYPE html><html><body>404</body></html>"), Refused("it is a web page")),
    Entry("ELF named .wav", _given(b"\x7fELF" + bytes(200)), Refused("it is a program")),
    Entry("zip named .wav", _given(b"PK\x03\x04" + bytes(200)), Refused("it is a zip archive")),
    Entry("PNG named .wav", _given(b"\x89PNG\r\n\x1a\n" + bytes(200)), Refused("it is a picture")),
    Entry("ffconcat, relative", _given(f"{_CONCAT}file secret.wav\n".encode()), _OTHER_FILE),
    Entry("ffconcat, subfolder", _given(f"{_CONCAT}file sub/secret.wav\n".encode()), _OTHER_FILE),
    Entry("ffconcat, ../", _given(f"{_CONCAT}file ../secret.wav\n".encode()), _OTHER_FILE),
    Entry("ffconcat, absolute", _given(f"{_CONCAT}file /etc/passwd\n".encode()), _OTHER_FILE),
    Entry("ffconcat, 600 lines", _given((_CONCAT + "file secret.wav\n" * 600).encode()), _OTHER_FILE),
    Entry("ffconcat, http", _given(f"{_CONCAT}file http://127.0.0.1:9/a\n".encode()), _OTHER_FILE),
    Entry("HLS, file", _given(b"#EXTM3U\n#EXTINF:9,\nsecret.wav\n"), Refused("it is a playlist"), "call.m3u8"),
    Entry("HLS, http", _given(b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/s.ts\n"), Refused("it is a playlist")),
    Entry("DASH", _given(b'<?xml version="1.0"?><MPD><Period/></MPD>'), Refused("it is an XML document"), "call.mpd"),
    Entry("SDP", _given(b"v=0\no=- 0 0 IN IP4 127.0.0.1\n"), Refused("it is a session description"), "call.sdp"),
    Entry("text named .ulaw", _given(_TEXT), Refused("its name says .ulaw, but it holds text"), "call.ulaw"),
    Entry("text named .alaw", _given(_TEXT), Refused("its name says .alaw, but it holds text"), "call.alaw"),
    Entry("text named .g722", _given(_TEXT), Refused("its name says .g722, but it holds text"), "call.g722"),
    Entry("text named .gsm", _given(_TEXT), Refused("its name says .gsm, but it holds text"), "call.gsm"),
    Entry("ELF named .ulaw", _given(b"\x7fELF" + bytes(9000)), Refused("it holds a program"), "call.ulaw"),
    Entry("random named .ulaw", lambda: _noise(1), Refused("it holds data that is no sound"), "call.ulaw"),
    Entry("random named .gsm", lambda: _noise(2), Refused("it holds data that is no sound"), "call.gsm"),
    Entry("random named .g722", lambda: _noise(3), Refused("does not sound like a call"), "call.g722"),
    Entry("ffconcat named .ulaw", _given(f"{_CONCAT}file secret.wav\n".encode()), Refused("list of"), "call.ulaw"),
    Entry("PCM samples named .alaw", lambda: tone(2).tobytes(), Refused("that is no sound"), "call.alaw"),
    Entry("WAV named .ulaw", lambda: wav(), Read(1.99, 2.01), "call.ulaw"),
    Entry("MP3 named .gsm", lambda: _mp3(seconds=2), Read(1.9, 2.2), "call.gsm"),
    Entry("random behind one sound piece, .ulaw", lambda: _late_noise(), Refused("does not sound"), "call.ulaw"),
    Entry("WAV, 12 minutes said, 2 s held", lambda: wav(data_size=720 * 16000), Read(1.99, 2.01, partial=True)),
    Entry("WAV, two samples held", lambda: wav()[:48], Refused("there is no sound in it")),
)


def _noise(seed: int) -> bytes:
    return b"\x81" + np.random.default_rng(seed).bytes(20_000)


def _late_noise() -> bytes:
    """Half a second of quiet line, then 20 s of anything: the beginning passes, the whole does not."""
    return b"\xff\x7e" * 2048 + np.random.default_rng(4).bytes(160_000)
