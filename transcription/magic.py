"""What a file is by its first bytes: the one container format it may be read as, or what it is instead of sound.

The name of a file says nothing: an ffconcat list named .wav would make a sniffing decoder play other files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final

from transcription.errors import UnreadableAudio

HEAD_BYTES: Final = 64
_SKIP_LIMIT: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MediaKind:
    """A container we read: `name` for people and for storage, `demuxer` pins the decoder's format."""

    name: str
    demuxer: str
    offset: int = 0
    """Bytes of ID3 tag before the sound."""


def identify_media(file: BinaryIO) -> MediaKind:
    """The kind of an open file; reads a few bytes and leaves the position at the start.

    Raises UnreadableAudio saying what the file looks like when it is not a sound we read.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    offset = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        offset = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
        if offset < _SKIP_LIMIT:
            file.seek(offset)
            head = file.read(HEAD_BYTES)
            if head[:3] != b"ID3" and _sound(head) is None:
                # Padding or junk may stand between the tag and the first frame; the MP3 reader finds it or fails.
                head = b"\xff\xfb"
    file.seek(0)
    return identify_head(head, offset=offset)


def identify_head(head: bytes, *, offset: int = 0) -> MediaKind:
    """The kind of a file that begins with `head` (at least HEAD_BYTES of it). Raises UnreadableAudio."""
    sound = _sound(head)
    if sound is not None:
        return MediaKind(sound[0], sound[1], offset)
    if not head:
        raise UnreadableAudio("it is empty", looks_like="empty")
    other = _other(head)
    raise UnreadableAudio(
        f"it is {other}, not a sound" if other else "it is no kind of sound we know", looks_like=other
    )


def _sound(head: bytes) -> tuple[str, str] | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav", "wav"
    if head[:4] == b"fLaC":
        return "flac", "flac"
    if head[:4] == b"OggS":
        return "ogg", "ogg"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "webm", "matroska"
    if head[4:8] == b"ftyp":
        return "m4a", "mov"
    if head[:6] in (b"#!AMR\n", b"#!AMR-"):
        return "amr", "amr"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff", "aiff"
    if head[:4] == b".snd":
        return "au", "au"
    if head[:4] == b"caff":
        return "caf", "caf"
    if head[:3] == b"ID3":
        return "mp3", "mp3"
    if len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0x06:
        # A frame sync: the layer bits tell AAC in ADTS (00) from MPEG audio. Layer I (11) is used by nobody, but text
        # in UTF-16 begins like it.
        return ("aac", "aac") if head[1] & 0xF6 == 0xF0 else ("mp3", "mp3")
    return None


def _other(head: bytes) -> str | None:
    signs: tuple[tuple[bytes, str], ...] = (
        (b"\x7fELF", "a program"),
        (b"MZ", "a program"),
        (b"PK", "a zip archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"GIF8", "a picture"),
        (b"%PDF", "a PDF document"),
        (b"#EXTM3U", "a playlist"),
        (b"ffconcat", "a list of other files"),
        (b"v=0", "a session description"),
        (b"\xff\xfe", "text"),
        (b"\xfe\xff", "text"),
    )
    for sign, what in signs:
        if head.startswith(sign):
            return what
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")):
        return "a web page"
    if start.startswith((b"<?xml", b"<mpd")):
        return "an XML document"
    if start and all(byte >= 0x20 or byte in b"\t\r\n\f" for byte in start):
        return "text"
    return None
