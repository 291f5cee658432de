"""The player's file is sought as a browser does it: the index in one range request, the sound in another."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import pytest

from tests.corpus.sounds import wav
from transcription.web_audio import make_web_audio

SEEK_HEAD, SEEK, SEEK_ID, SEEK_POSITION = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
SEGMENT, CUES, CUE_POINT, CUE_TIME = 0x18538067, 0x1C53BB6B, 0xBB, 0xB3
TRACK_POSITIONS, CLUSTER_POSITION, CLUSTER = 0xB7, 0xF1, 0x1F43B675

HEAD = 4096
"""Bytes of the first answer that a player has before anybody seeks."""

Element = tuple[int, bytes]


@dataclass
class Ranges:
    """A file behind a server that answers byte ranges; every answer is counted."""

    data: bytes
    asked: list[tuple[int, int]] = field(default_factory=list)

    def get(self, first: int, count: int) -> bytes:
        """The bytes of one range request."""
        self.asked.append((first, count))
        return self.data[first : first + count]


def number(data: bytes, at: int, *, marked: bool = False) -> tuple[int, int]:
    """An EBML number and where it ends; `marked` keeps the length's bit, as ids have it."""
    size = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + size], "big")
    return (value if marked else value ^ (1 << 7 * size)), at + size


def elements(data: bytes, at: int = 0) -> list[Element]:
    """The elements that lie whole in the data."""
    found = []
    while at < len(data):
        kind, start = number(data, at, marked=True)
        size, start = number(data, start)
        if start + size > len(data):
            break
        found.append((kind, data[start : start + size]))
        at = start + size
    return found


def child(data: bytes, kind: int) -> bytes:
    """The first element of a kind."""
    return next(body for found, body in elements(data) if found == kind)


def open_player(file: Ranges) -> tuple[bytes, int, int]:
    """(everything before the sound, where the segment begins, where its index lies) from the first bytes."""
    head = file.get(0, HEAD)
    _, at = number(head, 0, marked=True)
    size, at = number(head, at)
    kind, at = number(head, at + size, marked=True)
    assert kind == SEGMENT
    _, base = number(head, at)
    places = [body for found, body in elements(child(head[base:], SEEK_HEAD)) if found == SEEK]
    cues = next(place for place in places if int.from_bytes(child(place, SEEK_ID), "big") == CUES)
    return head[: head.index(CLUSTER.to_bytes(4, "big"))], base, int.from_bytes(child(cues, SEEK_POSITION), "big")


def seek(file: Ranges, header: bytes, base: int, index: int, seconds: float) -> tuple[np.ndarray, float]:
    """Samples played from the last cue before a time, and the time of the first of them; two requests."""
    cues = child(file.get(base + index, 1024 * 1024), CUES)
    points = [body for found, body in elements(cues) if found == CUE_POINT]
    times = [int.from_bytes(child(point, CUE_TIME), "big") / 1000 for point in points]
    point = max(n for n, time in enumerate(times) if time <= seconds)
    place = int.from_bytes(child(child(points[point], TRACK_POSITIONS), CLUSTER_POSITION), "big")
    sound = header + file.get(base + place, 64 * 1024)
    with av.open(io.BytesIO(sound), format="matroska") as container:
        frames = list(container.decode(audio=0))
    assert frames[0].time is not None
    return np.hstack([frame.to_ndarray()[0] for frame in frames]), frames[0].time


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Web audio of six minutes in which every ten seconds have a pitch of their own."""
    folder = tmp_path_factory.mktemp("seek")
    t = np.arange(360 * 8000) / 8000
    pitch = 300 + 20 * (t // 10)
    (folder / "call.wav").write_bytes(wav((8000 * np.sin(2 * np.pi * pitch * t)).astype("<i2")[None, :]))
    return make_web_audio([folder / "call.wav"], folder / "web").audio


@pytest.mark.parametrize("seconds", [1, 95, 204, 355])
def test_any_place_is_reached_in_two_requests(seconds: int, played: Path) -> None:
    file = Ranges(played.read_bytes())
    header, base, index = open_player(file)
    samples, begins = seek(file, header, base, index, seconds)
    assert len(file.asked) == 1 + 2  # the first for opening the player, then the index and the sound
    assert seconds - 6 < begins <= seconds  # what is decoded for nothing is short
    at = round((seconds - begins) * 48_000)
    heard = samples[at : at + 24_000]
    pitch = float(np.argmax(np.abs(np.fft.rfft(heard)))) * 48_000 / heard.size
    assert pitch == pytest.approx(300 + 20 * (seconds // 10), abs=3)
    assert len(file.data) - (base + index) < 16_384  # the index is small: it comes whole in one answer
