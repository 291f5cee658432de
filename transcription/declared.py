"""How long a recording says it is, so that what is missing from it can be told."""

from __future__ import annotations

from typing import BinaryIO, Final

from transcription.magic import MediaKind
from transcription.wav_header import find_wav_data

_OGG_PAGE: Final = 27 + 255 + 255 * 255
"""The most bytes an Ogg page can have (RFC 3533)."""

_OGG_FIRST: Final = 0x02
_OGG_LAST: Final = 0x04
_OGG_SIGN: Final = 5
"""Bytes of a stream's first packet that name its codec: OpusH, .vorb, .FLAC, Speex."""

_OGG_BLOCK: Final = 1024 * 1024


def declared_seconds(file: BinaryIO, kind: MediaKind, length: float | None, decoded: float, good: int) -> float | None:
    """Seconds the file claims to hold, None when it makes no claim.

    `length` is what the decoder takes from the container, `decoded` the seconds and `good` the bytes that could be
    decoded. Leaves the file's position anywhere.
    """
    if kind.name == "wav":
        data = find_wav_data(file)
        if data is None or not data.promised or not data.present or length is None:
            return length
        # A compressed WAV states its length; of an uncompressed one the decoder counts the bytes that are there.
        return max(length, decoded * data.promised / data.present)
    if kind.name in ("mp3", "aac", "amr") or kind.headerless is not None:
        if kind.name == "mp3" and _has_frame_count(file, kind.offset):
            return length
        # No frame count: what share of the file's bytes could be decoded tells what is missing.
        size = file.seek(0, 2) - kind.offset
        file.seek(-128, 2) if size > 128 else file.seek(0)
        size -= 128 if file.read(3) == b"TAG" else 0
        return decoded * max(1.0, size / good) if good else None
    if kind.name == "ogg" and ogg_is_cut(file):
        return None  # the decoder takes the last page's time for the length, and the last page is missing
    return length if length and length > 0 else None


def ogg_is_cut(file: BinaryIO) -> bool:
    """Whether an Ogg file ends before the page that says it is the last one of its stream."""
    size = file.seek(0, 2)
    start = max(0, size - 2 * _OGG_PAGE)
    file.seek(start)
    tail = file.read()
    at = len(tail)
    while (at := tail.rfind(b"OggS", 0, at)) >= 0:
        page = tail[at : at + 27]
        if len(page) < 27 or page[4] != 0 or page[5] > 7:
            if at + 27 > len(tail):
                return True  # cut within a page's header
            continue  # the sign stood in the middle of the sound by chance
        sizes = tail[at + 27 : at + 27 + page[26]]
        if len(sizes) < page[26] or at + 27 + page[26] + sum(sizes) > len(tail):
            return True
        return not page[5] & _OGG_LAST
    return True


def ogg_goes_on_otherwise(file: BinaryIO) -> bool:
    """Whether behind the first stream of a chained Ogg file another begins in another codec, which is not decoded."""
    at, first = 0, _ogg_begins(file, 0)
    while (following := _ogg_begins(file, at)) is not None:
        at += following[1]  # streams side by side, as a picture's and a sound's, all begin before their data
    beginning, position, kept = b"OggS\0\2", at, b""
    file.seek(at)
    while block := file.read(_OGG_BLOCK):
        data = kept + block
        start = position - len(kept)
        found = -1
        while (found := data.find(beginning, found + 1)) >= 0:
            other = _ogg_begins(file, start + found)
            if other is not None and first is not None and other[0] != first[0]:
                return True
        position += len(block)
        file.seek(position)
        kept = data[-len(beginning) + 1 :]
    return False


def _ogg_begins(file: BinaryIO, at: int) -> tuple[bytes, int] | None:
    """The codec's sign and the length in bytes of the page at `at`, when a stream begins with it."""
    file.seek(at)
    page = file.read(27 + 255 + _OGG_SIGN)
    if len(page) < 28 or page[:5] != b"OggS\0" or not page[5] & _OGG_FIRST:
        return None
    head = 27 + page[26]
    return page[head : head + _OGG_SIGN], head + sum(page[27:head])


def _has_frame_count(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    first = file.read(4096)
    return any(sign in first for sign in (b"Xing", b"Info", b"VBRI"))
