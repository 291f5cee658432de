"""The recordings' store: bytes unchanged under their hash, all or nothing, and a disk that fills up."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest

from review.errors import StorageFull, TooLarge
from review.storage import AudioStore

LIMIT = 10 * 1024**2


@pytest.fixture
def store(tmp_path: Path) -> AudioStore:
    return AudioStore(tmp_path, floor=0, reserve=0)


def _files(store: AudioStore) -> list[Path]:
    return [path for path in store.recordings.rglob("*") if path.is_file()]


def test_bytes_are_kept_unchanged_under_their_hash(store: AudioStore) -> None:
    data = os.urandom(3 * 1024**2 + 17)
    blob = store.put(io.BytesIO(data), LIMIT)
    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert blob.size == len(data)
    assert blob.head == data[:4096]
    path = store.path(blob.sha256)
    assert path.read_bytes() == data
    assert path.parent.parent.parent == store.recordings
    assert path.stat().st_mode & 0o222 == 0  # nobody writes to an original


def test_the_same_bytes_are_kept_once(store: AudioStore) -> None:
    first = store.put(io.BytesIO(b"RIFF" * 100), LIMIT)
    before = store.path(first.sha256).stat().st_ino
    assert store.put(io.BytesIO(b"RIFF" * 100), LIMIT) == first
    assert store.path(first.sha256).stat().st_ino == before
    assert _files(store) == [store.path(first.sha256)]


def test_a_stream_that_dribbles_is_read_to_its_end(store: AudioStore) -> None:
    class Dribble(io.RawIOBase):
        left = 5000

        def read(self, size: int = -1) -> bytes:
            piece = b"x" * min(7, self.left, size if size >= 0 else 7)
            self.left -= len(piece)
            return piece

    blob = store.put(Dribble(), LIMIT)  # type: ignore[arg-type]
    assert blob.size == 5000
    assert len(blob.head) == 4096


def test_too_large_leaves_nothing(store: AudioStore) -> None:
    store.put(io.BytesIO(b"x" * 10_000), 10_000)
    before = _files(store)
    with pytest.raises(TooLarge, match=r"'long\.wav' is larger than .* Nothing was kept") as caught:
        store.put(io.BytesIO(b"y" * 10_001), 10_000, name="long.wav")
    assert caught.value.limit == 10_000
    assert _files(store) == before


def test_a_check_refuses_before_anything_is_written(store: AudioStore) -> None:
    def refuse(head: bytes) -> None:
        raise ValueError(head[:3].decode())

    with pytest.raises(ValueError, match="abc"):
        store.put(io.BytesIO(b"abcdef"), LIMIT, check=refuse)
    assert not store.recordings.exists()


def test_a_stream_that_breaks_leaves_nothing(store: AudioStore) -> None:
    class Broken(io.RawIOBase):
        calls = 0

        def read(self, size: int = -1) -> bytes:
            self.calls += 1
            if self.calls > 2:
                raise ConnectionResetError("the sender went away")
            return b"x" * min(size, 4096)

    with pytest.raises(ConnectionResetError):
        store.put(Broken(), LIMIT)  # type: ignore[arg-type]
    assert _files(store) == []


def test_below_the_floor_nothing_is_taken_in(tmp_path: Path) -> None:
    store = AudioStore(tmp_path, floor=1 << 62)
    with pytest.raises(StorageFull, match=r"nothing was stored\. Free some space") as caught:
        store.put(io.BytesIO(b"x"), LIMIT)
    assert caught.value.floor == 1 << 62
    assert caught.value.free < 1 << 62
    assert _files(store) == []


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(store: AudioStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("review.storage.os.fsync", full)
    with pytest.raises(StorageFull):
        store.put(io.BytesIO(b"x" * 5000), LIMIT)
    assert _files(store) == []


def test_the_floor_is_looked_at_while_a_long_file_comes_in(store: AudioStore, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = iter([100, 100, 5])
    monkeypatch.setattr(store, "free", lambda: next(rooms, 5))
    store.floor = 50
    with pytest.raises(StorageFull):
        store.put(io.BytesIO(bytes(70 * 1024**2)), 100 * 1024**2)
    assert _files(store) == []


def test_the_reserve_is_set_aside_and_given_up_once(tmp_path: Path) -> None:
    store = AudioStore(tmp_path, floor=0, reserve=1024**2)
    store.put(io.BytesIO(b"x"), LIMIT)
    reserve = store.recordings / "reserve"
    assert reserve.stat().st_size == 1024**2
    assert reserve.stat().st_blocks * 512 >= 1024**2  # really taken, not a hole
    assert store.give_up_reserve()
    assert not store.give_up_reserve()
    assert not reserve.exists()


def test_only_a_hash_is_a_path(store: AudioStore) -> None:
    for name in ("../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "/"):
        with pytest.raises(ValueError, match="not a SHA-256"):
            store.path(name)


def test_half_written_files_of_killed_processes_are_swept(store: AudioStore) -> None:
    incoming = store.recordings / "incoming"
    incoming.mkdir(parents=True)
    for name, age in (("old", 7200), ("new", 60)):
        (incoming / name).write_bytes(b"x")
        os.utime(incoming / name, (1_000_000 - age, 1_000_000 - age))
    assert store.sweep_incoming(older_than=3600, now=1_000_000) == 1
    assert [path.name for path in incoming.iterdir()] == ["new"]


def test_derived_folders_are_beside_the_recordings(store: AudioStore) -> None:
    assert store.derived(1234567) == store.root / "derived" / "1234" / "1234567"
    assert store.derived_name(5) == "derived/0000/5"
