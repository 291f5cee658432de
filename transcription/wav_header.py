"""What a WAV file's header says: the length of its data, which stays true when the file was cut off, and its coding."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_CHUNKS = 200
_UNKNOWN = 0x7FFFFFF0
"""Data lengths from here on are written by programs that stream and do not know the length."""

_PLAIN = frozenset({1, 3, 6, 7})
"""Codes of PCM, floating point, A-law and mu-law: no sample depends on another, so packets may be cut anywhere."""

_EXTENSIBLE = 0xFFFE
"""The code of a longer chunk with the real one further on."""


@dataclass(frozen=True, slots=True)
class WavData:
    """The data chunk: bytes the header promises (None when it does not know) and bytes the file holds."""

    promised: int | None
    present: int


def find_wav_data(file: BinaryIO) -> WavData | None:
    """The data chunk of a RIFF WAVE file, None when there is none; leaves the position at the start."""
    size = file.seek(0, 2)
    file.seek(12)
    found = None
    for _ in range(_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            break
        name, length = struct.unpack("<4sI", header)
        if name == b"data":
            present = max(0, size - file.tell())
            known = 0 < length < _UNKNOWN
            found = WavData(length if known else None, min(present, length) if known else present)
            break
        file.seek(length + (length & 1), 1)
    file.seek(0)
    return found


def has_plain_samples(file: BinaryIO) -> bool:
    """Whether the format chunk comes first and names a coding sample by sample; leaves the position at the start."""
    file.seek(0)
    head = file.read(46)
    file.seek(0)
    if len(head) < 46 or head[12:16] != b"fmt ":
        return False
    code = int.from_bytes(head[20:22], "little")
    return (int.from_bytes(head[44:46], "little") if code == _EXTENSIBLE else code) in _PLAIN
