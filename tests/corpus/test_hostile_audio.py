"""Bad recordings: each ends in a named error or an honest partial, in little memory, opening no other file."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.corpus.memory import watch_children
from tests.corpus.sounds import damaged, encoded, long_silence, tone, video_without_sound, wav
from transcription.audio import DecodeLimits, decode_call
from transcription.children import ChildLimits, run_child
from transcription.errors import AudioLimits, AudioTooLong, UnreadableAudio
from transcription.web_audio import make_web_audio

CHILD_MOST_MB = 300


@pytest.fixture(autouse=True)
def children_stay_small() -> Iterator[None]:
    """Decoding never needs more, whatever the file: the peak of every child process, watched while the test runs."""
    with watch_children(b"transcription.") as peaks:
        yield
    assert max(peaks.values(), default=0) < CHILD_MOST_MB


def put(tmp_path: Path, data: bytes, name: str = "call.wav") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


REFUSED: dict[str, bytes | Callable[[], bytes]] = {
    "zero bytes": b"",
    "one byte": b"R",
    "header only": wav(data=b""),
    "30 bytes": wav()[:30],
    "random": np.random.default_rng(1).bytes(5000),
    "text": b"hello, this is no sound\n" * 20,
    "html": b"<!DOCTYPE html><html><body>404</body></html>",
    "program": b"\x7fELF" + bytes(200),
    "zip": b"PK\x03\x04" + bytes(200),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.wav\n",
    "hls http": b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/secret.ts\n",
    "dash": b'<?xml version="1.0"?><MPD><Period/></MPD>',
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    "rate 0": wav(rate=0),
    "rate 1": wav(rate=1),
    "rate 3 MHz": wav(rate=3_000_000),
    "rate 2^32-1": wav(rate=2**32 - 1),
    "no channels": wav(channels=0, align=2),
    "64 channels": wav(channels=64, data=bytes(64 * 2 * 800)),
    "65535 channels": wav(channels=65535, data=bytes(65535 * 2)),
    "0 bits": wav(bits=0, align=2),
    "33 bits": wav(bits=33, align=4),
    "video": video_without_sound,
    "truncated m4a": lambda: encoded("mp4", "aac", tone(3, 44100), 44100)[:5000],
    "empty ogg": b"OggS" + bytes(100),
    "empty webm": b"\x1aE\xdf\xa3" + bytes(100),
    "id3 only": b"ID3\x04\x00\x00\x00\x00\x0f\x7f" + bytes(2047),
    "id3 lies about 256 MB": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(5000),
}


def _flac_with_rate(rate: int) -> bytes:
    data = bytearray(encoded("flac", "flac", tone(2), 8000))
    packed = int.from_bytes(data[18:21], "big")
    data[18:21] = ((rate << 4) | (packed & 0xF)).to_bytes(3, "big")
    return bytes(data)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_recording_is_refused_by_name_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    made = REFUSED[name]
    path = put(tmp_path, made() if callable(made) else made)
    with pytest.raises((UnreadableAudio, AudioLimits)) as caught:
        decode_call([path], tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "out").iterdir()) == []
    assert path.exists()


@pytest.mark.parametrize(
    "line",
    ["file secret.wav", "file sub/secret.wav", "file ../secret.wav", "file '{absolute}'", "file http://127.0.0.1:9/a"],
)
def test_a_list_of_other_files_plays_none_of_them(line: str, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "in", tmp_path / "in" / "sub"):
        folder.mkdir(exist_ok=True)
        put(folder, wav(), "secret.wav")
    listed = line.format(absolute=tmp_path / "secret.wav")
    for text in (f"ffconcat version 1.0\n{listed}", f"ffconcat version 1.0\n{listed}\n" * 600):
        path = put(tmp_path / "in", text.encode(), "call.wav")
        with pytest.raises(UnreadableAudio, match="list of other files"):
            decode_call([path], tmp_path / "out")


def test_a_recording_that_names_another_file_inside_cannot_open_it(tmp_path: Path) -> None:
    secret = put(tmp_path, wav(tone(30)), "secret.wav")
    whole = encoded("mp4", "aac", tone(3, 44100), 44100)
    # A data reference with the "self-contained" flag cleared points outside: here at the other file.
    at = whole.index(b"url ", whole.index(b"dref"))
    outside = whole[: at + 4] + struct.pack(">I", 0) + str(secret).encode() + b"\0"
    path = put(tmp_path, outside + whole[at + 8 :], "call.m4a")
    try:
        call = decode_call([path], tmp_path / "out")
    except UnreadableAudio:
        return
    assert call.duration < 4


@pytest.mark.parametrize(("container", "codec", "rate"), [("flac", "flac", 8000), ("ogg", "libopus", 8000)])
def test_ten_hours_of_silence_in_a_small_file_are_too_long(
    container: str, codec: str, rate: int, tmp_path: Path
) -> None:
    # The limit is lowered so that the test takes a second; the default of four hours is used in the slow test below.
    path = put(tmp_path, long_silence(0.17, container, codec, rate))
    with pytest.raises(AudioTooLong, match="hours"):
        decode_call([path], tmp_path / "out", DecodeLimits(longest=300))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
def test_the_ten_hour_bomb_meets_the_real_limit(tmp_path: Path) -> None:
    data = long_silence(10)
    assert len(data) < 100_000
    with pytest.raises(AudioTooLong, match="4 hours"):
        decode_call([put(tmp_path, data)], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


PARTIAL = {
    "truncated wav": lambda: wav(tone(10))[:80_000],
    "truncated flac": lambda: _cut(encoded("flac", "flac", tone(10), 8000), 0.5),
    "damaged mp3": lambda: damaged(encoded("mp3", "libmp3lame", tone(20, 16000), 16000, bit_rate=64_000)),
    "truncated mp3": lambda: _cut(encoded("mp3", "libmp3lame", tone(20, 16000), 16000, bit_rate=64_000), 0.5),
    "damaged flac": lambda: damaged(encoded("flac", "flac", tone(20), 8000)),
}


def _cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


@pytest.mark.parametrize("name", PARTIAL)
def test_what_is_cut_off_or_damaged_is_read_and_marked_partial(name: str, tmp_path: Path) -> None:
    call = decode_call([put(tmp_path, PARTIAL[name]())], tmp_path / "out")
    assert call.quality.partial
    assert 1 < (call.quality.decoded or 0) < (call.quality.declared or 0)


@pytest.mark.parametrize("size", [0, 2**32 - 1, 2**32 - 16])
def test_a_length_that_a_streaming_recorder_did_not_know_is_no_loss(size: int, tmp_path: Path) -> None:
    call = decode_call([put(tmp_path, wav(data_size=size))], tmp_path / "out")
    assert (call.duration, call.quality.partial) == (pytest.approx(2.0, abs=0.01), False)


WHOLE_OR_REFUSED = {
    "NaN and Inf": lambda: wav(
        tag=3, bits=32, data=np.array([np.nan, np.inf, -np.inf, 0.5] * 4000, "<f4").tobytes(), channels=1
    ),
    "chained ogg": lambda: encoded("ogg", "libopus", tone(2, 48000), 48000) * 2,
    "mp3 changing rate": lambda: (
        encoded("mp3", "libmp3lame", tone(2, 16000), 16000) + encoded("mp3", "libmp3lame", tone(2, 44100), 44100)
    ),
    "mp3 becoming stereo": lambda: (
        encoded("mp3", "libmp3lame", tone(2, 16000), 16000) + encoded("mp3", "libmp3lame", tone(2, 16000, 2), 16000)
    ),
    "damaged opus": lambda: damaged(encoded("ogg", "libopus", tone(10, 48000), 48000)),
    "damaged m4a": lambda: damaged(encoded("mp4", "aac", tone(10, 44100), 44100)),
    "damaged webm": lambda: damaged(encoded("webm", "libopus", tone(10, 48000), 48000)),
    "big ID3": lambda: (
        b"ID3\x04\x00\x00\x00\x20\x00\x00" + bytes(0x20 << 14) + encoded("mp3", "libmp3lame", tone(2, 16000), 16000)
    ),
    "flac that says 1 Hz": lambda: _flac_with_rate(1),
    "junk after": lambda: wav() + np.random.default_rng(2).bytes(5000),
}


@pytest.mark.parametrize("name", WHOLE_OR_REFUSED)
def test_odd_files_are_read_or_refused_and_never_crash_us(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, WHOLE_OR_REFUSED[name]())
    try:
        call = decode_call([path], tmp_path / "out")
    except (UnreadableAudio, AudioLimits):
        assert list((tmp_path / "out").iterdir()) == []
    else:
        assert 0 < call.duration < 25


def test_every_limit_ends_in_its_own_error(tmp_path: Path) -> None:
    path = put(tmp_path, wav(tone(120)))
    with pytest.raises(AudioLimits) as wall:
        decode_call([path], tmp_path / "out", DecodeLimits(child=ChildLimits(wall=0.01)))
    with pytest.raises(AudioLimits) as disk:
        decode_call([path], tmp_path / "out", DecodeLimits(child=ChildLimits(file=100_000)))
    assert (wall.value.limit, disk.value.limit) == ("wall", "disk")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("what", ["memory", "cpu"])
def test_a_decoder_that_takes_too_much_is_stopped_and_named(what: str) -> None:
    with pytest.raises(AudioLimits) as caught:
        run_child("tests.corpus.greedy_child", {"what": what}, ChildLimits(cpu=1, wall=60))
    assert caught.value.limit == what


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio, match=r"gone\.wav"):
        decode_call([tmp_path / "gone.wav"], tmp_path / "out")


def test_web_audio_of_a_bad_recording_leaves_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio):
        make_web_audio([put(tmp_path, b"text\n")], tmp_path / "web")
    assert list((tmp_path / "web").iterdir()) == []
