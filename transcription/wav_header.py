"""How long a WAV file says it is: the data length in its header, which stays true when the file was cut off."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_CHUNKS = 200
_UNKNOWN = 0x7FFFFFF0
"""Data lengths from here on are written by programs that stream and do not know the length."""


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
