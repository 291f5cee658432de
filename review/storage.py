"""Where recordings lie: unchanged, under the SHA-256 of their bytes, written so that a crash leaves all or nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from review.errors import StorageFull, TooLarge
from review.settings import Settings

FLOOR: Final = 1024**3  # bytes that must stay free, or nothing more is taken in
RESERVE: Final = 64 * 1024**2  # bytes set aside: on a full disk even deleting needs room, this can be given up
HEAD: Final = 4096
_CHUNK: Final = 1024**2
_CHECK_EVERY: Final = 32 * 1024**2
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Bytes that are safely on the disk: their SHA-256 in hex, size in bytes, and first 4096 bytes."""

    sha256: str
    size: int
    head: bytes


class AudioStore:
    """The recordings and what is made of them, under one data folder: `recordings/ab/cd/<sha256>`, `derived/<call>`."""

    def __init__(self, root: Path, *, floor: int = FLOOR, reserve: int = RESERVE) -> None:
        self.root = root
        self.recordings = root / "recordings"
        self.floor = floor
        self.reserve = reserve

    def put(
        self, stream: BinaryIO, limit: int, *, name: str = "the file", check: Callable[[bytes], object] | None = None
    ) -> StoredBlob:
        """Keep a stream's bytes; the same bytes again cost nothing. On any error nothing is left behind.

        `check` sees the first bytes before anything is written and may raise. Raises TooLarge over `limit` bytes,
        StorageFull when the disk is (or becomes) too full.
        """
        head = _read_head(stream)
        if check is not None:
            check(head)
        self._keep_reserve()
        self.check_room()
        incoming = self.recordings / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        temporary = incoming / secrets.token_hex(16)
        try:
            sha256, size = self._write(temporary, head, stream, limit, name)
            self._move_in(temporary, sha256, size)
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull(self.free(), self.floor) from error
            raise
        finally:
            temporary.unlink(missing_ok=True)
        return StoredBlob(sha256, size, head)

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash lie, whether or not they are there. ValueError for what is no hash."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.recordings / sha256[:2] / sha256[2:4] / sha256

    def derived(self, call_id: int) -> Path:
        """The folder for what is made of a call's recordings (web audio, peaks)."""
        return self.root / self.derived_name(call_id)

    def derived_name(self, call_id: int) -> str:
        """The same folder relative to the data folder, as rows keep it."""
        return f"derived/{call_id // 1000:04d}/{call_id}"

    def free(self) -> int:
        """Bytes free on the recordings' disk."""
        folder = self.recordings
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def check_room(self) -> None:
        """Raise StorageFull when less than the floor is free."""
        free = self.free()
        if free < self.floor:
            raise StorageFull(free, self.floor)

    def give_up_reserve(self) -> bool:
        """Give the set-aside bytes back to the disk so that deleting works; False when they were gone already."""
        try:
            self._reserve_path.unlink()
        except FileNotFoundError:
            return False
        return True

    def sweep_incoming(self, *, older_than: float, now: float) -> int:
        """Remove what a killed process left half-written more than `older_than` seconds ago; how many files."""
        removed = 0
        for path in (self.recordings / "incoming").glob("*"):
            try:
                if path.stat().st_mtime < now - older_than:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue  # its writer finished in this moment
        return removed

    @property
    def _reserve_path(self) -> Path:
        return self.recordings / "reserve"

    def _keep_reserve(self) -> None:
        path = self._reserve_path
        if self.reserve <= 0 or path.exists() or self.free() < self.floor + self.reserve:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"reserve-{secrets.token_hex(8)}")
        try:
            with temporary.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, self.reserve)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _write(self, target: Path, head: bytes, stream: BinaryIO, limit: int, name: str) -> tuple[str, int]:
        digest, size, checked = hashlib.sha256(), 0, 0
        with target.open("xb") as file:
            chunk = head
            while chunk:
                size += len(chunk)
                if size > limit:
                    raise TooLarge(name, limit)
                if size - checked > _CHECK_EVERY:
                    self.check_room()
                    checked = size
                digest.update(chunk)
                file.write(chunk)
                chunk = stream.read(_CHUNK)
            file.flush()
            os.fsync(file.fileno())
        target.chmod(0o440)
        return digest.hexdigest(), size

    def _move_in(self, temporary: Path, sha256: str, size: int) -> None:
        target = self.path(sha256)
        if target.exists() and target.stat().st_size == size:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(target)
        for folder in (target.parent, target.parent.parent, self.recordings):
            _sync_folder(folder)


def open_store(settings: Settings) -> AudioStore:
    """The store of this installation's recordings."""
    return AudioStore(settings.data)


def _read_head(stream: BinaryIO) -> bytes:
    """The first 4096 bytes; a stream may give them in pieces."""
    head = b""
    while len(head) < HEAD:
        piece = stream.read(HEAD - len(head))
        if not piece:
            break
        head += piece
    return head


def _sync_folder(folder: Path) -> None:
    """Make a rename last: without this a power cut may forget the file's name although its bytes are there."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
