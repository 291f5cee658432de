"""Bad recordings beside the corpus: no other file is opened, every limit holds, lost sound keeps its time."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.corpus.memory import watch_children
from tests.corpus.sounds import damaged, encoded, long_silence, tone, wav
from transcription.audio import DecodeLimits, decode_call
from transcription.children import ChildLimits, run_child
from transcription.errors import AudioLimits, AudioTooLong, UnreadableAudio
from transcription.speech import RATE
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


@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_bomb_is_stopped_whether_it_says_its_length_or_not(says_its_length: bool, tmp_path: Path) -> None:
    # The limit is lowered so that the test takes a second; the corpus meets the default of four hours.
    data = bytearray(long_silence(0.17))
    if not says_its_length:
        data[21] &= 0xF0  # the number of samples in the header: 36 bits, 0 for unknown
        data[22:26] = bytes(4)
    path = put(tmp_path, bytes(data))
    with pytest.raises(AudioTooLong, match="hours"):
        decode_call([path], tmp_path / "out", DecodeLimits(longest=300))
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_lost_in_the_middle_is_silence_so_that_the_rest_keeps_its_time(tmp_path: Path) -> None:
    sound = tone(20, 16000)
    sound[:, 16 * 16000 : 16 * 16000 + 8000] //= 20  # a quiet place behind the damage, to find again
    for container, codec in (("mp3", "libmp3lame"), ("flac", "flac"), ("ogg", "libopus"), ("mp4", "aac")):
        bad = damaged(encoded(container, codec, sound, 16000))
        call = decode_call([put(tmp_path, bad)], tmp_path / codec)
        assert call.duration == pytest.approx(20, abs=0.2)
        assert call.quality.decoded == pytest.approx(15.5, abs=0.6)
        samples = np.fromfile(call.channels[0].path, dtype="<i2")[: 19 * RATE].astype(float)
        level = np.sqrt(np.mean(samples[14 * RATE :].reshape(-1, 1600) ** 2, axis=1))
        assert 14 + np.argmin(level) / 10 == pytest.approx(16.2, abs=0.4), container


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
